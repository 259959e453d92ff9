"""Scenes of what only a current Kubernetes has: each is tried where the API server has it, and named where it has not.

What belongs here: admission policies, Pod Security, gRPC probes, bound tokens. What does not: the policies' examples
(`admission_harm`), and the scenes that every version has.
"""

import base64
import copy
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from admission_harm import KNOWN, OWN_RUN, RUNS
from deploy_manifests import SERVICES, Thing

from cluster_check import data, kube
from cluster_check.report import Report, Scene

_RUN_POD: Final = "dagster-run-1-probe"
_UNREADABLE: Final = ("is invalid:", "Invalid value")
"""How the API server refuses what it would not accept from anybody, before it asks a policy."""


@dataclass(frozen=True)
class Feature:
    """Something that an API server has or has not."""

    name: str
    query: tuple[str, ...]
    """The kubectl command that succeeds where it is there."""
    shown: str
    """What the command prints there."""
    try_it: Callable[[Scene], None]


def scenes(report: Report) -> None:
    """Ask the API server what it has, and try each; the report names what was not tried."""
    features = FEATURES
    with report.scene("What only a current Kubernetes has") as scene:
        here = {feature.name: _has(feature) for feature in features}
        version = kube.server_version()
        scene.table.append(["what", f"on {version}"])
        scene.table += [[name, "there, tried below" if has else "not there, not tried"] for name, has in here.items()]
        scene.notes.append(f"{sum(here.values())} of {len(here)} are there on {version}")
    failures = []
    for feature in features:
        if here[feature.name]:
            try:
                with report.scene(feature.name) as scene:
                    feature.try_it(scene)
            except (kube.ClusterError, AssertionError) as error:
                failures.append(f"{feature.name}: {error}")
    if failures:
        raise kube.ClusterError("; ".join(failures))


def _has(feature: Feature) -> bool:
    try:
        return feature.shown in kube.kubectl(*feature.query, namespace=None)
    except kube.ClusterError:
        return False


def admission(scene: Scene) -> None:
    """The policies stay for the scenes that follow: what Dagster makes must pass them, what a team tries must not."""
    text = kube.kubectl("kustomize", str(kube.OVERLAYS / "prod" / "admission"), namespace=None)
    kube.apply(for_tags(text))
    kube.wait_for("the policies", lambda: RUNS["a token"][0] in _refusal(_attempt("a token")), 60)
    through, odd, by_api = [], [], 0
    cases = [case for case, (rule, _) in RUNS.items() if rule is not KNOWN]
    for case in cases:
        refusal = _refusal(_attempt(case))
        if not refusal:
            through.append(case)
        elif any(word in refusal for word in _UNREADABLE):
            by_api += 1
        elif RUNS[case][0] not in refusal:
            odd.append(f"{case}: {refusal[-200:]}")
    data.must(not through, f"a team got through with: {', '.join(through)}")
    data.must(not odd, f"refused by another rule: {'; '.join(odd)}")
    scene.notes.append(
        f"{len(cases)} bad Deployments of a team refused, {len(cases) - by_api} by the rule that is meant"
    )
    good = _live("hiscores")
    data.must(not _refusal(good), f"its own release is refused: {_refusal(good)}")
    scene.notes.append("the team's own Deployment is admitted; the runs that follow are launched under the policies")


def for_tags(text: str) -> str:
    """Return the policies for the images of the test, which have tags."""
    return text.replace("registry.example/wrapped/", "wrapped-").replace("@sha256:", ":")


def _live(name: str) -> Thing:
    thing: Thing = kube.get("deployment", name)
    for key in ("uid", "resourceVersion", "managedFields", "creationTimestamp", "generation", "annotations"):
        thing["metadata"].pop(key, None)
    thing.pop("status", None)
    thing["spec"]["template"]["spec"].pop("serviceAccount", None)  # the older name of serviceAccountName
    return thing


def _attempt(case: str) -> Thing:
    thing = _live("hiscores")
    RUNS[case][1](thing["spec"]["template"])
    return thing


def _refusal(thing: Thing) -> str:
    """Return why a member of the team may not replace its Deployment by this; empty if they may. Nothing changes."""
    team = ("--as=ann", "--as-group=wrapped-team-hiscores", "--as-group=system:authenticated")
    try:
        kube.kubectl("replace", "--dry-run=server", "-f", "-", *team, given=yaml.safe_dump(thing))
    except kube.ClusterError as error:
        return str(error)
    return ""


def pod_security(scene: Scene) -> None:
    """The namespace refuses Pods that its level does not admit."""
    template = kube.get("deployment", "hiscores")["spec"]["template"]["spec"]
    valid = _pod("probe-security", template)
    bad: dict[str, Callable[[Thing], Any]] = {
        "root": lambda pod: pod["spec"]["securityContext"].update(runAsNonRoot=False, runAsUser=0),
        "a folder of the node": lambda pod: pod["spec"].update(volumes=[{"name": "x", "hostPath": {"path": "/"}}]),
        "the node's network": lambda pod: pod["spec"].update(hostNetwork=True),
        "all capabilities": lambda pod: pod["spec"]["containers"][0]["securityContext"].pop("capabilities"),
    }
    kube.kubectl("create", "--dry-run=server", "-f", "-", given=yaml.safe_dump(valid))
    for what, harm in bad.items():
        pod = copy.deepcopy(valid)
        harm(pod)
        try:
            kube.kubectl("create", "--dry-run=server", "-f", "-", given=yaml.safe_dump(pod))
        except kube.ClusterError as error:
            data.must("violates PodSecurity" in str(error), f"{what}: refused for another reason: {error}")
        else:
            raise kube.ClusterError(f"a Pod with {what} was admitted")
    scene.notes.append(f"refused by the namespace: {', '.join(bad)}")


