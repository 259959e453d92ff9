"""Loading generated telemetry into a real server over loopback."""

from typing import Any

import pytest
from wrapped_devkit.generator import generate, write
from wrapped_shared.collections import RAW_EVENT_COLLECTIONS
from wrapped_shared.mongo import MongoResource

RUN: dict[str, Any] = {"players": 2, "days": 2, "ticks": 200, "seed": 7, "start": "2024-03-01"}


@pytest.mark.parametrize("hostile", [False, True])
def test_everything_is_stored_once_no_matter_how_often_it_is_loaded(mongo: MongoResource, hostile: bool) -> None:
    handled: list[int] = []
    added = write(mongo.raw, mongo.analytics, **RUN, hostile=hostile, progress=handled.append)
    generated = list(generate(**RUN, hostile=hostile))
    assert set(added) == set(RAW_EVENT_COLLECTIONS)
    assert sum(added.values()) == sum(handled) == len(generated)
    assert write(mongo.raw, mongo.analytics, **RUN, hostile=hostile) == dict.fromkeys(RAW_EVENT_COLLECTIONS, 0)
    for name in RAW_EVENT_COLLECTIONS:
        wanted = {repr(document["_id"]) for collection, document in generated if collection == name}
        assert {repr(document["_id"]) for document in mongo.raw[name].find()} == wanted


def test_an_interrupted_run_is_completed_by_the_next(mongo: MongoResource) -> None:
    class StopError(Exception):
        pass

    def stop(_: int) -> None:
        raise StopError

    with pytest.raises(StopError):
        write(mongo.raw, mongo.analytics, **RUN, progress=stop)
    assert mongo.analytics["day_requests"].distinct("_id") == ["2024-03-01"]
    again = write(mongo.raw, mongo.analytics, **RUN)
    total = sum(mongo.raw[name].count_documents({}) for name in RAW_EVENT_COLLECTIONS)
    assert total == len(list(generate(**RUN))) > sum(again.values()) > 0


def test_touched_days_are_requested_unless_they_are_in_the_future(mongo: MongoResource) -> None:
    write(mongo.raw, mongo.analytics, **RUN)
    write(mongo.raw, mongo.analytics, **{**RUN, "start": "2075-01-01"})
    requests = list(mongo.analytics["day_requests"].find({}, {"token": 0}).sort("_id", 1))
    assert requests == [
        {"_id": "2024-03-01", "reason": "generated telemetry"},
        {"_id": "2024-03-02", "reason": "generated telemetry"},
    ]


def test_loading_creates_the_indexes(mongo: MongoResource) -> None:
    write(mongo.raw, mongo.analytics, **RUN)
    keys = [list(index["key"].items()) for index in mongo.raw["game_ticks"].list_indexes()]
    assert [("timestamp", 1)] in keys
    assert [("username", 1), ("timestamp", 1)] in keys
