"""Retention of Dagster's own history: removes old runs, of all locations, with their events and compute logs.

Ticks are removed by Dagster itself (`retention` in dagster.yaml). Nothing here touches MongoDB.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

import dagster as dg
from wrapped_shared.asset_keys import PLAYER_STATS
from wrapped_shared.definitions import team_tag
from wrapped_shared.words import counted

from player_stats.settings import PlayerStatsSettings

_FINISHED: Final = [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED]
_AT_ONCE: Final = 100
_MOST: Final = 5_000
"""How many runs are removed at a time at most; the rest waits for the next day."""


@dataclass
class Purged:
    """What became of old runs."""

    removed: int = 0
    kept: int = 0
    """Runs that hold the newest materialisation of an asset or partition, or are the newest of their job."""


def purge_runs(instance: dg.DagsterInstance, before: datetime, most: int = _MOST) -> Purged:
    """Remove finished runs that ended before a time, the oldest first; any number of calls may be interrupted.

    A run that holds the newest materialisation of an asset or partition stays, so that the UI still shows when each was
    made; so does the newest run of each job, with its checks.
    """
    purged = Purged()

    @cache
    def newest_of_job(name: str) -> str:
        found = instance.get_runs(dg.RunsFilter(job_name=name), limit=1)
        return found[0].run_id if found else ""

    @cache
    def newest_of_asset(asset: dg.AssetKey, partition: str | None) -> str:
        wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=None if partition is None else [partition])
        found = instance.fetch_materializations(wanted, limit=1).records
        return found[0].run_id if found else ""

    for run in _old_runs(instance, before):
        newest = newest_of_job(run.job_name) == run.run_id
        if newest or any(newest_of_asset(*made) == run.run_id for made in _made_by(instance, run)):
            purged.kept += 1
            continue
        instance.compute_log_manager.delete_logs(prefix=[run.run_id])
        instance.delete_run(run.run_id)
        purged.removed += 1
        if purged.removed >= most:
            break
    return purged


def _old_runs(instance: dg.DagsterInstance, before: datetime) -> Iterator[dg.DagsterRun]:
    """Yield finished runs, the oldest first."""
    filters, cursor = dg.RunsFilter(statuses=_FINISHED, updated_before=before), None
    while True:
        records = instance.get_run_records(filters, limit=_AT_ONCE, ascending=True, cursor=cursor)
        for record in records:
            yield record.dagster_run
        # A cursor is a run that exists: one of those that are kept.
        kept = [one.dagster_run.run_id for one in records if instance.has_run(one.dagster_run.run_id)]
        cursor = kept[-1] if kept else cursor
        if len(records) < _AT_ONCE:
            return


def _made_by(instance: dg.DagsterInstance, run: dg.DagsterRun) -> set[tuple[dg.AssetKey, str | None]]:
    """Return the assets and partitions that a run materialised."""
    records = instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION).records
    events = [record.event_log_entry.dagster_event for record in records]
    return {(event.asset_key, event.partition) for event in events if event is not None and event.asset_key is not None}


@dg.op(description="Removes Dagster's old runs with their events and compute logs.")
def purge_old_runs(context: dg.OpExecutionContext) -> None:
    """Remove the runs that ended more than WRAPPED_KEEP_RUNS_DAYS days ago."""
    days = PlayerStatsSettings.load().keep_runs_days
    purged = purge_runs(context.instance, datetime.now(UTC) - timedelta(days=days))
    context.log.info(
        f"removed {counted(purged.removed, 'run')} that ended more than {counted(days, 'day')} ago; "
        f"kept {purged.kept:,} with the newest materialisation of something"
    )


@dg.job(
    name="dagster_retention",
    executor_def=dg.in_process_executor,
    tags=team_tag(PLAYER_STATS),
    description="Removes Dagster's runs, of all locations, that ended more than WRAPPED_KEEP_RUNS_DAYS days ago, with "
    "their events and compute logs. A run with the newest materialisation of an asset or partition stays.",
)
def dagster_retention() -> None:
    """Remove old runs."""
    purge_old_runs()
