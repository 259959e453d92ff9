"""Schedules and the sensor ask for exactly the days that need it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from bson import ObjectId
from player_stats.defs.schedules import SCHEDULES
from player_stats.defs.sensors import late_events, run_requests
from player_stats.defs.sharded import player_shards
from stats_world import RANGE_END, RANGE_START, unopened
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, today

TICKS = {schedule.name: schedule for schedule in SCHEDULES}


def requested(result: Any) -> list[tuple[str, str]]:
    requests = result.run_requests
    return [(request.tags[RANGE_START], request.tags[RANGE_END]) for request in requests]


def look(mongo: MongoResource, cursor: str | None) -> Any:
    with dg.build_sensor_context(cursor=cursor, resources={"mongo": unopened(mongo)}) as context:
        return late_events(context)


def event(day: str, created: datetime, number: int = 0) -> dict[str, Any]:
    identity = ObjectId(ObjectId.from_datetime(created).binary[:4] + number.to_bytes(8, "big"))
    return {"_id": identity, "timestamp": day_start_ms(day) + 5, "username": "Ann"}


def test_schedules_are_on_by_default_and_ask_for_one_utc_day() -> None:
    for schedule, cron, day in (
        (TICKS["wrapped_today"], "10 * * * *", "2024-03-01"),
        (TICKS["wrapped_yesterday"], "30 0 * * *", "2024-02-29"),
    ):
        assert schedule.cron_schedule == cron
        assert schedule.execution_timezone == "UTC"
        assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
        at = datetime(2024, 3, 1, 0, 30, tzinfo=UTC)
        request = schedule(dg.build_schedule_context(scheduled_execution_time=at))
        assert isinstance(request, dg.RunRequest)
        assert request.partition_key == day


def test_a_schedule_skips_days_before_the_first_one_that_counts() -> None:
    at = datetime(2022, 12, 31, 12, tzinfo=UTC)
    assert isinstance(TICKS["wrapped_today"](dg.build_schedule_context(scheduled_execution_time=at)), dg.SkipReason)


def test_the_sensor_is_on_by_default() -> None:
    assert late_events.default_status is dg.DefaultSensorStatus.RUNNING


def test_late_events_ask_for_their_days_and_nothing_else(mongo: MongoResource) -> None:
    now = datetime.now(UTC)
    first = look(mongo, None)
    assert requested(first) == []
    days = ["2024-05-01", "2024-05-02", "2024-07-09", today(), "2199-01-01", "2020-01-01"]
    mongo.raw["game_ticks"].insert_many([event(day, now, number) for number, day in enumerate(days)])
    mongo.raw["stat_changed"].insert_one({"timestamp": "nonsense"})
    second = look(mongo, first.cursor)
    assert requested(second) == [("2024-05-01", "2024-05-02"), ("2024-07-09", "2024-07-09")]


def test_the_last_minutes_are_read_again_but_the_same_news_asks_for_the_same_run(mongo: MongoResource) -> None:
    now = datetime.now(UTC)
    cursor = json.dumps({"game_ticks": int(now.timestamp())})
    mongo.raw["game_ticks"].insert_one(event("2024-05-01", now - timedelta(minutes=14), 1))
    mongo.raw["game_ticks"].insert_one(event("2024-06-01", now - timedelta(minutes=16), 2))
    first = look(mongo, cursor)
    again = look(mongo, first.cursor)
    assert requested(first) == requested(again) == [("2024-05-01", "2024-05-01")]
    assert first.run_requests[0].run_key == again.run_requests[0].run_key
    mongo.raw["game_ticks"].insert_one(event("2024-05-01", now, 3))
    third = look(mongo, again.cursor)
    assert third.run_requests[0].run_key != first.run_requests[0].run_key


def test_days_asked_for_are_computed_even_today(mongo: MongoResource) -> None:
    mongo.analytics["day_requests"].insert_many(
        [{"_id": "2024-05-01", "reason": "import"}, {"_id": today(), "reason": "x"}]
    )
    assert requested(look(mongo, None)) == [("2024-05-01", "2024-05-01"), (today(), today())]


def test_adjacent_days_share_a_run() -> None:
    requests = run_requests({"2024-02-28": "a", "2024-02-29": "b", "2024-03-01": "c", "2024-03-03": "d"})
    ranges = [(request.tags[RANGE_START], request.tags[RANGE_END]) for request in requests]
    assert ranges == [("2024-02-28", "2024-03-01"), ("2024-03-03", "2024-03-03")]


def test_with_shards_the_sharded_job_takes_over(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2024, 3, 1, 0, 30, tzinfo=UTC)
    context = dg.build_schedule_context(scheduled_execution_time=at)
    whole, sharded = ("wrapped_today", "wrapped_yesterday"), ("wrapped_today_sharded", "wrapped_yesterday_sharded")
    assert all(isinstance(TICKS[name](context), dg.SkipReason) for name in sharded)
    monkeypatch.setenv("WRAPPED_PLAYER_SHARDS", "4")
    assert all(isinstance(TICKS[name](context), dg.SkipReason) for name in whole)
    assert [TICKS[name](context).partition_key for name in sharded] == ["2024-03-01", "2024-02-29"]
    assert all(TICKS[name].cron_schedule == TICKS[f"{name}_sharded"].cron_schedule for name in whole)
    mongo.analytics["day_requests"].insert_many(
        [{"_id": "2024-05-01", "reason": "x"}, {"_id": "2024-05-02", "reason": "x"}]
    )
    requests = look(mongo, None).run_requests
    assert [(asked.job_name, asked.partition_key) for asked in requests] == [
        ("daily_wrapped_sharded", "2024-05-01"),
        ("daily_wrapped_sharded", "2024-05-02"),
    ]


@pytest.mark.parametrize("value", ["0", "-1", "four", "1001", "2.5"])
def test_a_number_of_shards_that_makes_no_sense_is_one_clear_line(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_PLAYER_SHARDS", value)
    with pytest.raises(dg.Failure, match="WRAPPED_PLAYER_SHARDS must be a whole number"):
        player_shards()


def test_more_events_than_a_page_holds_are_seen_page_by_page(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("player_stats.store.late.EVENTS_AT_ONCE", 10)
    now = datetime.now(UTC)
    busy = [event(today(), now - timedelta(minutes=9), number) for number in range(30)]
    mongo.raw["game_ticks"].insert_many([*busy, event("2024-06-01", now, 31)])
    cursor = json.dumps({"game_ticks": int(now.timestamp())})
    asked: list[tuple[str, str]] = []
    for _ in range(4):
        result = look(mongo, cursor)
        asked += requested(result)
        cursor = result.cursor
    assert asked == [("2024-06-01", "2024-06-01")]
    assert isinstance(json.loads(cursor)["game_ticks"], int)


def test_requests_for_what_is_no_day_are_passed_over(mongo: MongoResource) -> None:
    odd = ["2024-02-30", "soon", 7, "2024-05-01"]
    mongo.analytics["day_requests"].insert_many([{"_id": day, "reason": "x"} for day in odd])
    assert requested(look(mongo, None)) == [("2024-05-01", "2024-05-01")]


def test_all_reports_are_refreshed_once_a_day() -> None:
    at = datetime(2024, 3, 1, 5, 40, tzinfo=UTC)
    wrapped_refresh = TICKS["wrapped_refresh"]
    request = wrapped_refresh(dg.build_schedule_context(scheduled_execution_time=at))
    assert wrapped_refresh.default_status is dg.DefaultScheduleStatus.RUNNING
    assert isinstance(request, dg.RunRequest)
    assert request.run_config["ops"]["wrapped_reports"]["config"] == {"refresh": True}
