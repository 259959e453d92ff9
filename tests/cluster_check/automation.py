"""Scenes about automatic starts: the sensor's runs, and a schedule's missed tick.

What belongs here: schedules and sensors. What does not: manually launched runs.
"""

import time
from typing import Final

from cluster_check import data, kube
from cluster_check.dagster_api import Dagster
from cluster_check.report import Report

_SENSOR: Final = "wrapped_news_sensor"
_SCHEDULE: Final = "wrapped_refresh"


def starts_by_itself(report: Report, dagster: Dagster, uri: str) -> None:
    """The sensor finds unread telemetry; then what often starts runs is switched off, because other scenes launch them.

    What other locations find gets into reports whenever their runs end: the reports of two runs could not be compared.
    """
    with report.scene(f"`{_SENSOR}` finds unread telemetry and starts a run") as scene:
        run_id = _run_of_sensor(dagster, set())
        dagster.switch_sensor("player_stats", _SENSOR, on=False)
        dagster.switch_sensor("image_map", "new_subjects", on=False)
        dagster.stop_schedule("hiscores", "hiscores_scrape")
        dagster.succeeded(run_id, 600)
        scene.notes.append(data.must_be_reported(uri))
        kube.wait_for("the end of all runs", lambda: dagster.none_going() or None, 300, pause=2)


def ticks(report: Report, dagster: Dagster, uri: str) -> None:
    """Let a schedule tick, late, and the sensor find late telemetry."""
    _schedule(report, dagster)
    with report.scene("Telemetry comes late, and the sensor starts a run") as scene:
        before = _runs_of_sensor(dagster)
        data.add_late_tick(uri, data.days()[0])
        dagster.switch_sensor("player_stats", _SENSOR, on=True)
        run_id = _run_of_sensor(dagster, before)
        dagster.switch_sensor("player_stats", _SENSOR, on=False)
        dagster.succeeded(run_id, 600)
        scene.notes.append(data.must_be_reported(uri))


def _schedule(report: Report, dagster: Dagster) -> None:
    """The daemon is down, a day appears to have passed, and the daemon catches up on the tick."""
    with report.scene("A schedule ticks late because the daemon was down when it was due") as scene:
        states = lambda: kube.python_in("deployment/dagster-webserver", _STATE_NAMES)  # noqa: E731
        kube.wait_for("the state of the schedule", lambda: f"{_SCHEDULE}'" in states() or None, 120, pause=3)
        kube.kubectl("scale", "deployment/dagster-daemon", "--replicas=0")
        gone = lambda: not kube.pods("app.kubernetes.io/name=dagster-daemon") or None  # noqa: E731
        kube.wait_for("the end of the daemon", gone, 90)
        kube.python_in("deployment/dagster-webserver", _A_DAY_AGO)
        kube.kubectl("scale", "deployment/dagster-daemon", "--replicas=1")
        started = time.monotonic()

        def tick() -> str | None:
            done = [t for t in dagster.ticks("player_stats", _SCHEDULE) if t["status"] == "SUCCESS"]
            return str(done[0]["runIds"][0]) if done and done[0]["runIds"] else None

        run_id = kube.wait_for("a tick", tick, 240, pause=2)
        took = time.monotonic() - started
        scene.notes.append(f"`{_SCHEDULE}` requested run {run_id[:8]} {took:.0f} s after the daemon was back")
        dagster.succeeded(run_id)
        scene.notes.append(f"the run succeeded in Pod `{kube.pods(f'dagster/run-id={run_id}')[0]['metadata']['name']}`")


def _runs_of_sensor(dagster: Dagster) -> set[str]:
    return {str(run["runId"]) for run in dagster.runs(sensor_name=_SENSOR)}


def _run_of_sensor(dagster: Dagster, known: set[str]) -> str:
    """Wait for a new run of the sensor; return its id."""
    return kube.wait_for("a run of the sensor", lambda: _runs_of_sensor(dagster) - known, 240, pause=2).pop()


_A_DAY_AGO: Final = (
    "import time, dagster as dg\n"
    "from dagster._core.scheduler.instigation import ScheduleInstigatorData\n"
    "with dg.DagsterInstance.get() as instance:\n"
    f"    state = next(s for s in instance.all_instigator_state() if s.instigator_name == '{_SCHEDULE}')\n"
    "    data = ScheduleInstigatorData(state.instigator_data.cron_schedule, time.time() - 90_000)\n"
    "    instance.update_instigator_state(state.with_data(data))\n"
)
_STATE_NAMES: Final = (
    "import dagster as dg\n"
    "with dg.DagsterInstance.get() as instance:\n"
    "    print([s.instigator_name for s in instance.all_instigator_state()])\n"
)
