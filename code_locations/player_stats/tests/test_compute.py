"""Computing days that other runs compute as well, and with clocks that differ."""

from datetime import UTC, datetime

import pytest
from player_stats.store.ledger import mark_owed
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from stats_world import store, tick
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms

DAY = "2024-08-13"
AT_TEN = day_start_ms(DAY) + 10 * 3_600_000


@pytest.fixture
def day(mongo: MongoResource) -> str:
    """A day with ten ticks from 10:00 on, in two five-minute cells."""
    ensure_indexes(mongo.raw, mongo.analytics)
    ticks = [{**tick("Ann", DAY, number), "timestamp": AT_TEN + number * 40_000} for number in range(10)]
    store(mongo, {"game_ticks": ticks})
    return DAY


def test_a_day_computed_by_another_run_meanwhile_is_not_read_again(mongo: MongoResource, day: str) -> None:
    assert compute(Reader(mongo, day), [day]).events == 10
    again = compute(Reader(mongo, day), [day])
    assert (again.events, again.days) == (0, [])
    assert compute(Reader(mongo, day), [day], whole=[day]).events == 10


def test_an_hour_read_whole_by_a_machine_with_a_fast_clock_counts_once(mongo: MongoResource, day: str) -> None:
    compute(Reader(mongo, day, now=datetime(2024, 8, 13, 12, 1, tzinfo=UTC)), [day])
    make_owed_reports(mongo.analytics)
    mark_owed(mongo.analytics, {day: ["10:05"]}, "new events")
    compute(Reader(mongo, day, now=datetime(2024, 8, 13, 11, 59, tzinfo=UTC)), [day])
    make_owed_reports(mongo.analytics)
    stored = mongo.analytics["player_days"].find_one({}) or {}
    seen = (mongo.analytics["day_ledger"].find_one({"_id": day}) or {})["seen"]["game_ticks"]
    assert (stored["play"]["ticks"], sum(part["n"] for part in seen.values())) == (10, 10)
