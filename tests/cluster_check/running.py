"""Scenes about runs: of every location, a backlog over several Pods, a killed Pod, a Pod that requests too much.

What belongs here: runs as Pods. What does not: releases, access to the cluster.
"""

from typing import Any, Final

import yaml
from wrapped_shared import collections as names

from cluster_check import data, kube, servers
from cluster_check.dagster_api import FINISHED, Dagster
from cluster_check.report import Report, Scene

_PIECE: Final = "compute_part"
_KILLER: Final = """
import os, signal, sys, time
step = sys.argv[1]
end = time.time() + 150
while time.time() < end:
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            env = open(f'/proc/{pid}/environ', 'rb').read().split(b'\\0')
        except OSError:
            continue
        found = [one for one in env if one.startswith(f'DAGSTER_RUN_STEP_KEY={step}['.encode())]
        if found:
            time.sleep(2)
            os.kill(int(pid), signal.SIGKILL)
            print('killed', pid, found[0].decode().partition('=')[2], flush=True)
            sys.exit(0)
    time.sleep(0.2)
sys.exit('no such process')
"""


def runs_of_all(report: Report, dagster: Dagster, uri: str) -> None:
    """A run of every location, as a Job's Pod, that writes the right documents."""
    days = data.days()
    data.forget_results(uri)  # the sensor's run has written them
    with report.scene(f"`player_stats`: a run of {days[0]} to {days[-1]}") as scene:
        span = {"dagster/asset_partition_range_start": days[0], "dagster/asset_partition_range_end": days[-1]}
        run_alone(scene, dagster, "player_stats", "daily_wrapped", tags=span)
    with report.scene("The reports say what was played") as scene:
        scene.notes.append(data.must_be_reported(uri))
    with report.scene("`hiscores`: a run") as scene:
        run_alone(scene, dagster, "hiscores", "hiscores_scrape", scrape_of(*range(5)))
        states = data.count(uri, names.HISCORES_PLAYERS)
        scene.notes.append(f"{data.count(uri, names.HISCORES)} snapshots, {states} states of players")
        data.must(states >= 5, "five players were looked up, but fewer have a state")
    with report.scene("`image_map`: a run") as scene:
        run_alone(scene, dagster, "image_map", "image_map_regeneration", patience=600)
        images, drawn = (data.count(uri, names.STAT_IMAGES, status=status) for status in ("found", "fallback"))
        scene.notes.append(f"{images} pictures found, {drawn} drawn")
        data.must(images > 0, "no picture was found")


def backlog_over_pods(report: Report, dagster: Dagster, uri: str) -> None:
    """A backlog of several days, split over more Pods than it has days, gives the same documents as one Pod."""
    days = data.days()
    before = data.day_documents(uri, days)
    with report.scene(f"A backlog of {len(days)} days, split over more Pods") as scene:
        idle = servers.connections()
        run_id = launch_backlog(dagster, uri)
        most = servers.most_connections(lambda: bool(dagster.run(run_id)["status"] in FINISHED))
        dagster.succeeded(run_id, 600)
        scene.notes.append(f"PostgreSQL connections: {idle} before, at most {most} meanwhile")
        pieces = _jobs_of_pieces(run_id)
        data.must(len(pieces) > len(days), f"the Pods of pieces: {pieces}")
        data.must(data.day_documents(uri, days) == before, "the documents differ from those of one Pod")
        scene.notes.append(f"Jobs {', '.join(sorted(pieces.values()))}")
        scene.notes.append(f"the same {len(before)} documents as from one Pod")


def killed_pod(report: Report, dagster: Dagster, uri: str) -> None:
    """A Pod that reads a piece is killed, and only its step is retried."""
    days = data.days()
    before = data.day_documents(uri, days)
    with report.scene("A piece's Pod is killed (SIGKILL) and only its step is retried") as scene:
        run_id = launch_backlog(dagster, uri)
        said = _kill(_PIECE)
        step = said.split()[-1]
        scene.notes.append(said)
        dagster.succeeded(run_id, 600)
        again = {event["stepKey"] for event in dagster.events(run_id) if event.get("eventType") == "STEP_RESTARTED"}
        data.must(again == {step}, f"retried: {again}")
        data.must(data.day_documents(uri, days) == before, "the documents differ after the retry")
        scene.notes.append(f"retried: {', '.join(again)}; the same {len(before)} documents")


