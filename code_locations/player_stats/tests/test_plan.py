"""The plan on a real server: what is owed, in which order and portions, and how many queries it takes."""

from datetime import date, datetime, timedelta

import pytest
from planning_world import (
    DAY,
    FIRST_DAY,
    LIMIT,
    NOW,
    OLD,
    TICKS,
    TODAY,
    Commands,
    arrive,
    due,
    hour,
    hours_before,
    listening,
    owed,
    plan,
    portion,
    ready,
    request,
    work_off,
)
from player_stats.store.plan_state import note_plan, note_reading, ranking_due
from player_stats.store.ranks import request_ranks
from player_stats.store.turns import take_turn
from player_stats.work.plan import history_range, make_plan, next_portion, portion_events, work_due
from wrapped_cli.embedded import ensure_embedded_indexes
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.owed_days import owed_summary
from wrapped_shared.periods import days_between


def test_a_first_start_owes_every_day_newest_first_and_then_nothing(mongo: MongoResource) -> None:
    arrive(mongo, hour("2024-08-02", 3), OLD)
    ensure_indexes(mongo.raw, mongo.analytics)
    assert due(mongo)
    plan(mongo)
    assert portion(mongo) == sorted(days_between(FIRST_DAY, TODAY), reverse=True)
    assert len(work_off(mongo)) == 20
    assert plan(mongo) == {}
    assert due(mongo) is None


def test_owed_days_come_newest_first_whatever_the_reason(mongo: MongoResource) -> None:
    ready(mongo)
    request(mongo, "2024-08-05", "2024-08-19")
    arrive(mongo, hour("2024-08-12", 3), NOW)
    arrive(mongo, hours_before(NOW, 0.1), NOW)
    plan(mongo)
    assert portion(mongo) == [TODAY, "2024-08-19", "2024-08-12", "2024-08-05"]


def test_a_portion_has_about_the_allowed_events_and_at_least_one_day(mongo: MongoResource) -> None:
    for day, number in (("2024-08-05", 30), ("2024-08-06", 20), ("2024-08-07", 10)):
        arrive(mongo, hour(day, 1), OLD, number=number)
        arrive(mongo, hour(day, 2), OLD, number=number)
    ready(mongo)
    request(mongo, "2024-08-05", "2024-08-06", "2024-08-07")
    assert portion(mongo, limit=1) == ["2024-08-07"]
    assert portion(mongo, limit=59) == ["2024-08-07"]
    assert portion(mongo, limit=60) == ["2024-08-07", "2024-08-06"]
    assert portion(mongo, limit=120) == ["2024-08-07", "2024-08-06", "2024-08-05"]
    work_off(mongo)
    for day in ("2024-08-05", "2024-08-06", "2024-08-07"):
        arrive(mongo, hour(day, 2), NOW)
    plan(mongo)
    assert portion(mongo, limit=59) == ["2024-08-07", "2024-08-06"], "one hour of each day only"


def test_a_slow_machine_gets_smaller_portions(mongo: MongoResource) -> None:
    ready(mongo)
    assert portion_events(mongo.analytics, LIMIT) == LIMIT
    note_reading(mongo.analytics, 100, 500.0, NOW)
    assert portion_events(mongo.analytics, LIMIT) == LIMIT, "too few events to tell"
    note_reading(mongo.analytics, 100_000, 100.0, NOW)
    assert portion_events(mongo.analytics, LIMIT) == 480_000
    assert portion_events(mongo.analytics, 1_000) == 1_000


@pytest.mark.slow
def test_sealed_days_are_never_owed(mongo: MongoResource) -> None:
    ready(mongo)
    mongo.analytics[names.SEALED].insert_one({"_id": "raw", "before": "2024-08-15"})
    request(mongo, "2024-08-14", "2024-08-15")
    for day in ("2024-08-02", "2024-08-14", "2024-08-16"):
        arrive(mongo, hour(day, 3), NOW)
        arrive(mongo, hour(day, 5), OLD)
    assert plan(mongo, NOW + DAY) == {"2024-08-16": {"03", "05"}}
    assert portion(mongo) == ["2024-08-16", "2024-08-15"]
    work_off(mongo)
    for more in range(2, 40):
        assert plan(mongo, NOW + more * DAY) == {}


