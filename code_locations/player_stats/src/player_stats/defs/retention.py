"""Retention of Dagster's own history: removes old runs, of all locations, with their events and compute logs.

Ticks are removed by Dagster itself (`retention` in dagster.yaml). Nothing here touches MongoDB.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg
from wrapped_shared.asset_keys import PLAYER_STATS
from wrapped_shared.definitions import team_tag

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
    purged, newest = Purged(), _Newest(instance)
    for run in _old_runs(instance, before):
        if newest.is_held_by(run):
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


class _Newest:
    """Which runs hold what is newest; looked up once for each asset and partition."""

    def __init__(self, instance: dg.DagsterInstance) -> None:
        self._instance = instance
        self._of_asset: dict[tuple[dg.AssetKey, str | None], str] = {}
        self._of_job: dict[str, str] = {}

    def is_held_by(self, run: dg.DagsterRun) -> bool:
        if run.job_name not in self._of_job:
            found = self._instance.get_runs(dg.RunsFilter(job_name=run.job_name), limit=1)
            self._of_job[run.job_name] = found[0].run_id if found else ""
        if self._of_job[run.job_name] == run.run_id:
            return True
        records = self._instance.get_records_for_run(run.run_id, of_type=dg.DagsterEventType.ASSET_MATERIALIZATION)
        made = {
            (event.asset_key, event.partition)
            for record in records.records
            if (event := record.event_log_entry.dagster_event) is not None and event.asset_key is not None
        }
        return any(self._latest(asset, partition) == run.run_id for asset, partition in made)

    def _latest(self, asset: dg.AssetKey, partition: str | None) -> str:
        if (asset, partition) not in self._of_asset:
            wanted = dg.AssetRecordsFilter(asset_key=asset, asset_partitions=None if partition is None else [partition])
            found = self._instance.fetch_materializations(wanted, limit=1).records
            self._of_asset[asset, partition] = found[0].run_id if found else ""
        return self._of_asset[asset, partition]


@dg.op(description="Removes Dagster's old runs with their events and compute logs.")
def purge_old_runs(context: dg.OpExecutionContext) -> None:
    """Remove the runs that ended more than WRAPPED_KEEP_RUNS_DAYS days ago."""
    days = PlayerStatsSettings.load().keep_runs_days
    purged = purge_runs(context.instance, datetime.now(UTC) - timedelta(days=days))
    context.log.info(
        f"removed {purged.removed:,} runs that ended more than {days} days ago; "
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
