"""Faults that a location's part of the Dagster instance shows. Every query is bounded and uses an index.

A fault is what the instance says now, so nothing has to be remembered: it ends when the instance no longer says so.
What does not belong here: what MongoDB says (`of_data`).
"""

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg
from dagster._core.definitions.freshness import FreshnessState
from dagster._core.execution.backfill import BulkActionsFilter, BulkActionStatus
from dagster._core.scheduler.instigation import InstigatorStatus, InstigatorType, TickStatus
from dagster._core.storage.dagster_run import NOT_FINISHED_STATUSES

from wrapped_shared.alerts.faults import Fault
from wrapped_shared.words import counted

LOOK_BACK: Final = timedelta(days=7)
"""How long ago a failed run or backfill may have ended."""
_RUNS: Final = 100
"""How many of the latest runs are looked at: two thirds of a day of runs every ten minutes."""
_PARTITIONS: Final = 5
"""How many failed partitions of a job are faults of their own; the others are one fault together."""
_FAILED_TICKS: Final = {InstigatorType.SENSOR: 3, InstigatorType.SCHEDULE: 1}
"""How many failed ticks in a row make a fault: a sensor's tick fails while its code server restarts."""
_OVER: Final = [TickStatus.SUCCESS, TickStatus.SKIPPED, TickStatus.FAILURE]


@dataclass(frozen=True)
class Place:
    """One location's part of an instance."""

    instance: dg.DagsterInstance
    location: str
    repository: dg.RepositoryDefinition
    now: datetime
    known: Container[str] = ()
    """Keys of faults that are known: their text is not needed again."""

    @property
    def runs(self) -> dict[str, str]:
        """The tag of the location's runs; Dagster sets it."""
        return {".dagster/repository": f"{self.repository.name}@{self.location}"}


def failed_runs(place: Place) -> Iterator[Fault]:
    """Yield the jobs and partitions whose last run failed, once Dagster has given up retrying it."""
    ends = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]
    records = place.instance.get_run_records(dg.RunsFilter(statuses=ends, tags=place.runs), limit=_RUNS)
    final = [record for record in records if record.dagster_run.tags.get("dagster/will_retry") != "true"]
    last = {_what(record.dagster_run): record for record in reversed(final)}
    oldest = (place.now - LOOK_BACK).timestamp()
    failed: dict[str, list[tuple[str, dg.DagsterRun]]] = defaultdict(list)
    for (job, partition), record in sorted(last.items(), key=lambda one: one[1].storage_id):
        if record.dagster_run.status is dg.DagsterRunStatus.FAILURE and (record.end_time or 0) > oldest:
            failed[job].append((partition, record.dagster_run))
    for job, runs in failed.items():
        for partition, run in runs[:_PARTITIONS]:
            key, about = f"run/{job}/{partition}", f"{job} for {partition}" if partition else job
            steps = "" if key in place.known else _steps(place.instance, run)
            yield Fault(key, f"{about} failed{steps}", f"/runs/{run.run_id}")
        if more := runs[_PARTITIONS:]:
            partition, run = more[-1]
            text = f"{job} failed for {counted(len(more), 'more partition')}, last for {partition}"
            yield Fault(f"run/{job}/more", text, f"/runs/{run.run_id}")


def failed_backfills(place: Place) -> Iterator[Fault]:
    """Yield the backfills that failed as such; runs of a backfill fail as other runs do."""
    chosen = BulkActionsFilter(statuses=[BulkActionStatus.FAILED], created_after=place.now - LOOK_BACK)
    own = place.repository.asset_graph.materializable_asset_keys
    for backfill in place.instance.get_backfills(filters=chosen, limit=20):
        origin = backfill.partition_set_origin
        of_job = origin and origin.repository_origin.code_location_origin.location_name == place.location
        if of_job or not own.isdisjoint(backfill.asset_selection or ()):
            name = backfill.backfill_id
            yield Fault(f"backfill/{name}", f"backfill {name} failed", f"/runs/b/{name}")


