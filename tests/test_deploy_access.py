"""Who may reach whom, and who may do what in the cluster: exactly what these tables say.

What belongs here: network policies, roles, bindings, accounts, disruption budgets. What does not: the other rules of
the manifests (`test_deploy_policy`).
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import deploy_manifests as rules
import pytest
import yaml
from deploy_manifests import KUBERNETES, PROD, ROOT, SERVICES, TEST, Thing, named, of_kind, pod_specs, rendered
from wrapped_shared.metrics import PORT

pytestmark = pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
Harm = Callable[[list[Thing]], Any]

_DNS: Final = ["any 53/UDP 53/TCP"]
_API: Final = ["any 443/TCP 6443/TCP 8443/TCP"]
_INTERNET: Final = ["0.0.0.0/0 but 10.0.0.0/8 100.64.0.0/10 169.254.0.0/16 172.16.0.0/12 192.168.0.0/16 443/TCP"]
_CALLERS: Final = ["wrapped/role=webserver | wrapped/role=daemon 4000/TCP"]
_SERVERS: Final = ["wrapped/role=code-server 4000/TCP"]
_POSTGRES: Final = ["the databases 5432/TCP"]
_DATABASES: Final = ["the databases 5432/TCP 27017/TCP"]

REACH: Final[dict[str, tuple[str, list[str] | None, list[str] | None]]] = {
    "deny-all": ("all", [], []),
    "dagster-webserver": ("wrapped/role=webserver", ["wrapped/role=login 3000/TCP"], [*_DNS, *_POSTGRES, *_SERVERS]),
    "dagster-daemon": ("wrapped/role=daemon", [], [*_DNS, *_POSTGRES, *_SERVERS]),
    "dagster-launchers": ("wrapped/launches-runs=true", None, _API),
    "dagster-migrate": ("wrapped/role=migrate", [], [*_DNS, *_POSTGRES]),
    "player-stats": ("app.kubernetes.io/name=player-stats", _CALLERS, [*_DNS, *_DATABASES]),
    "player-stats-runs": ("dagster/code-location=player_stats", [], [*_DNS, *_DATABASES]),
    "player-stats-news-runs": ("dagster/code-location=player_stats,dagster/job=wrapped_news", None, _API),
    "hiscores": ("app.kubernetes.io/name=hiscores", _CALLERS, [*_DNS, *_DATABASES]),
    "hiscores-runs": ("dagster/code-location=hiscores", [], [*_DNS, *_DATABASES, *_INTERNET]),
    "image-map": ("app.kubernetes.io/name=image-map", _CALLERS, [*_DNS, *_DATABASES]),
    "image-map-runs": ("dagster/code-location=image_map", [], [*_DNS, *_DATABASES, *_INTERNET]),
}
"""Each policy: which Pods it selects, who may reach them and whom they may reach; None = no rule for that."""

DATABASES: Final = {
    PROD: "all in kubernetes.io/metadata.name=databases",
    TEST: "192.0.2.1/32",  # replaced by the address of the machine
    ("dev", "dev/migrate"): "wrapped/role=database",
}
"""Where the databases are that REACH names, by overlays."""

_LOOK: Final = {
    "jobs": "delete get list",
    "jobs/status": "get",
    "pods": "delete get list",
    "pods/log": "get",
    "events": "list",
}
RIGHTS: Final = {
    "dagster-webserver": _LOOK,
    "dagster-daemon": {**_LOOK, "jobs": "create delete get list"},
    "dagster-run": {**_LOOK, "jobs": "create delete get list"},
}
ACCOUNTS: Final = {
    "dagster-webserver": "dagster-webserver with token",
    "dagster-webserver-readonly": "dagster-webserver-readonly",
    "dagster-daemon": "dagster-daemon with token",
    "dagster-migrate": "default",
    **{name: name for name in SERVICES},
}


def reach(things: list[Thing], databases: str) -> dict[str, tuple[str, list[str] | None, list[str] | None]]:
    """Return what the network policies allow, in the format of REACH."""
    found = {}
    for policy in of_kind(things, "NetworkPolicy"):
        spec = policy["spec"]
        ways = (("Ingress", "ingress", "from"), ("Egress", "egress", "to"))
        allowed = [
            [_allowed(rule, side).replace(f"{databases} ", "the databases ") for rule in spec.get(way, [])]
            if kind in spec["policyTypes"]
            else None
            for kind, way, side in ways
        ]
        found[policy["metadata"]["name"]] = (_chosen(spec["podSelector"]), allowed[0], allowed[1])
    return found


def _allowed(rule: Thing, side: str) -> str:
    assert all(set(port) == {"port", "protocol"} for port in rule.get("ports", []))
    ports = [f"{port['port']}/{port['protocol']}" for port in rule.get("ports", [])] or ["every port"]
    return " ".join([" | ".join(_peer(peer) for peer in rule.get(side, [])) or "any", *ports])


def _peer(peer: Thing) -> str:
    if "ipBlock" in peer:
        but = " ".join(sorted(peer["ipBlock"].get("except", [])))
        return " but ".join(filter(None, [peer["ipBlock"]["cidr"], but]))
    spaces = f" in {_chosen(peer['namespaceSelector'])}" if "namespaceSelector" in peer else ""
    return _chosen(peer.get("podSelector", {})) + spaces


def _chosen(selector: Thing) -> str:
    if not selector:
        return "all"
    assert set(selector) == {"matchLabels"}
    return ",".join(f"{key}={value}" for key, value in sorted(selector["matchLabels"].items()))


def rights(things: list[Thing]) -> dict[str, dict[str, str]]:
    """Return what each account may do in the namespace, by its only binding to the role with its name.

    Raises:
        AssertionError: something is granted in another way.
    """
    assert not of_kind(things, "ClusterRole", "ClusterRoleBinding")
    bound = {}
    for binding in of_kind(things, "RoleBinding"):
        assert len(binding["subjects"]) == 1
        subject = binding["subjects"][0]
        assert binding["roleRef"]["kind"] == "Role"
        assert subject["kind"] == "ServiceAccount"
        assert subject.get("namespace", "wrapped") == "wrapped"
        assert subject["name"] == binding["roleRef"]["name"] == binding["metadata"]["name"]
        role = named(things, "Role", subject["name"])
        assert all(rule["apiGroups"] in ([""], ["batch"]) and "resourceNames" not in rule for rule in role["rules"])
        granted = [
            (resource, " ".join(sorted(rule["verbs"]))) for rule in role["rules"] for resource in rule["resources"]
        ]
        assert len(dict(granted)) == len(granted)
        bound[subject["name"]] = dict(granted)
    assert {role["metadata"]["name"] for role in of_kind(things, "Role")} == set(bound)
    return bound


def accounts(things: list[Thing]) -> dict[str, str]:
    """Return which account each Pod runs as, and whether it has a token in any way."""
    found = {}
    for where, spec in pod_specs(things):
        projected = any("projected" in volume for volume in spec.get("volumes", []))
        token = projected or spec.get("automountServiceAccountToken") is not False
        found[where.split()[1]] = spec.get("serviceAccountName", "default") + (" with token" if token else "")
    return found


def idle_budgets(things: list[Thing]) -> list[str]:
    """Return the disruption budgets that protect nothing, or block every drain."""
    templates = [thing["spec"]["template"]["metadata"]["labels"].items() for thing in of_kind(things, "Deployment")]
    budgets = of_kind(things, "PodDisruptionBudget")
    assert {budget["metadata"]["name"] for budget in budgets} == {"dagster-webserver", "dagster-webserver-readonly"}
    return [
        budget["metadata"]["name"]
        for budget in budgets
        if budget["spec"].get("maxUnavailable") != 1
        or not any(budget["spec"]["selector"]["matchLabels"].items() <= labels for labels in templates)
    ]


def as_said(things: list[Thing]) -> bool:
    """Return whether everything is as the tables say."""
    try:
        held = (reach(things, DATABASES[PROD]), rights(things), accounts(things), idle_budgets(things))
    except AssertionError:
        return False
    return held == (REACH, RIGHTS, ACCOUNTS, [])


@pytest.mark.parametrize("overlays", [PROD, TEST], ids=["prod", "test-1.20"])
def test_access_is_exactly_as_the_tables_say(overlays: tuple[str, ...]) -> None:
    things = rendered(*overlays)
    assert reach(things, DATABASES[overlays]) == REACH
    assert rights(things) == RIGHTS
    assert accounts(things) == ACCOUNTS
    assert idle_budgets(things) == []


def test_in_a_test_cluster_the_same_may_reach_its_own_databases() -> None:
    things = [thing for thing in rendered("dev", "dev/migrate") if thing["metadata"]["name"] != "databases"]
    job = ("wrapped/role=mongo-users", [], [*_DNS, "the databases 27017/TCP"])
    assert reach(things, DATABASES["dev", "dev/migrate"]) == {**REACH, "mongo-users": job}


def _policy(name: str, **spec: Any) -> Harm:
    return lambda things: named(things, "NetworkPolicy", name)["spec"].update(spec)


def _ingress_only(things: list[Thing]) -> None:
    for policy in of_kind(things, "NetworkPolicy"):
        policy["spec"]["policyTypes"] = ["Ingress"]


def _without(kind: str, name: str) -> Harm:
    return lambda things: things.remove(named(things, kind, name))


def _bound(name: str, **values: Any) -> Harm:
    return lambda things: named(things, "RoleBinding", name).update(values)


def _pod(name: str, **values: Any) -> Harm:
    return lambda things: named(things, "Deployment", name)["spec"]["template"]["spec"].update(values)


def _token_volume(things: list[Thing]) -> None:
    spec = named(things, "Deployment", "hiscores")["spec"]["template"]["spec"]
    spec["volumes"].append({"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "token"}}]}})


def _budget(**spec: Any) -> Harm:
    return lambda things: named(things, "PodDisruptionBudget", "dagster-webserver")["spec"].update(spec)


_PORT: Final = [{"port": 4000, "protocol": "TCP"}]
HARM: Final[dict[str, Harm]] = {
    "nobody's egress is policed": _ingress_only,
    "no default": _without("NetworkPolicy", "deny-all"),
    "runs reach everything": _policy("player-stats-runs", egress=[{}]),
    "PostgreSQL may be anywhere": lambda things: named(things, "NetworkPolicy", "dagster-daemon")["spec"]["egress"][
        1
    ].pop("to"),
    "the daemon reaches nothing": _policy("dagster-daemon", egress=[]),
    "runs of hiscores reach nothing": _policy("hiscores-runs", egress=[]),
    "open to all addresses": _policy(
        "hiscores", ingress=[{"from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": _PORT}]
    ),
    "open to all namespaces": _policy("hiscores", ingress=[{"from": [{"namespaceSelector": {}}], "ports": _PORT}]),
    "open to all in the namespace": _policy("hiscores", ingress=[{"ports": _PORT}]),
    "scrapers reach the inside": _policy(
        "hiscores-runs",
        egress=[{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}], "ports": [{"port": 443, "protocol": "TCP"}]}],
    ),
    "runs are cluster-admin": _bound("dagster-run", roleRef={"kind": "ClusterRole", "name": "cluster-admin"}),
    "a group has a role": _bound("dagster-run", subjects=[{"kind": "Group", "name": "dagster-run"}]),
    "a code server has a role": _bound(
        "dagster-run",
        subjects=[{"kind": "ServiceAccount", "name": name} for name in ("dagster-run", "hiscores")],
    ),
    "the webserver has the daemon's role": _bound(
        "dagster-daemon", subjects=[{"kind": "ServiceAccount", "name": "dagster-webserver"}]
    ),
    "the daemon cannot launch runs": lambda things: named(things, "Role", "dagster-daemon")["rules"].pop(0),
    "secrets may be read": lambda things: named(things, "Role", "dagster-run")["rules"].append(
        {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}
    ),
    "a broader permission next to the narrower one": lambda things: named(things, "Role", "dagster-run")[
        "rules"
    ].insert(0, {"apiGroups": ["batch"], "resources": ["jobs"], "verbs": ["*"]}),
    "an account of another namespace has a role": _bound(
        "dagster-run", subjects=[{"kind": "ServiceAccount", "name": "dagster-run", "namespace": "default"}]
    ),
    "a range of ports": _policy(
        "hiscores",
        ingress=[
            {
                "from": [{"podSelector": {"matchLabels": {"wrapped/role": role}}} for role in ("webserver", "daemon")],
                "ports": [{"port": 4000, "endPort": 60000, "protocol": "TCP"}],
            }
        ],
    ),
    "rights in the whole cluster": lambda things: things.append({"kind": "ClusterRoleBinding"}),
    "a code server is the daemon": _pod("hiscores", serviceAccountName="dagster-daemon"),
    "a code server has a token": _pod("hiscores", automountServiceAccountToken=True),
    "a code server has a token from a volume": _token_volume,
    "a budget that protects nothing": _budget(selector={"matchLabels": {"app.kubernetes.io/name": "nobody"}}),
    "a budget that blocks every drain": _budget(maxUnavailable=0),
}


@pytest.mark.parametrize("case", HARM)
def test_a_broken_copy_is_detected(case: str) -> None:
    things = rendered(*PROD)
    assert as_said(things)
    HARM[case](things)
    assert not as_said(things), f"{case} was not detected"


def test_the_metrics_component_runs_the_location_s_image_and_reaches_mongodb_only(tmp_path: Path) -> None:
    copy = tmp_path / "kubernetes"
    shutil.copytree(KUBERNETES, copy)
    overlay = copy / "overlays" / "prod" / "locations" / "player_stats"
    file = overlay / "kustomization.yaml"
    there = yaml.safe_load(file.read_text())
    there["resources"].append("../../../../components/metrics")
    assert there["resources"][-1] in (ROOT / "docs" / "operating.md").read_text()
    file.write_text(yaml.safe_dump(there))
    things = [found for found in yaml.safe_load_all(rules.kustomized(overlay)) if found]
    serving, metrics = (
        named(things, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
        for name in ("player-stats", "player-stats-metrics")
    )
    assert metrics["image"] == serving["image"]
    assert metrics["command"] == ["python", "-m", "wrapped_shared.metrics", str(PORT)]
    assert metrics["ports"][0]["containerPort"] == PORT
    assert reach(things, DATABASES[PROD])["player-stats-metrics"] == (
        "app.kubernetes.io/name=player-stats-metrics",
        [f"all in wrapped/monitoring=true {PORT}/TCP"],
        [*_DNS, "the databases 27017/TCP"],
    )
    held = (rules.not_restricted, rules.without_resources, rules.without_policy, rules.with_token, rules.without_probes)
    assert [found for rule in (*held, rules.open_secrets, rules.of_ours_below_10000) for found in rule(things)] == []