def _pod(name: str, template: Thing, account: str = "default") -> Thing:
    container = {key: template["containers"][0][key] for key in ("image", "securityContext", "resources")}
    container = {"name": "probe", "imagePullPolicy": "IfNotPresent", **copy.deepcopy(container)}
    container["command"] = ["python", "-c", "import time; time.sleep(600)"]
    return {
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": kube.NAMESPACE},
        "spec": {
            "serviceAccountName": account, "automountServiceAccountToken": False,
            "securityContext": copy.deepcopy(template["securityContext"]),
            "containers": [container],
        },
    }  # fmt: skip


def grpc_probes(scene: Scene) -> None:
    """Code servers are ready because Dagster answered the kubelet by gRPC."""
    for service in SERVICES:
        thing = kube.get("deployment", service)
        probe = thing["spec"]["template"]["spec"]["containers"][0]["readinessProbe"]
        data.must(probe.get("grpc", {}).get("service") == "DagsterApi", f"{service} is probed by {probe}")
        data.must(thing["status"].get("readyReplicas") == 1, f"{service} is not ready")
    scene.notes.append(f"{', '.join(SERVICES)}: ready by `grpc: {{port: 4000, service: DagsterApi}}`")


def bound_tokens(scene: Scene) -> None:
    """A run's token ends with its Pod, and creates and deletes only what belongs to that run."""
    template = kube.get("deployment", "player-stats")["spec"]["template"]["spec"]
    kube.apply(yaml.safe_dump(_pod(_RUN_POD, template, "dagster-run")))
    try:
        bound = ("--bound-object-kind=Pod", f"--bound-object-name={_RUN_POD}", "--duration=10m")
        token = kube.kubectl("create", "token", "dagster-run", *bound).strip()
        claims = claims_of(token)
        data.must(claims["kubernetes.io"]["pod"]["name"] == _RUN_POD, f"bound to {claims}")
        data.must(claims["exp"] - claims["iat"] <= 3600, "the token does not expire within an hour")
        scene.notes.append(f"bound to its Pod, valid for {(claims['exp'] - claims['iat']) // 60} minutes")
        with _as_bearer(token) as config:
            _creates(config, step_job("1", template), "")
            scene.notes.append("a step of its own run is admitted")
            if _has(_ADMISSION):
                _creates(config, step_job("2", template), OWN_RUN)
                scene.notes.append("a step of another run is refused by the policy")
    finally:
        kube.kubectl("delete", "pod", _RUN_POD, "--grace-period=0", "--force")


def claims_of(token: str) -> dict[str, Any]:
    """Return what a token says, unverified."""
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def step_job(run_id: str, template: Thing) -> Thing:
    """Return the Job of a step, as a run of `wrapped_news` creates it, from the template of its code server."""
    labels = {"dagster/code-location": "player_stats", "dagster/job": "wrapped_news", "dagster/op": "compute_part"}
    pod = _pod("unused", template, "dagster-run")["spec"] | {"restartPolicy": "Never"}
    return {
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": f"dagster-step-{run_id}", "labels": {**labels, "dagster/run-id": run_id}},
        "spec": {"template": {"metadata": {"labels": {**labels, "dagster/run-id": run_id}}, "spec": pod}},
    }  # fmt: skip


def _creates(config: Path, job: Thing, refused_with: str) -> None:
    try:
        given = yaml.safe_dump(job)
        kube.kubectl("--kubeconfig", str(config), "create", "--dry-run=server", "-f", "-", given=given)
    except kube.ClusterError as error:
        data.must(bool(refused_with) and refused_with in str(error), f"refused: {error}")
    else:
        data.must(not refused_with, f"admitted, against the rule: {refused_with}")


@contextmanager
def _as_bearer(token: str) -> Iterator[Path]:
    """Yield a kubeconfig for this cluster whose only credential is the token."""
    config = json.loads(kube.kubectl("config", "view", "--raw", "--minify", "--flatten", "-o", "json", namespace=None))
    config["users"] = [{"name": user["name"], "user": {"token": token}} for user in config["users"]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "config"
        path.touch(0o600)
        path.write_text(json.dumps(config))
        yield path


_ADMISSION: Final = Feature(
    "Admission policies: a bad Deployment of a team is refused",
    ("api-resources", "--api-group=admissionregistration.k8s.io", "-o", "name"),
    "validatingadmissionpolicies.",
    admission,
)
FEATURES: Final = (
    _ADMISSION,
    Feature(
        "Pod Security: a bad Pod is refused by the namespace",
        ("get", "--raw", "/metrics"),
        "pod_security_evaluations_total",
        pod_security,
    ),
    Feature("gRPC probes", ("explain", "pod.spec.containers.readinessProbe.grpc"), "port", grpc_probes),
    Feature(
        "Bound tokens", ("explain", "pod.spec.volumes.projected.sources.serviceAccountToken"), "path", bound_tokens
    ),
)
"""In the order in which they are tried: the policies stay."""


def remove() -> None:
    """Remove what is not in the namespace."""
    if _has(_ADMISSION):
        kinds = "validatingadmissionpolicybindings,validatingadmissionpolicies"
        names = [f"wrapped-{name}" for name in ("locations", "own-run", "teams")]
        kube.kubectl("delete", kinds, *names, "--ignore-not-found", namespace=None)