def governed(report: Report, dagster: Dagster) -> None:
    """A run whose tags request another ServiceAccount is not launched."""
    with report.scene("A run that requests the daemon's ServiceAccount is rejected") as scene:
        requested = '{"pod_spec_config": {"service_account_name": "dagster-daemon"}}'
        run_id = dagster.launch("hiscores", "hiscores_scrape", tags={"dagster-k8s/config": requested})
        status = dagster.finished(run_id, 180)
        data.must(status == "FAILURE" and not kube.run_jobs(run_id), f"it ended as {status}")
        refused = [line for line in dagster.errors(run_id) if "violated" in line and "service_account_name" in line]
        data.must(bool(refused), f"the UI does not say what was rejected: {dagster.errors(run_id)}")
        scene.notes.append(f"the UI: {refused[0].strip()[:200]}")


def run_alone(
    scene: Scene, dagster: Dagster, location: str, job: str, config: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None, patience: float = 420,
) -> str:  # fmt: skip
    """Launch a run and wait until it has succeeded, in one Job; return its id."""
    run_id = dagster.launch(location, job, config, tags)
    dagster.succeeded(run_id, patience)
    run = dagster.run(run_id)

    def ended() -> list[dict[str, Any]] | None:  # a run has succeeded a moment before its Pod is done
        jobs = kube.run_jobs(run_id)
        return jobs if all(job["status"].get("succeeded") == 1 for job in jobs) else None

    jobs = kube.wait_for("the end of the run's Job", ended, 60)
    data.must(len(jobs) == 1, f"{len(jobs)} Jobs")
    took = run["endTime"] - run["startTime"]
    scene.notes.append(f"`{job}` in Job `{jobs[0]['metadata']['name']}`: success, {took:.0f} s from start to end")
    return run_id


def scrape_of(*indexes: int) -> dict[str, Any]:
    """Return the config of a scrape of some players."""
    return {"ops": {"hiscores__snapshots": {"config": {"players": [data.name_of(index) for index in indexes]}}}}


def launch_backlog(dagster: Dagster, uri: str) -> str:
    """Make all days owed and launch their computation, split over Pods; return the run's id."""
    data.forget_days(uri, data.days())
    return dagster.launch("player_stats", "wrapped_news")


def _jobs_of_pieces(run_id: str) -> dict[str, str]:
    """Return the names of the Jobs that read pieces, by step."""
    found = {}
    for job in kube.run_jobs(run_id):
        env = job["spec"]["template"]["spec"]["containers"][0].get("env", [])
        step = next((item["value"] for item in env if item["name"] == "DAGSTER_RUN_STEP_KEY"), "")
        if step.startswith(_PIECE):
            found[step] = job["metadata"]["name"]
    return found


def _kill(step: str) -> str:
    """Kill a mapped step's process from the node, as the kernel does when memory runs out; its key comes last."""
    image = kube.get("deployment", "dagster-daemon")["spec"]["template"]["spec"]["containers"][0]["image"]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "killer", "namespace": "kube-system"},
        "spec": {
            "hostPID": True,
            "restartPolicy": "Never",
            "containers": [
                {
                    "name": "killer",
                    "image": image,
                    "command": ["python", "-c", _KILLER, step],
                    "securityContext": {"runAsUser": 0, "privileged": True},
                }
            ],
        },
    }
    kube.kubectl("apply", "-f", "-", given=yaml.safe_dump(pod), namespace="kube-system")
    try:

        def ended() -> str | None:
            phase = kube.kubectl("get", "pod", "killer", "-o", "jsonpath={.status.phase}", namespace="kube-system")
            return phase if phase in {"Succeeded", "Failed"} else None

        phase = kube.wait_for("the killer", ended, 200)
        said = kube.kubectl("logs", "killer", namespace="kube-system").strip()
        data.must(phase == "Succeeded", f"nothing was killed: {said}")
        return said
    finally:
        kube.kubectl("delete", "pod", "killer", "--grace-period=0", "--force", namespace="kube-system")
