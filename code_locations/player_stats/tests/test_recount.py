"""The audit on a real server: counting finds changes that cannot be seen by `_id`."""

from datetime import timedelta
from typing import Any

import pytest
from planning_world import FIRST_DAY, NOW, TICKS, TODAY, arrive, hours_before, milliseconds, owed, ready, work_off
from player_stats.store.recount import recount
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

OLD = NOW - timedelta(days=400)
"""When `_id`s below every watermark were made."""
LAST_WEEK, LONG_AGO = "2024-08-14", "2024-08-03"


def audit(mongo: MongoResource, first: str = FIRST_DAY, last: str = TODAY) -> dict[str, set[str]]:
    recount(mongo.raw, mongo.analytics, [(first, last)], TODAY)
    return owed(mongo)


def fallen(mongo: MongoResource) -> dict[str, Any]:
    found = mongo.analytics[names.DAY_LEDGER].find({"fallen": {"$exists": True}}, {"fallen": 1})
    return {day["_id"]: day["fallen"] for day in found}


def hour(day: str, number: int) -> int:
    return milliseconds(day) + number * 3_600_000


@pytest.fixture
def counted(mongo: MongoResource) -> MongoResource:
    """Telemetry on two days and in the open hour, all of which has been read."""
    for day in (LAST_WEEK, LONG_AGO):
        for number in (5, 6, 23):
            arrive(mongo, hour(day, number), OLD, number=4)
    arrive(mongo, hours_before(NOW, 0.2), OLD, number=4)
    ready(mongo)
    assert audit(mongo) == {}
    return mongo


def test_a_document_deleted_within_the_last_week_is_noticed(counted: MongoResource) -> None:
    counted.raw[TICKS].delete_one({"timestamp": hour(LAST_WEEK, 6)})
    assert audit(counted) == {LAST_WEEK: {"06"}}
    work_off(counted)
    assert audit(counted) == {}


def test_an_hour_whose_documents_were_all_deleted_is_noticed(counted: MongoResource) -> None:
    counted.raw[TICKS].delete_many({"timestamp": hour(LAST_WEEK, 5)})
    assert audit(counted) == {LAST_WEEK: {"05"}}


@pytest.mark.parametrize("day", [LAST_WEEK, LONG_AGO, TODAY])
def test_a_document_with_an_old_id_is_found(counted: MongoResource, day: str) -> None:
    arrive(counted, hour(day, 7), OLD)
    assert audit(counted) == {day: {"07"}}


@pytest.mark.slow
@pytest.mark.parametrize("identity", ["an id", 7, 7.5, {"a": 1}, True, b"\x00", NOW, float("nan")])
def test_ids_of_other_types_are_found_once(counted: MongoResource, identity: Any) -> None:
    counted.raw[TICKS].insert_one({"_id": identity, "timestamp": hour(LONG_AGO, 6)})
    assert audit(counted) == {LONG_AGO: {"06"}}
    work_off(counted)
    assert audit(counted) == {}


def test_a_document_that_replaced_another_is_found_by_its_id(counted: MongoResource) -> None:
    newest = max(event["_id"] for event in counted.raw[TICKS].find({"timestamp": hour(LONG_AGO, 5)}))
    counted.raw[TICKS].delete_one({"_id": newest})
    arrive(counted, hour(LONG_AGO, 5), OLD)
    assert audit(counted) == {LONG_AGO: {"05"}}


def test_an_older_loss_is_only_shown_until_it_is_repaired(counted: MongoResource) -> None:
    gone = list(counted.raw[TICKS].find({"timestamp": {"$in": [hour(LONG_AGO, 5), hour(LONG_AGO, 6)]}}))[2:7]
    counted.raw[TICKS].delete_many({"_id": {"$in": [event["_id"] for event in gone]}})
    assert audit(counted) == {}
    assert fallen(counted) == {LONG_AGO: {TICKS: 5}}
    assert audit(counted, "2024-08-10") == {}
    assert fallen(counted) == {LONG_AGO: {TICKS: 5}}
    counted.raw[TICKS].insert_many(gone)
    assert audit(counted) == {}
    assert fallen(counted) == {}


def test_a_loss_together_with_something_new_is_owed(counted: MongoResource) -> None:
    counted.raw[TICKS].delete_one({"timestamp": hour(LONG_AGO, 5)})
    arrive(counted, hour(LONG_AGO, 9), OLD, collection=names.ACTOR_DEATH)
    assert audit(counted) == {LONG_AGO: {"09"}}
    assert fallen(counted) == {LONG_AGO: {TICKS: 1}}


def test_the_week_ends_after_seven_days(counted: MongoResource) -> None:
    for day in ("2024-08-12", "2024-08-13"):
        arrive(counted, hour(day, 1), OLD, number=2)
    audit(counted)
    work_off(counted)
    counted.raw[TICKS].delete_one({"timestamp": hour("2024-08-12", 1)})
    counted.raw[TICKS].delete_one({"timestamp": hour("2024-08-13", 1)})
    assert audit(counted) == {"2024-08-13": {"01"}}
    assert fallen(counted) == {"2024-08-12": {TICKS: 1}}


def test_only_the_requested_days_are_counted(counted: MongoResource) -> None:
    arrive(counted, hour(LONG_AGO, 7), OLD)
    arrive(counted, hour(LAST_WEEK, 7), OLD)
    assert audit(counted, "2024-08-04", "2024-08-13") == {}
    assert audit(counted, LAST_WEEK, LAST_WEEK) == {LAST_WEEK: {"07"}}


def test_odd_timestamps_do_not_stop_the_audit(counted: MongoResource) -> None:
    at = hour(LONG_AGO, 6)
    odd = ["text", [at], [at, "x"], None, float("nan"), NOW, {"at": at}]
    counted.raw[TICKS].insert_many([{"timestamp": one} for one in odd])
    assert audit(counted) == {}