def test_a_first_start_behind_a_seal_owes_open_days_only(mongo: MongoResource) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    mongo.analytics[names.SEALED].insert_one({"_id": "raw", "before": "2024-08-15"})
    assert sorted(plan(mongo)) == list(days_between("2024-08-15", TODAY))
    assert len(owed_summary(mongo.analytics, FIRST_DAY, TODAY).days) == 6


def test_an_earlier_first_day_owes_the_days_before(mongo: MongoResource) -> None:
    ready(mongo)
    make_plan(mongo, "2024-07-25", NOW)
    assert [
        work.day
        for work in next_portion(work_due(mongo.analytics, "2024-07-25", NOW), portion_events(mongo.analytics, LIMIT))
    ] == [f"2024-07-{day}" for day in range(31, 24, -1)]


def test_documents_of_future_days_from_before_the_first_start_are_found(mongo: MongoResource) -> None:
    arrive(mongo, hour("2024-08-23", 3), OLD)
    ready(mongo)
    assert plan(mongo, NOW + DAY) == {}
    assert due(mongo, NOW + 3 * DAY)
    assert plan(mongo, NOW + 3 * DAY) == {"2024-08-23": {"03"}}


def test_old_ids_of_last_week_are_found_the_next_day_or_at_once_by_a_thorough_plan(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, hour("2024-08-18", 3), OLD)
    assert plan(mongo) == {}
    assert plan(mongo, thorough=True) == {"2024-08-18": {"03"}}
    work_off(mongo)
    assert plan(mongo, thorough=True) == {}
    mongo.raw[TICKS].delete_many({})
    assert plan(mongo) == {}
    assert plan(mongo, NOW + DAY) == {"2024-08-18": {"03"}}


def test_a_thorough_plan_with_nothing_to_do_counts_no_days(mongo: MongoResource) -> None:
    arrive(mongo, hour("2024-08-18", 3), OLD, number=7)
    arrive(mongo, hours_before(NOW, 1), hours_before(NOW, 0.1), number=3)
    ready(mongo)
    now = NOW
    for _ in range(4):
        arrive(mongo, now, now, number=2)
        plan(mongo, now)
        work_off(mongo, now)
        commands = Commands()
        with listening(mongo, commands) as heard:
            make_plan(heard, FIRST_DAY, now, thorough=True)
        assert commands.sent.count("aggregate") == len(names.RAW_EVENT_COLLECTIONS), "one look, no audit"
        now += timedelta(minutes=12)


def test_all_of_history_is_audited_within_a_month(mongo: MongoResource) -> None:
    ready(mongo)
    for day in ("2024-08-01", "2024-08-09", "2024-08-12"):
        arrive(mongo, hour(day, 3), OLD)
    found: set[str] = set()
    for more in range(1, 29):
        found |= set(plan(mongo, NOW + more * DAY))
    assert found == {"2024-08-01", "2024-08-09", "2024-08-12"}
    work_off(mongo, NOW + 28 * DAY)
    arrive(mongo, hour("2024-08-09", 4), OLD)
    for more in range(29, 60):
        plan(mongo, NOW + more * DAY)
    assert "2024-08-09" in owed(mongo, "2024-10-20"), "and every month again"


def test_a_clock_that_was_a_month_ahead_stops_neither_the_audit_nor_anything_hourly(mongo: MongoResource) -> None:
    ahead = NOW + 30 * DAY
    ready(mongo, ahead)
    request_ranks(mongo.analytics, ["2024"])
    note_plan(mongo.analytics, ranked_at=ahead)
    arrive(mongo, hour("2024-08-14", 3), OLD)
    assert ranking_due(mongo.analytics, NOW)
    assert due(mongo) == "the daily audit is due"
    assert plan(mongo) == {"2024-08-14": {"03"}}
    work_off(mongo)
    assert plan(mongo, NOW + DAY) == {}


