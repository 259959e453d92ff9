"""Scenes about runs: of every location, and a Pod that requests too much.

What belongs here: runs as Pods. What does not: runs split over several Pods, releases, access to the cluster.
"""

from typing import Any, Final

from wrapped_shared import collections as names
from wrapped_shared.run_config import players_config

from cluster_check import data, kube
from cluster_check.dagster_api import Dagster
from cluster_check.report import Report, Scene

THOROUGH: Final = {"ops": {op: {"config": {"thorough": True}} for op in ("plan_news", "rank_and_check")}}
"""Config of `wrapped_news` that ranks even if that was done within the hour."""


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
    return players_config(data.name_of(index) for index in indexes)
