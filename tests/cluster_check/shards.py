"""Scenes of `wrapped_news` over several Pods: the documents are those of one shard, with Pods killed at work or not.

What belongs here: map and reduce as Pods. What does not: runs of one Pod, and how a step is killed.
"""

import json
from typing import Any, Final

from cluster_check import data, kube, servers
from cluster_check.dagster_api import FINISHED, Dagster
from cluster_check.killing import killer
from cluster_check.report import Report, Scene
from cluster_check.running import THOROUGH, run_alone

_SHARDS: Final = 4
"""WRAPPED_SHARDS in overlays/test-1.20/locations/player_stats."""
_PODS: Final = f"{_SHARDS} map Pods and {_SHARDS} reduce Pods"
MAP: Final = "compute_part"
REDUCE: Final = "make_reports_owed"
"""The steps of `wrapped_news` that are Pods of their own."""
_ONE_SHARD: Final = {"container_config": {"env": [{"name": "WRAPPED_SHARDS", "value": "1"}]}}


def over_pods(report: Report, dagster: Dagster, uri: str) -> None:
    """Hold a backlog, one day alone, a killed map Pod and a killed reduce Pod against one shard."""
    days = data.days()
    with report.scene("`wrapped_news` in one shard, in one Pod: what the next runs are held against") as scene:
        data.owe_all(uri)
        tags = {"dagster-k8s/config": json.dumps(_ONE_SHARD)}
        run_alone(scene, dagster, "player_stats", "wrapped_news", THOROUGH, tags, 600)
        wanted = data.documents(uri)
        scene.notes += [_counted(wanted), data.must_be_reported(uri)]
    with report.scene(f"A backlog of {len(days)} days over {_PODS}") as scene:
        data.owe_all(uri)
        _map_and_reduce(scene, dagster, uri)
        _must_equal(scene, uri, wanted)
    with report.scene(f"One day alone over {_PODS}") as scene:
        data.owe_day(uri, days[-1])
        pieces = _map_and_reduce(scene, dagster, uri)
        data.must(all(days[-1].replace("-", "_") in piece for piece in pieces), f"pieces of other days: {pieces}")
        _must_equal(scene, uri, wanted)
    for kind, op in (("map", MAP), ("reduce", REDUCE)):
        with report.scene(f"A {kind} Pod is killed (SIGKILL) at work, and only its step is retried") as scene:
            data.owe_all(uri)
            _killed(scene, dagster, uri, op)
            _must_equal(scene, uri, wanted)


def _map_and_reduce(scene: Scene, dagster: Dagster, uri: str) -> list[str]:
    """Compute what is owed in Pods; return the mapping keys of the map steps."""
    idle = servers.connections()
    run_id = dagster.launch("player_stats", "wrapped_news", THOROUGH)
    most = servers.most_connections(lambda: bool(dagster.run(run_id)["status"] in FINISHED))
    dagster.succeeded(run_id, 600)
    run = dagster.run(run_id)
    scene.notes.append(
        f"{run['endTime'] - run['startTime']:.0f} s from start to end; PostgreSQL connections: {idle} before, at most "
        f"{most} meanwhile"
    )
    keys = {op: _keys_of_pods(run_id, op) for op in (MAP, REDUCE)}
    for op, found in keys.items():
        data.must(len(found) == _SHARDS, f"the Pods of {op}: {found}")
        scene.notes.append(f"Pods of `{op}`: {', '.join(found)}")
    return keys[MAP]


def _keys_of_pods(run_id: str, op: str) -> list[str]:
    """Return the mapping keys of the steps of an op that had a Job of their own."""
    found = set()
    for job in kube.run_jobs(run_id):
        env = job["spec"]["template"]["spec"]["containers"][0].get("env", [])
        step = next((item["value"] for item in env if item["name"] == "DAGSTER_RUN_STEP_KEY"), "")
        if step.startswith(f"{op}["):
            found.add(step.removeprefix(f"{op}[").removesuffix("]"))
    return sorted(found)


def _killed(scene: Scene, dagster: Dagster, uri: str, op: str) -> None:
    with killer(uri, op) as killed:
        run_id = dagster.launch("player_stats", "wrapped_news", THOROUGH)
        step = killed()
        dagster.succeeded(run_id, 600)
    again = {event["stepKey"] for event in dagster.events(run_id) if event.get("eventType") == "STEP_RESTARTED"}
    data.must(again == {step}, f"killed: {step}; retried: {again}")
    scene.notes.append(f"killed while its turn was open, and retried: `{step}`")


def _must_equal(scene: Scene, uri: str, wanted: dict[str, Any]) -> None:
    found = data.documents(uri)
    differ = sorted(name for name in wanted | found if wanted.get(name) != found.get(name))
    first = [_difference(name, wanted.get(name), found.get(name)) for name in differ[:1]]
    data.must(not differ, f"{len(differ)} of {len(wanted)} documents differ from those of one shard: {first}")
    scene.notes.append(f"the same as from one shard: {_counted(found)}")


def _difference(name: str, wanted: Any, found: Any) -> str:
    if not (wanted and found):
        return f"{name} is {'missing' if wanted else 'too many'}"
    fields = [field for field in sorted(wanted | found) if wanted.get(field) != found.get(field)]
    return "; ".join([name, *(f"{field}: {wanted.get(field)} and {found.get(field)}" for field in fields)])[:700]


def _counted(documents: dict[str, Any]) -> str:
    numbers = dict.fromkeys((name.partition("/")[0] for name in documents), 0)
    for name in documents:
        numbers[name.partition("/")[0]] += 1
    return ", ".join(f"{number:,} `{collection}`" for collection, number in numbers.items())
