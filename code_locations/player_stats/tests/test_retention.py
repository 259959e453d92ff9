"""Old runs of Dagster are removed; what the UI shows of assets stays."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from player_stats.definitions import defs
from player_stats.defs.retention import purge_runs

DAYS = dg.StaticPartitionsDefinition(["2024-08-01", "2024-08-02"])


@dg.asset(partitions_def=DAYS)
def by_day() -> None:
    """An asset with partitions."""
    print("made")  # noqa: T201


@dg.asset
def whole() -> None:
    """An asset without partitions."""


@dg.op
def work() -> None:
    """Work without an asset."""


@dg.job
def plain() -> None:
    """A job without assets."""
    work()


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test(temp_dir=str(tmp_path)) as found:
        yield found


def made(instance: dg.DagsterInstance, asset: dg.AssetsDefinition, partition: str | None = None) -> str:
    return dg.materialize([asset], instance=instance, partition_key=partition).run_id


def left(instance: dg.DagsterInstance) -> set[str]:
    return {run.run_id for run in instance.get_runs()}


def soon() -> datetime:
    return datetime.now(UTC) + timedelta(days=1)


@pytest.mark.slow
def test_old_runs_go_with_their_events_and_logs_and_the_newest_of_each_asset_partition_and_job_stay(
    instance: dg.DagsterInstance, tmp_path: Path
) -> None:
    first = [made(instance, by_day, day) for day in ("2024-08-01", "2024-08-02")]
    again = made(instance, by_day, "2024-08-01")
    others = [made(instance, whole) for _ in range(2)]
    jobs = [plain.execute_in_process(instance=instance).run_id for _ in range(2)]
    going = instance.create_run_for_job(plain, status=dg.DagsterRunStatus.STARTED).run_id
    assert purge_runs(instance, datetime.now(UTC) - timedelta(days=30)).removed == 0
    partitions = instance.get_materialized_partitions(by_day.key)
    purged = purge_runs(instance, soon())
    assert left(instance) == {first[1], again, others[1], going, *jobs[2:]} | (left(instance) & set(jobs))
    assert {first[0], others[0], jobs[0]} & left(instance) == set()
    assert purged.removed >= 3
    assert instance.get_materialized_partitions(by_day.key) == partitions
    assert instance.get_latest_materialization_event(whole.key) is not None
    assert not instance.all_logs(first[0])
    assert not [path for path in tmp_path.rglob("*") if first[0] in path.parts and path.suffix in (".out", ".err")]
    assert purge_runs(instance, soon()).removed == 0


@pytest.mark.slow
def test_many_runs_are_removed_in_bounded_portions(instance: dg.DagsterInstance) -> None:
    for _ in range(7):
        plain.execute_in_process(instance=instance)
    assert [purge_runs(instance, soon(), most=4).removed for _ in range(3)] == [4, 2, 0]
    assert len(left(instance)) == 1


@pytest.mark.slow
def test_the_job_runs_daily_and_keeps_as_many_days_as_the_setting_says(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: Any = defs() if callable(defs) else defs
    schedule = next(one for one in found.schedules if one.name == "dagster_retention_daily")
    assert (schedule.cron_schedule, schedule.default_status) == ("20 4 * * *", dg.DefaultScheduleStatus.RUNNING)
    made(instance, whole)
    made(instance, whole)
    monkeypatch.setenv("WRAPPED_KEEP_RUNS_DAYS", "1")
    assert found.resolve_job_def("dagster_retention").execute_in_process(instance=instance).success
    assert len(left(instance)) == 3
    monkeypatch.setenv("WRAPPED_KEEP_RUNS_DAYS", "0")
    failed = found.resolve_job_def("dagster_retention").execute_in_process(instance=instance, raise_on_error=False)
    assert not failed.success
