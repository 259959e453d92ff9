"""The scene of the network: every kind of Pod tries every server, and the policies decide who gets through.

What belongs here: who may reach whom, and trying it. What does not: what the policies are (deploy/kubernetes).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final
from uuid import uuid4

import yaml

from cluster_check import data, kube
from cluster_check.report import Report, Scene
from cluster_check.servers import OSRS_PORT

_TARGETS: Final = {
    "PostgreSQL": ("postgres.wrapped", 5432),
    "MongoDB": ("mongodb.wrapped", 27017),
    "the OSRS stand-in": ("osrs.wrapped", OSRS_PORT),
    "`player-stats`": ("player-stats.wrapped", 4000),
    "`hiscores`": ("hiscores.wrapped", 4000),
    "`image-map`": ("image-map.wrapped", 4000),
    "the webserver": ("dagster-webserver.wrapped", 80),
    "the cluster's API": ("kubernetes.default", 443),
}
_CODE_SERVERS: Final = {"`player-stats`", "`hiscores`", "`image-map`"}
_STORES: Final = {"PostgreSQL", "MongoDB"}
_RUN: Final = _STORES | {"the OSRS stand-in"}  # the test lets the Pods of all runs reach the stand-in
_ITSELF: Final = {
    "`dagster-webserver`": "the webserver",
    "`player-stats`": "`player-stats`",
    "`hiscores`": "`hiscores`",
    "`image-map`": "`image-map`",
}
"""Which server a Pod is behind itself: a policy does not stop a Pod from reaching itself."""
_DEPLOYMENTS: Final[dict[str, set[str]]] = {
    "dagster-webserver": {"PostgreSQL", "the cluster's API"} | _CODE_SERVERS,
    "dagster-webserver-readonly": {"PostgreSQL"} | _CODE_SERVERS,
    "dagster-daemon": {"PostgreSQL", "the cluster's API"} | _CODE_SERVERS,
    "player-stats": _STORES,
    "hiscores": _STORES,
    "image-map": _STORES,
}
"""What the Pods of each Deployment may reach."""
_RUNS: Final[dict[tuple[str, str], set[str]]] = {
    ("player_stats", "daily_wrapped"): _RUN,
    ("player_stats", "wrapped_news"): _RUN | {"the cluster's API"},
    ("hiscores", "hiscores_scrape"): _RUN,
    ("image_map", "image_map_regeneration"): _RUN,
}
"""What the Pods of runs may reach, by location and job."""
_ANYTHING_OUT: Final = {
    "apiVersion": "networking.k8s.io/v1",
    "kind": "NetworkPolicy",
    "metadata": {"name": "probe-login", "namespace": kube.NAMESPACE},
    "spec": {"podSelector": {"matchLabels": {"wrapped/role": "login"}}, "policyTypes": ["Egress"], "egress": [{}]},
}
_OUTSIDE: Final = _RUN | {"the cluster's API"}
"""Servers that no policy guards at their own end."""
_PROBE: Final = """
import concurrent.futures, json, socket
targets = json.loads('''TARGETS''')
def reached(target):
    try:
        socket.create_connection(target, timeout=4).close()
    except OSError:
        return False
    return True
with concurrent.futures.ThreadPoolExecutor(len(targets)) as pool:
    print(json.dumps(dict(zip(targets, pool.map(reached, map(tuple, targets.values()))))))
"""


def who_reaches_whom(report: Report) -> None:
    """Try every server from every kind of Pod; the report has a row for each."""
    with report.scene("Network policies: who reaches whom") as scene:
        scene.table.append(["from \\ to", *_TARGETS])
        wrong = []
        for name, allowed in _DEPLOYMENTS.items():
            wrong += _compare(scene, f"`{name}`", f"deployment/{name}", allowed)
        for (location, job), allowed in _RUNS.items():
            with _pod({"dagster/code-location": location, "dagster/job": job}) as pod:
                wrong += _compare(scene, f"a run of `{job}`", pod, allowed)
        with _pod({}) as pod:
            wrong += _compare(scene, "a Pod without labels", pod, set())
        with _applied(_ANYTHING_OUT), _pod({"wrapped/role": "login"}) as pod:
            wrong += _compare(scene, "a login, let out to anybody", pod, _OUTSIDE | {"the webserver"})
        with _pod({}, "default") as pod:
            wrong += _compare(scene, "a Pod of another namespace", pod, _OUTSIDE, "default")
        scene.notes.append(f"{(len(scene.table) - 1) * len(_TARGETS) - len(_ITSELF)} ways tried, see the table below")
        data.must(not wrong, "; ".join(wrong))


def _compare(scene: Scene, name: str, pod: str, allowed: set[str], namespace: str = kube.NAMESPACE) -> list[str]:
    """Add the row of a Pod; return what differs from what it may reach."""
    seen = json.loads(kube.python_in(pod, _PROBE.replace("TARGETS", json.dumps(_TARGETS)), namespace))
    itself = _ITSELF.get(name)
    shown = {target: "reached" if got_through else "refused" for target, got_through in seen.items()}
    scene.table.append([name, *("itself" if target == itself else shown[target] for target in _TARGETS)])
    reached = {target for target, got_through in seen.items() if got_through} - {itself}
    return [f"{name} {'reaches' if target in reached else 'does not reach'} {target}" for target in reached ^ allowed]


@contextmanager
def _pod(labels: dict[str, str], namespace: str = kube.NAMESPACE) -> Iterator[str]:
    """A Pod that waits, with labels, in the image and under the restrictions of a code server."""
    name = f"probe-{uuid4().hex[:8]}"
    template = kube.get("deployment", "player-stats")["spec"]["template"]["spec"]
    container = template["containers"][0]
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": labels},
        "spec": {
            "automountServiceAccountToken": False,
            "restartPolicy": "Never",
            "securityContext": template["securityContext"],
            "containers": [
                {
                    "name": "probe",
                    "image": container["image"],
                    "imagePullPolicy": "IfNotPresent",
                    "command": ["python", "-c", "import time; time.sleep(600)"],
                    "securityContext": container["securityContext"],
                    "resources": container["resources"],
                }
            ],
        },
    }
    with _applied(pod):
        kube.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=60s", namespace=namespace)
        yield f"pod/{name}"


@contextmanager
def _applied(thing: dict[str, Any]) -> Iterator[None]:
    namespace = thing["metadata"]["namespace"]
    kube.kubectl("apply", "-f", "-", given=yaml.safe_dump(thing), namespace=namespace)
    try:
        yield
    finally:
        kind, name = thing["kind"], thing["metadata"]["name"]
        kube.kubectl("delete", kind, name, "--grace-period=0", "--force", namespace=namespace)