def test_a_week_without_runs_is_caught_up(mongo: MongoResource) -> None:
    ready(mongo)
    for more in range(1, 8):
        arrive(mongo, NOW + more * DAY - timedelta(hours=3), NOW + more * DAY)
    later = NOW + 7 * DAY
    assert due(mongo, later)
    assert sorted(plan(mongo, later)) == list(days_between("2024-08-21", "2024-08-27"))
    work_off(mongo, later)
    assert plan(mongo, later) == {}


@pytest.mark.parametrize("days", [1, 5, 28, 29, 365, 1095])
@pytest.mark.parametrize("every", [1, 3])
def test_every_day_of_a_growing_history_is_recounted_again_within_a_month(days: int, every: int) -> None:
    first, begun = date(2021, 1, 1), date(2021, 1, 1) + timedelta(days=days - 1)
    counted: dict[str, date] = {}
    start = None
    for passed in range(0, 100, every):
        last = begun + timedelta(days=passed)
        found = history_range(first.isoformat(), last.isoformat(), start, every)
        assert found is not None
        begin, end, start = found
        counted = dict.fromkeys(days_between(first.isoformat(), last.isoformat()), last) | counted
        counted |= dict.fromkeys(days_between(begin, end), last)
        assert all(last - counted_on <= timedelta(days=31) for counted_on in counted.values())


def test_a_history_that_has_not_begun_is_not_counted() -> None:
    assert history_range("2024-01-02", "2024-01-01", None, 1) is None


def test_hours_that_are_no_longer_kept_are_removed(mongo: MongoResource) -> None:
    ready(mongo)
    hours, ledger = mongo.analytics[names.PLAYER_HOURS], mongo.analytics[names.DAY_LEDGER]
    hours.database.command("collMod", names.PLAYER_HOURS, validator={})
    for day, until in (("2024-08-03", "2024-08-18"), ("2024-08-13", TODAY)):
        ledger.update_one({"_id": day}, {"$set": {"kept_until": until}})
        hours.insert_many([{"_id": f"{who}|{day}T05", "day": day, "revision": 1} for who in ("ann", "bob")])
    with take_turn(mongo.analytics):
        plan(mongo, NOW + DAY)
        assert hours.count_documents({}) == 4, "whoever is open may write them"
    plan(mongo, NOW + 2 * DAY)
    assert {hour["day"] for hour in hours.find()} == set()
    assert ledger.count_documents({"kept_until": {"$exists": True}}) == 0


def counted_queries(mongo: MongoResource, first: str, now: datetime, *, thorough: bool) -> int:
    commands = Commands()
    with listening(mongo, commands) as heard:
        make_plan(heard, first, now, thorough=thorough)
        next_portion(work_due(heard.analytics, first, now), portion_events(heard.analytics, LIMIT))
    return sum(sent in ("find", "aggregate", "count", "distinct", "getMore") for sent in commands.sent)


@pytest.mark.slow
def test_a_plan_over_three_years_takes_few_queries(mongo: MongoResource) -> None:
    first = "2021-08-20"
    ensure_indexes(mongo.raw, mongo.analytics)
    ensure_embedded_indexes(mongo.raw)
    queries = {"first start": counted_queries(mongo, first, NOW, thorough=True)}
    mongo.analytics[names.DAY_LEDGER].update_many({}, {"$set": {"owed": False, "owed_cells": []}})
    arrive(mongo, hour("2021-08-20", 0), OLD)
    for day in days_between(first, "2021-09-25"):
        arrive(mongo, hour(day, 5), NOW + DAY)
    queries["news and audit"] = counted_queries(mongo, first, NOW + DAY, thorough=False)
    queries["thorough"] = counted_queries(mongo, first, NOW + DAY, thorough=True)
    assert len(owed_summary(mongo.analytics, first, TODAY).days) == 37
    assert {name: number for name, number in queries.items() if number > 30} == {}
    mongo.analytics[names.DAY_LEDGER].update_many({"owed": False}, {"$set": {"kept_until": "2024-08-18"}})
    assert counted_queries(mongo, first, NOW + 2 * DAY, thorough=False) < 50, "the hours of a thousand days go"
    assert mongo.analytics[names.DAY_LEDGER].count_documents({"kept_until": "2024-08-18"}) == 0
