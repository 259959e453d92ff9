"""Policies for the Kubernetes manifests: what kustomize renders follows every rule, and a broken copy violates it."""

import re
import shutil
from collections.abc import Callable
from typing import Any

import deploy_manifests as rules
import pytest
import yaml
from deploy_manifests import DEV, KUBERNETES, LOCATIONS, PROD, TEST, Thing, named, rendered

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
Rule = Callable[[list[Thing]], list[str]]
Harm = Callable[[list[Thing]], Any]


def container(things: list[Thing], name: str) -> Thing:
    found: Thing = named(things, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
    return found


def pod(things: list[Thing], name: str) -> Thing:
    found: Thing = named(things, "Deployment", name)["spec"]["template"]["spec"]
    return found


EVERYWHERE = (*PROD, *DEV, *TEST)
HELD: list[tuple[Rule, tuple[str, ...]]] = [
    (rules.floating_tags, PROD),
    (rules.untagged, EVERYWHERE),
    (rules.not_restricted, EVERYWHERE),
    (rules.of_ours_below_10000, EVERYWHERE),
    (rules.without_resources, EVERYWHERE),
    (rules.without_probes, (*PROD, "dev")),
    (rules.not_single, EVERYWHERE),
    (rules.not_spread, EVERYWHERE),
    (rules.without_size, EVERYWHERE),
    (rules.with_token, EVERYWHERE),
    (rules.open_secrets, EVERYWHERE),
    (rules.without_policy, EVERYWHERE),
]


@pytest.mark.parametrize(("rule", "overlays"), HELD, ids=lambda value: getattr(value, "__name__", None))
def test_every_overlay_follows_the_rule(rule: Rule, overlays: tuple[str, ...]) -> None:
    wrong = {overlay: found for overlay in overlays if (found := rule(rendered(overlay)))}
    assert not wrong, rule.__doc__


def set_at(name: str, *path: str, value: Any) -> Harm:
    def harm(things: list[Thing]) -> None:
        target = container(things, name)
        for key in path[:-1]:
            target = target[key]
        target[path[-1]] = value

    return harm


def spec_of(name: str, **values: Any) -> Harm:
    return lambda things: named(things, "Deployment", name)["spec"].update(values)


def pod_of(name: str, **values: Any) -> Harm:
    return lambda things: pod(things, name).update(values)


def without_policies(things: list[Thing]) -> None:
    things[:] = [thing for thing in things if thing["kind"] != "NetworkPolicy"]


def open_to_all(things: list[Thing]) -> None:
    named(things, "NetworkPolicy", "hiscores")["spec"]["ingress"] = [{"ports": [{"port": 4000}]}]


def given_secret(things: list[Thing]) -> None:
    things.append({"kind": "Secret", "metadata": {"name": "x"}, "stringData": {"password": "y"}})


def password_in_a_uri(things: list[Thing]) -> None:
    named(things, "ConfigMap", "hiscores-config")["data"]["ELSEWHERE"] = "mongodb://wrapped:pass@mongodb"


HARM: dict[str, tuple[Rule, Harm]] = {
    "a tag in production": (rules.floating_tags, set_at("hiscores", "image", value="wrapped-hiscores:1.2.0")),
    "latest": (rules.untagged, set_at("hiscores", "image", value="wrapped-hiscores:latest")),
    "no tag": (rules.untagged, set_at("dagster-daemon", "image", value="wrapped-system")),
    "root": (rules.not_restricted, pod_of("hiscores", securityContext={"seccompProfile": {"type": "RuntimeDefault"}})),
    "no seccomp": (rules.not_restricted, pod_of("hiscores", securityContext={"runAsNonRoot": True, "runAsUser": 7})),
    "capabilities": (rules.not_restricted, set_at("image-map", "securityContext", "capabilities", value={})),
    "writable root": (rules.not_restricted, set_at("image-map", "securityContext", "readOnlyRootFilesystem", value=0)),
    "escalation": (rules.not_restricted, set_at("image-map", "securityContext", "allowPrivilegeEscalation", value=1)),
    "a container of another user": (rules.not_restricted, set_at("image-map", "securityContext", "runAsUser", value=7)),
    "a container that may be root": (
        rules.not_restricted,
        set_at("image-map", "securityContext", "runAsNonRoot", value=False),
    ),
    "a container without seccomp": (
        rules.not_restricted,
        set_at("image-map", "securityContext", "seccompProfile", value={"type": "Unconfined"}),
    ),
    "host network": (rules.not_restricted, pod_of("dagster-daemon", hostNetwork=True)),
    "host path": (rules.not_restricted, pod_of("hiscores", volumes=[{"name": "x", "hostPath": {"path": "/"}}])),
    "a low user id": (rules.of_ours_below_10000, pod_of("hiscores", securityContext={"runAsUser": 1000})),
    "no limit": (rules.without_resources, set_at("hiscores", "resources", "limits", value={})),
    "no request": (rules.without_resources, set_at("dagster-webserver", "resources", "requests", value={})),
    "no limit of the disk": (
        rules.without_resources,
        set_at("hiscores", "resources", "limits", value={"memory": "1Gi"}),
    ),
    "two on one node": (rules.not_spread, pod_of("dagster-webserver", topologySpreadConstraints=[])),
    "a folder without end": (rules.without_size, pod_of("hiscores", volumes=[{"name": "x", "emptyDir": {}}])),
    "another probe": (rules.without_probes, set_at("hiscores", "livenessProbe", value={"tcpSocket": {"port": 4000}})),
    "probe without service": (rules.without_probes, set_at("hiscores", "readinessProbe", "grpc", value={"port": 4000})),
    "two code servers": (rules.not_single, spec_of("hiscores", replicas=2)),
    "two daemons": (rules.not_single, spec_of("dagster-daemon", replicas=2)),
    "rolling code server": (rules.not_single, spec_of("image-map", strategy={"type": "RollingUpdate"})),
    "a token": (rules.with_token, pod_of("player-stats", automountServiceAccountToken=True)),
    "a token by default": (
        rules.with_token,
        lambda things: pod(things, "hiscores").pop("automountServiceAccountToken"),
    ),
    "a given secret": (rules.open_secrets, given_secret),
    "a given password": (
        rules.open_secrets,
        lambda things: container(things, "hiscores")["env"].append({"name": "MONGO_URI", "value": "mongodb://x"}),
    ),
    "a password in a URI": (rules.open_secrets, password_in_a_uri),
    "a password in a command": (
        rules.open_secrets,
        set_at("dagster-daemon", "command", value=["dagster-daemon", "--uri=mongodb://u:p@h"]),
    ),
    "a password under a harmless name": (
        rules.open_secrets,
        lambda things: container(things, "hiscores")["env"].append({"name": "HOST", "value": "mongodb://u:p@h"}),
    ),
    "no network policy": (rules.without_policy, without_policies),
    "open to all": (rules.without_policy, open_to_all),
}


@pytest.mark.parametrize("case", HARM)
def test_a_broken_copy_is_detected(case: str) -> None:
    rule, harm = HARM[case]
    things = rendered(*PROD)
    assert not rule(things)
    harm(things)
    assert rule(things), f"{case} was not detected"


def missing_environment(things: list[Thing], named_in_files: set[str], deployments: list[str]) -> list[str]:
    found = []
    for name in deployments:
        lacks = named_in_files - rules.environment(things, container(things, name))
        found += [f"{name}: {lack}" for lack in sorted(lacks)]
    return found


def test_every_process_that_reads_the_instance_has_its_environment() -> None:
    things = rendered("prod/system", *(f"prod/locations/{name}" for name in LOCATIONS))
    instance = rules.environment_named_in(named(things, "ConfigMap", "dagster-instance")["data"]["dagster.yaml"])
    hosts = rules.environment_named_in(named(things, "ConfigMap", "dagster-workspace")["data"]["workspace.yaml"])
    system = ["dagster-webserver", "dagster-webserver-readonly", "dagster-daemon"]
    servers = list(rules.SERVICES)
    things = [thing for thing in things if thing["metadata"]["name"] != "dagster-postgres"] + [
        named(rendered("prod/system"), "ConfigMap", "dagster-postgres")
    ]
    assert "DAGSTER_PG_PASSWORD" in instance
    assert "HISCORES_HOST" in hosts
    assert not missing_environment(things, instance | hosts, system)
    assert not missing_environment(things, instance, servers)
    migrate = named(rendered("prod/migrate"), "Job", "dagster-migrate")["spec"]["template"]["spec"]["containers"][0]
    tables = rules.environment_named_in(
        named(rendered("prod/migrate"), "ConfigMap", "dagster-migrate-instance")["data"]["dagster.yaml"]
    )
    assert tables == {
        "DAGSTER_PG_HOST",
        "DAGSTER_PG_PORT",
        "DAGSTER_PG_DB",
        "DAGSTER_PG_USERNAME",
        "DAGSTER_PG_PASSWORD",
    }
    assert tables <= rules.environment(things, migrate)
    container(things, "image-map")["env"] = []
    assert missing_environment(things, instance, servers) == ["image-map: DAGSTER_PG_PASSWORD"]


def wrong_addresses(things: list[Thing], locations: list[Thing]) -> list[str]:
    """The workspace's hosts and ports compared with Services and containers."""
    hosts = named(things, "ConfigMap", "dagster-workspace-hosts")["data"]
    wrong = []
    for entry in yaml.safe_load(named(things, "ConfigMap", "dagster-workspace")["data"]["workspace.yaml"])["load_from"]:
        server = entry["grpc_server"]
        host = hosts[server["host"]["env"]]
        service = named(locations, "Service", host)
        served = named(locations, "Deployment", host)
        ports = {port["name"]: port["containerPort"] for port in container(locations, host)["ports"]}
        port = service["spec"]["ports"][0]
        labels = served["spec"]["template"]["metadata"]["labels"]
        if port["port"] != server["port"] or ports.get(port["targetPort"]) != server["port"]:
            wrong.append(f"{host}: {port} {ports}")
        if not service["spec"]["selector"].items() <= labels.items():
            wrong.append(f"{host}: its Service finds no Pod")
        if server["location_name"] != host.replace("-", "_"):
            wrong.append(f"{host}: called {server['location_name']}")
    return wrong


def test_the_workspace_finds_every_service() -> None:
    system, locations = rendered("prod/system"), rendered(*(f"prod/locations/{name}" for name in LOCATIONS))
    assert not wrong_addresses(system, locations)
    named(locations, "Service", "hiscores")["spec"]["ports"][0]["port"] = 4001
    assert wrong_addresses(system, locations)


def test_nothing_names_a_package_registry() -> None:
    hosts = re.compile(r"pypi|pythonhosted|npmjs|debian\.org")
    found = [path for path in sorted(KUBERNETES.rglob("*.yaml")) if hosts.search(path.read_text())]
    assert found == []
