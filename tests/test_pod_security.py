"""Every Pod meets the level that the namespace enforces, and a Pod that does not is recognised by each control."""

import copy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from deploy_manifests import DEV, KUBERNETES, LOCATIONS, PROD, TEST, Thing, named, pod_specs, rendered
from deploy_runs import our_launcher, run_job
from pod_security import CONTROLS, violations

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
Harm = Callable[[Thing], Any]


def test_the_namespace_enforces_restricted() -> None:
    labels = named(rendered("prod/namespace"), "Namespace", "wrapped")["metadata"]["labels"]
    assert {name: value for name, value in labels.items() if name.startswith("pod-security")} == {
        f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")
    }


def test_every_pod_that_is_deployed_is_restricted() -> None:
    components = [
        thing
        for file in sorted((KUBERNETES / "components").rglob("*.yaml"))
        for thing in yaml.safe_load_all(file.read_text())
        if thing and thing["kind"] in {"Deployment", "StatefulSet", "Job", "CronJob"}
    ]
    specs = dict(pod_specs([*components, *rendered(*PROD, *DEV, *TEST)]))
    assert {"Deployment hiscores", "Deployment oauth2-proxy", "Job dagster-migrate", "StatefulSet mongodb"} <= set(
        specs
    )
    assert {where: found for where, spec in specs.items() if (found := violations(spec))} == {}


@pytest.mark.parametrize("location", LOCATIONS)
def test_every_run_is_restricted(location: str, tmp_path: Path) -> None:
    assert violations(run_job(our_launcher(tmp_path), location)["spec"]["template"]["spec"]) == []


def pod(**values: Any) -> Harm:
    return lambda spec: spec.update(values)


def pod_security(**values: Any) -> Harm:
    return lambda spec: spec["securityContext"].update(values)


def container(**values: Any) -> Harm:
    return lambda spec: spec["containers"][0].update(values)


def security(**values: Any) -> Harm:
    return lambda spec: spec["containers"][0]["securityContext"].update(values)


BAD: Final[dict[str, tuple[str, Harm]]] = {
    "network": ("host_namespaces", pod(hostNetwork=True)),
    "processes": ("host_namespaces", pod(hostPID=True)),
    "memory": ("host_namespaces", pod(hostIPC=True)),
    "privileged": ("privileged", security(privileged=True)),
    "an added capability": ("capabilities", security(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]})),
    "kept capabilities": ("capabilities", security(capabilities={"drop": ["NET_RAW"]})),
    "a folder of the node": ("volume_types", pod(volumes=[{"name": "x", "hostPath": {"path": "/etc"}}])),
    "a file server": ("volume_types", pod(volumes=[{"name": "x", "nfs": {"server": "x", "path": "/"}}])),
    "a port of the node": ("host_ports", container(ports=[{"containerPort": 1, "hostPort": 1}])),
    "a probe elsewhere": ("probe_hosts", container(livenessProbe={"httpGet": {"host": "10.0.0.1", "port": 1}})),
    "a hook elsewhere": ("probe_hosts", container(lifecycle={"preStop": {"tcpSocket": {"host": "x", "port": 1}}})),
    "no AppArmor": ("app_armor", security(appArmorProfile={"type": "Unconfined"})),
    "an SELinux type": ("se_linux", pod_security(seLinuxOptions={"type": "spc_t"})),
    "an SELinux user": ("se_linux", security(seLinuxOptions={"user": "system_u"})),
    "all of /proc": ("proc_mount", security(procMount="Unmasked")),
    "no seccomp profile": ("seccomp", lambda spec: spec["securityContext"].pop("seccompProfile")),
    "seccomp switched off": ("seccomp", security(seccompProfile={"type": "Unconfined"})),
    "a sysctl": ("sysctls", pod_security(sysctls=[{"name": "kernel.msgmax", "value": "1"}])),
    "escalation": ("privilege_escalation", security(allowPrivilegeEscalation=True)),
    "escalation by default": (
        "privilege_escalation",
        lambda spec: spec["containers"][0]["securityContext"].pop("allowPrivilegeEscalation"),
    ),
    "perhaps root": ("not_root", lambda spec: spec["securityContext"].pop("runAsNonRoot")),
    "perhaps root in one container": ("not_root", security(runAsNonRoot=False)),
    "root": ("not_user_0", pod_security(runAsUser=0)),
    "root in one container": ("not_user_0", security(runAsUser=0)),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_pod_is_recognised_by_its_control(case: str) -> None:
    control, harm = BAD[case]
    spec = named(rendered("prod/locations/hiscores"), "Deployment", "hiscores")["spec"]["template"]["spec"]
    assert violations(spec) == []
    harm(spec)
    assert {found.split(":")[0] for found in violations(spec)} == {control}


def test_an_init_container_is_held_to_the_same() -> None:
    spec = named(rendered("prod/locations/hiscores"), "Deployment", "hiscores")["spec"]["template"]["spec"]
    spec["initContainers"] = [{**copy.deepcopy(spec["containers"][0]), "name": "first"}]
    assert violations(spec) == []
    spec["initContainers"][0]["securityContext"]["privileged"] = True
    assert violations(spec) == ["privileged: first"]


def test_every_control_is_tried() -> None:
    assert {control.__name__ for control in CONTROLS} == {control for control, _ in BAD.values()}
