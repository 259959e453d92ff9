"""What the alerts of `player_stats` say is owed for too long."""

from datetime import UTC, datetime, timedelta

from bson import ObjectId
from player_stats.work.faults import faults
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource


def reported(mongo: MongoResource) -> dict[str, str]:
    return {fault.key: fault.text for fault in faults(mongo)}


def owe(mongo: MongoResource, day: str, since: timedelta) -> None:
    found = {"_id": day, "day": day, "owed": True, "owed_cells": ["*"], "why": "new events"}
    mongo.analytics[names.DAY_LEDGER].insert_one({**found, "since": datetime.now(UTC) - since})


def test_a_day_is_a_fault_once_it_has_been_owed_for_two_hours(mongo: MongoResource) -> None:
    owe(mongo, "2024-05-01", timedelta(minutes=110))
    owe(mongo, "2999-05-01", timedelta(days=9))
    assert reported(mongo) == {}
    owe(mongo, "2024-05-02", timedelta(minutes=130))
    found = reported(mongo)
    assert found.keys() == {"data/owed"}
    assert found["data/owed"].startswith("2 days up to 2024-05-02 owed (new events: 2), the oldest since ")


def test_reports_are_behind_while_an_event_that_arrived_an_hour_ago_is_unread(mongo: MongoResource) -> None:
    now = datetime.now(UTC)
    arrived = [ObjectId.from_datetime(now - timedelta(minutes=minutes)) for minutes in (300, 70, 1)]
    mongo.raw["game_ticks"].insert_many([{"_id": one} for one in arrived])
    watermarks = mongo.analytics[names.WATERMARKS]
    watermarks.insert_one({"_id": "game_ticks", "newest": arrived[0]})
    assert reported(mongo)["data/behind"].endswith("are 1 h 10 min behind the newest events")
    watermarks.update_one({"_id": "game_ticks"}, {"$set": {"newest": arrived[1]}})
    assert reported(mongo) == {}


def test_a_backlog_of_older_days_does_not_make_reports_late(mongo: MongoResource) -> None:
    owe(mongo, "2024-05-01", timedelta(hours=30))
    assert reported(mongo).keys() == {"data/owed"}
    owe(mongo, datetime.now(UTC).strftime("%Y-%m-%d"), timedelta(hours=3))
    assert reported(mongo).keys() == {"data/owed", "data/behind"}


def test_an_empty_deployment_owes_nothing(mongo: MongoResource) -> None:
    assert reported(mongo) == {}