def failed_checks(place: Place) -> Iterator[Fault]:
    """Yield the asset checks of severity error whose last evaluation failed."""
    keys = sorted(place.repository.asset_graph.asset_check_keys)
    for key, record in place.instance.event_log_storage.get_latest_asset_check_execution_by_key(keys).items():
        event = record.event.dagster_event if record.event else None
        found = event.event_specific_data if event else None
        if not isinstance(found, dg.AssetCheckEvaluation) or found.passed:
            continue
        if found.severity is dg.AssetCheckSeverity.ERROR:
            path = "/".join(key.asset_key.path)
            yield Fault(
                f"check/{path}/{key.name}", f"the check {key.name} of {path} failed", f"/assets/{path}?view=checks"
            )


def late_assets(place: Place) -> Iterator[Fault]:
    """Yield the location's assets that Dagster's freshness policies call overdue."""
    keys = sorted(place.repository.asset_graph.materializable_asset_keys)
    for key, record in place.instance.get_freshness_state_records(keys).items():
        if record.freshness_state is FreshnessState.FAIL:
            path = "/".join(key.path)
            yield Fault(f"late/{path}", f"{path} is overdue: its freshness policy fails", f"/assets/{path}")


def failing_ticks(place: Place) -> Iterator[Fault]:
    """Yield the sensors and schedules that are on and whose last ticks failed."""
    for state in place.instance.all_instigator_state():
        repository = state.origin.repository_origin
        ours = repository.code_location_origin.location_name == place.location
        most = _FAILED_TICKS.get(state.instigator_type)
        if not ours or most is None or state.status is InstigatorStatus.STOPPED:
            continue
        ticks = place.instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=most, statuses=_OVER)
        if len(ticks) == most and all(tick.status is TickStatus.FAILURE for tick in ticks):
            instigator, name = state.instigator_type.value.lower(), state.instigator_name
            path = f"/locations/{place.repository.name}@{place.location}/{instigator}s/{name}"
            yield Fault(f"tick/{instigator}/{name}", f"the {instigator} {name} fails", path)


def endless_runs(place: Place, hours: float) -> Iterator[Fault]:
    """Yield the runs that were created more than some hours ago and have not ended, queued ones included."""
    before = place.now - timedelta(hours=hours)
    chosen = dg.RunsFilter(statuses=NOT_FINISHED_STATUSES, tags=place.runs, created_before=before)
    for record in place.instance.get_run_records(chosen, limit=20):
        run = record.dagster_run
        job, partition = _what(run)
        about = f"{job} for {partition}" if partition else job
        since = record.create_timestamp.replace(tzinfo=UTC)
        text = f"a run of {about} of {since:%Y-%m-%d %H:%M} UTC has not ended in {hours:g} h: {run.status.value}"
        yield Fault(f"endless/{run.run_id}", text, f"/runs/{run.run_id}")


def _what(run: dg.DagsterRun) -> tuple[str, str]:
    """Return what a run computes: its job, or the assets if Dagster made up the job, and its partition or range."""
    job = run.job_name
    if job.startswith("__"):
        job = ", ".join(sorted("/".join(key.path) for key in run.asset_selection or ())) or "assets"
    ends = [run.tags.get(f"dagster/asset_partition_range_{end}", "") for end in ("start", "end")]
    return job, run.tags.get("dagster/partition", "") or " to ".join(filter(None, ends))


def _steps(instance: dg.DagsterInstance, run: dg.DagsterRun) -> str:
    """Return which steps failed, as " at a, b and 2 more"; never why, because an error may hold a secret."""
    failures = instance.all_logs(run.run_id, of_type=dg.DagsterEventType.STEP_FAILURE)
    steps = sorted({event.step_key for event in failures if event.step_key})
    more = f" and {len(steps) - _PARTITIONS} more" if len(steps) > _PARTITIONS else ""
    return f" at {', '.join(steps[:_PARTITIONS])}{more}" if steps else ""
