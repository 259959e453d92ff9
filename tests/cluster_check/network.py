"""The scene of the network: every kind of Pod tries every server, and the policies decide who gets through.

What belongs here: who may reach whom, and trying it. What does not: what the policies are (deploy/kubernetes).
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import yaml

from cluster_check import data, kube
from cluster_check.report import Report
from cluster_check.servers import OSRS_PORT

_TARGETS: Final = {
    "PostgreSQL": ("postgres", 5432),
    "MongoDB": ("mongodb", 27017),
    "the OSRS stand-in": ("osrs", OSRS_PORT),
    "player-stats": ("player-stats", 4000),
    "hiscores": ("hiscores", 4000),
    "image-map": ("image-map", 4000),
    "the webserver": ("dagster-webserver", 80),
    "the API server": ("kubernetes.default", 443),
}
_CODE_SERVERS: Final = {"player-stats", "hiscores", "image-map"}
_STORES: Final = {"PostgreSQL", "MongoDB"}
_RUN: Final = _STORES | {"the OSRS stand-in"}  # the test lets the Pods of all runs reach the stand-in
_DEPLOYMENTS: Final[dict[str, set[str]]] = {
    "dagster-webserver": {"PostgreSQL", "the API server"} | _CODE_SERVERS,
    "dagster-webserver-readonly": {"PostgreSQL"} | _CODE_SERVERS,
    "dagster-daemon": {"PostgreSQL", "the API server"} | _CODE_SERVERS,
    "player-stats": _STORES,
    "hiscores": {"PostgreSQL"},
    "image-map": _STORES,
}
"""What the Pods of each Deployment may reach."""
_RUNS: Final[dict[tuple[str, str], set[str]]] = {
    ("player_stats", "daily_wrapped"): _RUN,
    ("player_stats", "wrapped_news"): _RUN | {"the API server"},
    ("hiscores", "hiscores_scrape"): _RUN,
    ("image_map", "image_map_regeneration"): _RUN,
    ("", ""): set(),
}
"""What the Pods of runs may reach, by location and job; a Pod that nobody knows reaches nothing."""
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
        wrong = []
        for name, allowed in _DEPLOYMENTS.items():
            wrong += _compare(f"`{name}`", f"deployment/{name}", allowed, scene.notes)
        for (location, job), allowed in _RUNS.items():
            with _pod_of_a_run(location, job) as pod:
                name = f"a run of `{job}`" if job else "a Pod without labels"
                wrong += _compare(name, pod, allowed, scene.notes)
        data.must(not wrong, "; ".join(wrong))


def _compare(name: str, pod: str, allowed: set[str], notes: list[str]) -> list[str]:
    """Note what a Pod reaches; return what differs from what it may reach."""
    seen = json.loads(kube.python_in(pod, _PROBE.replace("TARGETS", json.dumps(_TARGETS))))
    reached = {target for target, got_through in seen.items() if got_through}
    refused = _TARGETS.keys() - reached
    notes.append(f"{name} reaches {_listed(reached)}; is refused by {_listed(refused)}")
    return [f"{name} {'reaches' if target in reached else 'does not reach'} {target}" for target in reached ^ allowed]


def _listed(targets: set[str]) -> str:
    return ", ".join(target for target in _TARGETS if target in targets) or "nobody"


@contextmanager
def _pod_of_a_run(location: str, job: str) -> Iterator[str]:
    """A Pod that waits, labelled as the Pods of a job's runs are."""
    name = f"probe-{(job or 'nobody').replace('_', '-')}"
    server = kube.get("deployment", location.replace("_", "-") or "player-stats")
    template = server["spec"]["template"]["spec"]
    container = template["containers"][0]
    pod: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "name": name,
            "labels": {"dagster/code-location": location, "dagster/job": job} if job else {},
        },
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
                    "resources": container.get("resources", {}),
                }
            ],
        },
    }
    kube.kubectl("apply", "-f", "-", given=yaml.safe_dump(pod))
    try:
        kube.kubectl("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=60s")
        yield f"pod/{name}"
    finally:
        kube.kubectl("delete", "pod", name, "--grace-period=0", "--force")
