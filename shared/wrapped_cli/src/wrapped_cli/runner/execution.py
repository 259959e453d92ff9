"""Executes planned runs in this process, records them in the instance, and reports their events as they happen."""

import logging
import os
import signal
import threading
import uuid
from typing import Any, Final

import dagster as dg
from wrapped_shared.run_config import WANTS_CONTACT

from wrapped_cli.runner.locations import Location
from wrapped_cli.runner.plan import PlannedRun
from wrapped_cli.runner.processes import PROCESS_TAG, process_tag
from wrapped_cli.runner.report import Report

PLAN_TAG: Final = ".dagster/wrapped_plan"  # with this prefix the UI hides it
"""The tag that all runs of one `wrapped run` share."""
TITLE_TAG: Final = "wrapped/title"
POOL_WAIT_SECONDS: Final = 600
"""How long a step may wait for a pool slot: Dagster itself would wait forever."""
_REPOSITORY_TAG: Final = ".dagster/repository"  # how the UI finds the code location of a run
_BLOCKED: Final = "blocked by limit for "  # how Dagster describes a step that waits for a pool


class Execution:
    """Executes the runs of one `wrapped run`."""

    def __init__(self, instance: dg.DagsterInstance, report: Report) -> None:
        """Execute runs on an instance and report on them."""
        self._instance, self._report = instance, report
        self._tag = uuid.uuid4().hex

    def run(self, location: Location, planned: PlannedRun) -> bool:
        """Execute one run to its end; return whether it succeeded."""
        tags = {
            PLAN_TAG: self._tag,
            TITLE_TAG: planned.title,
            PROCESS_TAG: process_tag(),
            _REPOSITORY_TAG: f"__repository__@{location.name}",
        }
        partition = planned.first_day if planned.first_day == planned.last_day else None
        if partition is None and planned.first_day is not None and planned.last_day is not None:
            tags["dagster/asset_partition_range_start"] = planned.first_day
            tags["dagster/asset_partition_range_end"] = planned.last_day
        self._report("begun", planned.title)
        run_id = str(uuid.uuid4())
        listener = _Listener(self._report)
        self._instance.add_event_listener(run_id, listener.hear)
        try:
            result = location.definitions.resolve_job_def(planned.job).execute_in_process(
                instance=self._instance,
                run_id=run_id,
                partition_key=partition,
                run_config=planned.config,
                tags=tags,
                asset_selection=[dg.AssetKey(name.split("/")) for name in planned.assets] or None,
                raise_on_error=False,
            )
        finally:
            listener.end_wait()
        if result.success:
            self._report("done", "")
        elif not listener.failures:
            self._report("failed", f"{planned.title}: the run failed")
        return result.success


class _Listener:
    """Receives every event of a run and reports the ones that people need to see."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self._wait: threading.Timer | None = None
        self.failures = 0

    def hear(self, entry: dg.EventLogEntry) -> None:
        event = entry.dagster_event
        if event is None:
            level = int(entry.level)
            if level >= logging.WARNING:
                self._report("note", entry.user_message)
            elif level >= logging.INFO:
                self._report("progress", entry.user_message)
        elif _BLOCKED in (event.message or ""):
            self._begin_wait(str(event.step_key), str(event.message).rsplit("limit for ", 1)[-1])
        elif event.is_step_start:
            self.end_wait()
        elif event.is_step_failure:
            self._fail(f"{event.step_key}: {_cause(event.step_failure_data.error)}")
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            check: Any = event.asset_check_evaluation_data
            if not check.passed and WANTS_CONTACT not in check.metadata:
                name = f"{check.asset_key.to_user_string()} {check.check_name}"
                self._report("note", f"check failed ({check.severity.value.lower()}): {name} {check.description or ''}")
        elif event.event_type_value == "PIPELINE_FAILURE" and not self.failures:
            error = getattr(event.event_specific_data, "error", None)
            self._fail(_cause(error) if error else event.message or "the run failed")

    def end_wait(self) -> None:
        """Cancel the timeout: the step got its pool slot, or the run has ended."""
        if self._wait is not None:
            self._wait.cancel()
            self._wait = None

    def _begin_wait(self, step: str, pool: str) -> None:
        if self._wait is None:
            self._report("note", f"{step} is waiting for a slot of the {pool}, which another run holds")
            self._wait = threading.Timer(POOL_WAIT_SECONDS, self._give_up, (step, pool))
            self._wait.daemon = True
            self._wait.start()

    def _give_up(self, step: str, pool: str) -> None:
        self._fail(f"{step}: no free slot of the {pool} after {POOL_WAIT_SECONDS} s: wait for the run that holds it")
        os.kill(os.getpid(), signal.SIGTERM)

    def _fail(self, text: str) -> None:
        self.failures += 1
        self._report("failed", text)


def _cause(error: Any) -> str:
    """The innermost cause of a serialised error, in one line."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return "failed"
    text = " ".join(str(error.message).split())
    name, _, rest = text.partition(": ")
    return rest if rest and "." in name and " " not in name else text
