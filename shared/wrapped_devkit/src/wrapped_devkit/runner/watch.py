"""Starts a worker and follows its runs in the instance: steps, days, warnings, failed checks, errors.

What is shown goes to a `Reporter`; how it looks is the command's business.
"""

import json
import logging
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from wrapped_devkit.runner.plan import PlannedRun
from wrapped_devkit.runner.worker import PLAN_TAG, TITLE_TAG

if TYPE_CHECKING:
    from dagster import DagsterInstance, EventLogEntry

_POLL_SECONDS: Final = 0.4
_BLOCKED: Final = "blocked by limit for "  # what Dagster says of a step that waits for a pool
POOL_WAIT_SECONDS: Final = 600
"""How long a step may wait for a slot of a pool: Dagster itself would wait for ever."""


class Reporter(Protocol):
    """Shows how runs get on."""

    def begun(self, title: str) -> None:
        """A run has begun."""

    def progress(self, text: str) -> None:
        """The newest word on the run that goes on."""

    def note(self, text: str) -> None:
        """Something worth a line: a warning, a failed check."""

    def failed(self, text: str) -> None:
        """A step or run has failed."""

    def done(self) -> None:
        """The run that went on has ended well."""


@dataclass(frozen=True)
class Plan:
    """What one worker is to do."""

    location: str
    module: str
    """The module of the location's definitions."""
    runs: list[PlannedRun]
    """What to run, in order."""
    tag: str
    """A text that marks these runs in the instance."""


def carry_out(
    plan: Plan, instance: "DagsterInstance", environment: dict[str, str], log: Path, reporter: Reporter
) -> list[str]:
    """Carry out the runs of one location in a process of its own and follow them to their end.

    Args:
        plan: what to do.
        instance: the instance to follow.
        environment: the worker's environment.
        log: where the worker's own output goes.
        reporter: shows how they get on.

    Returns:
        What failed, a line each; empty when all went well.
    """
    asked = {"module": plan.module, "location": plan.location, "tag": plan.tag}
    asked_runs = [run.as_json() for run in plan.runs]
    follower = _Follower(instance, plan.tag, reporter)
    with log.open("ab") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "wrapped_devkit.runner.worker"],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=output,
            env=environment,
        )
    try:
        if worker.stdin is not None:
            worker.stdin.write(json.dumps({**asked, "runs": asked_runs}).encode())
            worker.stdin.close()
        while worker.poll() is None:
            time.sleep(_POLL_SECONDS)
            follower.look()
            if follower.waited_too_long():
                worker.terminate()
                worker.wait()
    except BaseException:
        worker.terminate()
        worker.wait()
        raise
    follower.look()
    errors = follower.errors
    if worker.returncode == 0:
        reporter.done()
    elif not errors:
        errors = [f"{plan.location}: the worker ended with code {worker.returncode}; see {log}"]
        reporter.failed(errors[0])
    return errors


class _Follower:
    """Reads what is new in the event logs of a plan's runs."""

    def __init__(self, instance: "DagsterInstance", plan_tag: str, reporter: Reporter) -> None:
        self._instance = instance
        self._tag = plan_tag
        self._reporter = reporter
        self.cursors: dict[str, str | None] = {}
        self.errors: list[str] = []
        self._waiting: tuple[str, str, float] | None = None
        """(step, what it waits for, since when) while a step waits for a slot of a pool."""

    def look(self) -> None:
        from dagster import RunsFilter

        runs = self._instance.get_runs(RunsFilter(tags={PLAN_TAG: self._tag}))
        for run in reversed(runs):  # oldest first
            if run.run_id not in self.cursors:
                self._reporter.begun(run.tags.get(TITLE_TAG, run.job_name))
                self.cursors[run.run_id] = None
            while True:
                page = self._instance.get_records_for_run(run.run_id, cursor=self.cursors[run.run_id])
                self.cursors[run.run_id] = page.cursor
                for record in page.records:
                    self._tell(record.event_log_entry)
                if not page.has_more:
                    break

    def waited_too_long(self) -> bool:
        """Whether a step has waited for a pool's slot for longer than anybody should; then it has failed."""
        if self._waiting is None or time.monotonic() - self._waiting[2] < POOL_WAIT_SECONDS:
            return False
        step, pool, _ = self._waiting
        self._waiting = None
        self._fail(f"{step}: no free slot of the {pool} after {POOL_WAIT_SECONDS} s: wait for the run that holds it")
        return True

    def _wait(self, step: str, message: str) -> None:
        if self._waiting is None:
            pool = message.rsplit("limit for ", 1)[-1]
            self._waiting = step, pool, time.monotonic()
            self._reporter.note(f"{step} waits for a slot of the {pool}, which another run holds")

    def _tell(self, entry: "EventLogEntry") -> None:
        event = entry.dagster_event
        if event is None:
            level = int(entry.level)
            if level >= logging.WARNING:
                self._reporter.note(entry.user_message)
            elif level >= logging.INFO:
                self._reporter.progress(entry.user_message)
            return
        if _BLOCKED in (event.message or ""):
            self._wait(str(event.step_key), str(event.message))
        elif event.is_step_start:
            self._waiting = None
        elif event.is_step_failure:
            self._fail(f"{event.step_key}: {_cause(event.step_failure_data.error)}")
        elif event.event_type_value == "ASSET_CHECK_EVALUATION":
            check: Any = event.asset_check_evaluation_data
            if not check.passed:
                name = f"{check.asset_key.to_user_string()} {check.check_name}"
                self._reporter.note(f"check failed ({check.severity.value.lower()}): {name} {check.description or ''}")
        elif event.event_type_value == "PIPELINE_FAILURE" and not self.errors:
            error = getattr(event.event_specific_data, "error", None)
            self._fail(_cause(error) if error else event.message or "the run failed")

    def _fail(self, text: str) -> None:
        self.errors.append(text)
        self._reporter.failed(text)


def _cause(error: Any) -> str:
    """The innermost cause of a serialised error, in one line."""
    while error is not None and error.cause is not None:
        error = error.cause
    if error is None:
        return "failed"
    text = " ".join(str(error.message).split())
    name, _, rest = text.partition(": ")
    return rest if rest and "." in name and " " not in name else text
