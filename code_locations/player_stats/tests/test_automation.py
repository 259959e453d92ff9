"""Automation: the sensor checks whether anything is owed, the schedule refreshes all reports."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from player_stats.defs.automation import SCHEDULES, wrapped_news_sensor
from player_stats.settings import PlayerStatsSettings
from stats_world import definitions, news, store, tick, unopened
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today
from wrapped_shared.settings import SettingsError


def look(mongo: MongoResource, cursor: str | None = None, instance: dg.DagsterInstance | None = None) -> Any:
    with (
        dg.DagsterInstance.ephemeral() as empty,
        dg.build_sensor_context(
            cursor=cursor, instance=instance or empty, resources={"mongo": unopened(mongo)}
        ) as context,
    ):
        return wrapped_news_sensor(context), context.cursor


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", (datetime.now(UTC).date() - timedelta(days=3)).isoformat())


def test_the_sensor_is_on_by_default() -> None:
    assert wrapped_news_sensor.default_status is dg.DefaultSensorStatus.RUNNING


@pytest.mark.slow
def test_the_sensor_starts_a_run_only_if_something_is_owed(mongo: MongoResource) -> None:
    assert isinstance(look(mongo)[0], dg.RunRequest)
    assert news(mongo).success
    assert isinstance(look(mongo)[0], dg.SkipReason)
    store(mongo, {"game_ticks": [tick("Ann", today(), 1)]})
    requested, _ = look(mongo)
    assert isinstance(requested, dg.RunRequest)
    assert requested.tags["wrapped/why"] == "there are new events"
    assert news(mongo).success
    mongo.analytics["day_requests"].insert_one({"_id": today(), "reason": "import"})
    assert isinstance(look(mongo)[0], dg.RunRequest)
    assert news(mongo).success
    mongo.analytics["report_requests"].insert_one(
        {
            "_id": "ann|2024-01",
            "player_key": "ann",
            "month": "2024-01",
            "token": mongo.raw["x"].insert_one({}).inserted_id,
        }
    )
    assert isinstance(look(mongo)[0], dg.RunRequest)


def test_a_run_is_requested_at_most_every_so_many_minutes(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    requested, cursor = look(mongo)
    assert isinstance(requested, dg.RunRequest)
    again, _ = look(mongo, cursor)
    assert isinstance(again, dg.SkipReason)
    earlier = (datetime.now(UTC) - timedelta(minutes=9)).isoformat()
    assert isinstance(look(mongo, earlier)[0], dg.SkipReason)
    monkeypatch.setenv("WRAPPED_REFRESH_MINUTES", "8")
    assert isinstance(look(mongo, earlier)[0], dg.RunRequest)


def test_a_clock_that_was_an_hour_ahead_does_not_stop_requests(mongo: MongoResource) -> None:
    ahead = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert isinstance(look(mongo, ahead)[0], dg.RunRequest)


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED])
def test_nothing_is_requested_while_a_run_is_queued_or_running(
    mongo: MongoResource, status: dg.DagsterRunStatus
) -> None:
    job = definitions(mongo).resolve_job_def("wrapped_news")
    with dg.DagsterInstance.ephemeral() as instance:
        instance.create_run_for_job(job, status=dg.DagsterRunStatus.FAILURE)
        assert isinstance(look(mongo, instance=instance)[0], dg.RunRequest)
        instance.create_run_for_job(job, status=status)
        assert isinstance(look(mongo, instance=instance)[0], dg.SkipReason)


@pytest.mark.parametrize(("name", "value"), [("WRAPPED_RUN_EVENTS", "0"), ("WRAPPED_REFRESH_MINUTES", "soon")])
def test_an_invalid_setting_is_one_clear_line(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError, match=f"{name} is not valid"):
        PlayerStatsSettings.load()


def test_all_reports_are_refreshed_once_a_day() -> None:
    at = datetime(2024, 3, 1, 5, 40, tzinfo=UTC)
    wrapped_refresh = next(schedule for schedule in SCHEDULES if schedule.name == "wrapped_refresh")
    request = wrapped_refresh(dg.build_schedule_context(scheduled_execution_time=at))
    assert wrapped_refresh.default_status is dg.DefaultScheduleStatus.RUNNING
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["ops"]["wrapped_reports"]["config"] == {"refresh": True}
