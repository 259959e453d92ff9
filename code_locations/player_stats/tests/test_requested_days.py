"""Requests for days: what they make owed, and when they are cleared."""

from typing import Any

import pytest
from bson import Regex
from planning_world import (
    DAY,
    FIRST_DAY,
    LIMIT,
    NOW,
    OLD,
    arrive,
    due,
    hour,
    plan,
    portion,
    read,
    ready,
    request,
    work_off,
)
from player_stats.work.plan import next_portion, portion_events, work_due
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource


def test_a_requested_day_is_read_whole_and_its_request_is_cleared(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, hour("2024-08-02", 3), OLD)
    assert plan(mongo) == {}
    request(mongo, "2024-08-02")
    assert due(mongo)
    assert [(work.day, work.cells) for work in work_off(mongo)] == [("2024-08-02", None)]
    assert mongo.analytics[names.DAY_REQUESTS].count_documents({}) == 0
    assert due(mongo) is None
    assert plan(mongo) == {}


def test_a_request_made_while_its_day_is_read_is_served_afterwards(mongo: MongoResource) -> None:
    ready(mongo)
    request(mongo, "2024-08-02")
    works = next_portion(work_due(mongo.analytics, FIRST_DAY, NOW), portion_events(mongo.analytics, LIMIT))
    read(mongo, works, meanwhile=lambda: request(mongo, "2024-08-02"))
    assert portion(mongo) == ["2024-08-02"]
    work_off(mongo)
    assert portion(mongo) == []


@pytest.mark.parametrize(
    "token", [{"$gt": ""}, {"$no": 1}, Regex("("), Regex(".*"), [1, [2]], float("nan"), None, True, "x"], ids=repr
)
def test_a_request_with_a_token_of_any_type_is_served_once(mongo: MongoResource, token: Any) -> None:
    ready(mongo)
    mongo.analytics[names.DAY_REQUESTS].insert_one({"_id": "2024-08-02", "reason": "by hand", "token": token})
    read(mongo, work_due(mongo.analytics, FIRST_DAY, NOW))
    assert mongo.analytics[names.DAY_REQUESTS].find_one() is None


def test_requests_for_invalid_future_or_too_old_days_are_harmless(mongo: MongoResource) -> None:
    ready(mongo)
    odd = mongo.analytics[names.DAY_REQUESTS].with_options()
    odd.database.command("collMod", names.DAY_REQUESTS, validator={})
    odd.insert_many([{"_id": one} for one in ("soon", "2024-02-30", 7, "2023-01-01", "2024-08-25", "2024-08-03")])
    assert portion(mongo) == ["2024-08-03"]
    work_off(mongo)
    assert due(mongo) is None
    assert portion(mongo, NOW + 5 * DAY) == ["2024-08-25"]
