"""Reports are owed until they are made from what the last writer of days wrote."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from player_stats.domain.ledger import quality_of
from player_stats.store.ids import id_key
from player_stats.store.ledger import mark_owed
from player_stats.store.report_requests import request_reports
from player_stats.store.reports import make_owed_reports, refreshable
from player_stats.store.turns import Turn, take_turn
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from player_stats.work.plan import make_plan
from scheduling import Program
from stats_world import Documents, generated, store
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

DAY = "2024-08-13"
NOON = datetime(2024, 8, 14, 12, 30, tzinfo=UTC)


@pytest.fixture
def week(mongo: MongoResource) -> Documents:
    """One day's events: all but the last hour's ticks are read and reported; those arrived later and are owed."""
    ensure_indexes(mongo.raw, mongo.analytics)
    documents = generated(players=1, days=1, ticks=60, seed=3, start=DAY)
    ticks = documents[names.GAME_TICKS]
    last_hour = max(tick["timestamp"] for tick in ticks) // 3_600_000
    late = [tick for tick in ticks if tick["timestamp"] // 3_600_000 == last_hour]
    documents[names.GAME_TICKS] = [tick for tick in ticks if tick not in late]
    store(mongo, copy.deepcopy(documents))
    compute(Reader(mongo, DAY, now=NOON), [DAY])
    make_owed_reports(mongo.analytics)
    mongo.raw[names.GAME_TICKS].insert_many(late)
    mark_owed(mongo.analytics, {DAY: [f"{last_hour % 24:02}"]}, "news")
    documents[names.GAME_TICKS] = ticks
    return documents


def ticks(mongo: MongoResource) -> list[int]:
    """The ticks of the day, and of the report of all time."""
    found = [
        *mongo.analytics[names.PLAYER_DAYS].find(),
        *mongo.analytics[names.WRAPPED_REPORTS].find({"period": "all"}),
    ]
    return [document["play"]["ticks"] for document in found]


@pytest.mark.parametrize("whole", [False, True])
def test_a_report_owed_for_weeks_is_made_from_its_hours(mongo: MongoResource, week: Documents, *, whole: bool) -> None:
    compute(Reader(mongo, DAY, now=NOON), [DAY])  # its process dies before it makes reports
    later = NOON + timedelta(days=20)
    for day in range(3):
        make_plan(mongo, DAY, later + timedelta(days=day))
    wanted = len(week[names.GAME_TICKS])
    if whole:
        gone = mongo.raw[names.GAME_TICKS].find_one_and_delete({})
        assert gone is not None
        compute(Reader(mongo, DAY, now=later), [DAY], whole=[DAY])
        wanted -= 1
    make_owed_reports(mongo.analytics)
    assert ticks(mongo) == [wanted, wanted]
    quality = list(mongo.analytics[names.DATA_QUALITY].find({}, {"revision": 0}).sort("_id"))
    make_plan(mongo, DAY, later + timedelta(days=4))
    assert mongo.analytics[names.PLAYER_HOURS].count_documents({}) == 0
    ledger = mongo.analytics[names.DAY_LEDGER].find_one({"_id": DAY}) or {}
    assert quality_of(DAY, ledger["tallies"], id_key) == quality
    counted = {name: sum(part["n"] for part in parts.values()) for name, parts in ledger["seen"].items()}
    assert counted == {one["collection"]: one["read"] for one in quality}
    assert {len(label) for parts in ledger["seen"].values() for label in parts} == {2}


def write_more(turn: Turn, analytics: Any) -> None:
    """Write the player's day with one more tick, as its reader does."""
    day = analytics[names.PLAYER_DAYS].find_one({}) or {}
    changed = {**day, "play": {**day["play"], "ticks": day["play"]["ticks"] + 1}, "digest": "another"}
    turn.replace(names.PLAYER_DAYS, [changed])


def player_of(mongo: MongoResource) -> str:
    return str((mongo.analytics[names.PLAYER_DAYS].find_one({}) or {})["player_key"])


def test_a_day_written_after_the_reporter_read_it_leaves_its_report_owed(mongo: MongoResource, week: Documents) -> None:
    key = player_of(mongo)
    request_reports(mongo.analytics, [(key, DAY)])
    reporter = Program(mongo.uri, mongo.analytics_database)
    reporter.start(lambda analytics: void(make_owed_reports(analytics)))
    reporter.go(("findAndModify", names.TURNS))
    reporter.go(1)  # it has a turn
    with take_turn(mongo.analytics) as turn:
        request_reports(mongo.analytics, [(key, DAY)])
        reporter.go(("delete", names.REPORT_REQUESTS))
        reporter.go(1)  # has written the reports and cleared what it served
        write_more(turn, mongo.analytics)
    reporter.go(None)
    reporter.close()
    make_owed_reports(mongo.analytics)
    day, report = ticks(mongo)
    assert day == report


def test_reports_refreshed_while_others_write_do_not_keep_older_figures(mongo: MongoResource, week: Documents) -> None:
    key = player_of(mongo)
    with take_turn(mongo.analytics) as turn:
        write_more(turn, mongo.analytics)
    request_reports(mongo.analytics, [(key, DAY)])
    reporter, refresher = (Program(mongo.uri, mongo.analytics_database) for _ in range(2))
    reporter.start(lambda analytics: void(make_owed_reports(analytics)))
    reporter.go(("update", names.PLAYER_MONTHS))  # has read the days
    refresher.start(lambda analytics: void(make_owed_reports(analytics, also=refreshable(analytics))))
    refresher.go(5)  # has read the months and its report, or waits
    reporter.go(None)
    refresher.go(None)
    for program in (reporter, refresher):
        program.close()
    day, report = ticks(mongo)
    assert day == report


def void(_changes: Any) -> None:
    """A program returns nothing."""
