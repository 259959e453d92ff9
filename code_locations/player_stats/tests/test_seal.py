"""Events that arrive for sealed days are counted separately from those left out of open days."""

from datetime import timedelta
from typing import Any

import pytest
from planning_world import FIRST_DAY, NOW, TICKS, arrive, milliseconds, ready
from player_stats.store.audit import left_out_shares
from player_stats.store.outside_days import write_sealed
from pymongo.errors import WriteError
from stats_world import materialise, stored
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.seal import first_open_day, sealed_before

OLD = NOW - timedelta(days=400)
BEFORE = "2024-08-10"


def seal(mongo: MongoResource) -> None:
    mongo.analytics[names.SEALED].insert_one({"_id": "raw", "before": BEFORE})


def written(mongo: MongoResource) -> dict[str, Any]:
    write_sealed(mongo.raw, mongo.analytics, FIRST_DAY)
    found = mongo.analytics[names.DATA_QUALITY].find({"day": "sealed"})
    return {quality["collection"]: quality for quality in found}


def test_nothing_is_sealed_by_default_and_then_all_days_before_the_seal(mongo: MongoResource) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    assert sealed_before(mongo.analytics) is None
    assert first_open_day(mongo.analytics, FIRST_DAY) == FIRST_DAY
    assert written(mongo) == {}
    for bad in ({"_id": "raw", "before": "soon"}, {"_id": "raw"}, {"_id": "other", "before": BEFORE}):
        with pytest.raises(WriteError):
            mongo.analytics[names.SEALED].insert_one(bad)
    seal(mongo)
    assert sealed_before(mongo.analytics) == BEFORE
    assert first_open_day(mongo.analytics, FIRST_DAY) == BEFORE
    assert first_open_day(mongo.analytics, "2024-08-15") == "2024-08-15"


def test_events_that_arrive_in_addition_to_those_read_are_counted_separately(mongo: MongoResource) -> None:
    day = milliseconds("2024-08-05")
    arrive(mongo, day, OLD, number=20)
    ready(mongo)
    seal(mongo)
    assert written(mongo)[TICKS]["read"] == 0
    late = arrive(mongo, day + 5, NOW, number=7)
    arrive(mongo, milliseconds("2024-08-10"), NOW)
    arrive(mongo, milliseconds("2024-07-10"), NOW)
    found = written(mongo)
    assert (found[TICKS]["read"], found[TICKS]["left_out"]) == (7, {"sealed": 7})
    assert [example["id"] for example in found[TICKS]["examples"]] == late[:5]
    assert found[names.ACTOR_DEATH]["read"] == 0


def test_events_that_arrive_after_the_others_were_deleted_are_all_counted(mongo: MongoResource) -> None:
    days = milliseconds("2024-08-05"), milliseconds("2024-08-09")
    for day in days:
        arrive(mongo, day, OLD, number=20)
    ready(mongo)
    seal(mongo)
    mongo.raw[TICKS].delete_many({})
    for day in days:
        arrive(mongo, day, OLD, number=3)
    found = written(mongo)[TICKS]
    assert (found["read"], found["documents_left_out"], len(found["examples"])) == (6, 6, 5)
    assert written(mongo)[TICKS] == found


def test_the_asset_writes_them_and_the_check_still_uses_the_latest_day(mongo: MongoResource) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    seal(mongo)
    arrive(mongo, milliseconds("2024-08-05"), NOW, number=2)
    arrive(mongo, milliseconds("2024-08-15"), NOW, number=4)
    assert materialise(mongo, "2024-08-15", "2024-08-15", assets=["player_days", "data_quality"]).success
    assert materialise(mongo, "2024-08-15", "2024-08-15", assets=["undated_documents"]).success
    assert stored(mongo)["data_quality"][f"{TICKS}|sealed"]["read"] == 2
    assert set(left_out_shares(mongo.analytics, mongo.raw[TICKS])) == {"2024-08-15", "undated"}
