"""Any BSON value anywhere in an event affects only that event, with a real server and the real reader."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import bson
import pytest
from bson import (
    Binary,
    Code,
    DatetimeMS,
    DBRef,
    Decimal128,
    Int64,
    MaxKey,
    MinKey,
    ObjectId,
    Regex,
    Timestamp,
)
from bson.raw_bson import RawBSONDocument
from naive_player_stats import naive_data_quality, naive_reports
from player_stats.domain.equality import canonical
from player_stats.store.ids import id_key
from stats_world import materialise
from telemetry_documents import Document, Telemetry
from telemetry_strategies import ENVELOPE_FIELDS, FAMILY_FIELDS, replaced
from wrapped_shared.map_regions import region_names
from wrapped_shared.mongo import MongoResource

DAY, FIRST_DAY = "2024-08-13", "2023-01-01"
SECTIONS = ("player", "coverage", "play", "movement", "places", "equipment", "loot", "experience", "deaths", "damage",
            "exchange", "quality")  # fmt: skip


def nested(depth: int) -> Any:
    value: Any = {"": "$"}
    for _ in range(depth):
        value = {"a.b": [value], "$set": None}
    return value


ODD: tuple[Any, ...] = (
    Code("Bob"), Code("BUYING", {}), Code("ATTACK", {"x": Int64(1)}), Regex("(", "x"), Regex(".*"),
    Decimal128("1"), Decimal128("sNaN"), Decimal128("-Infinity"), Decimal128("9E+6144"),
    Binary(b""), Binary(b"x" * 16, 3), Binary.from_uuid(UUID(int=5)), Binary(b"xyz", 4), Binary(b"v", 9), b"\xff",
    MinKey(), MaxKey(), Timestamp(2**32 - 1, 7), DBRef("players", 1), DBRef("p", ObjectId("a" * 24), "db", x=1),
    Int64(3), Int64(2**62), -(2**63), 1.0, 3.7, -0.0, 1e308, float("nan"), float("inf"), float("-inf"),
    ObjectId("b" * 24), datetime(2024, 8, 13, tzinfo=UTC), DatetimeMS(-(2**40)), True, False, None, "", "\x00",
    "<col=ff0000></col>", "\u00a0", "n" * 5_000, [], {}, [[]], [None, {"x": []}], {"$gt": ""}, nested(40),
    ...,
)  # fmt: skip
"""Ellipsis stands for a missing field."""
IDS: tuple[Any, ...] = (
    Code("x"), Decimal128("sNaN"), Decimal128("7"), Binary(b"x" * 16, 4), MinKey(), MaxKey(), Timestamp(1, 1), True,
    1e308, Int64(9), "\u2028", {"a": {"$b": 1}}, datetime(2024, 1, 1, tzinfo=UTC), b"1", None,
)  # fmt: skip


def valid(name: str) -> Telemetry:
    """A valid event for every family."""
    telemetry = Telemetry(name, at=f"{DAY}T12:00:00")
    telemetry.tick(0, 1, equipmentIds=[0, 700])
    telemetry.tick(600, 2, x=3201, energy=9_900, equipmentIds=[0, 700])
    telemetry.stat(100, 0, 1)
    telemetry.stat(200, 600, 2)
    telemetry.drop(items=((995, 5),))
    telemetry.death(name, 0, 1)
    telemetry.hit(5, mine=True)
    telemetry.offer("BUYING", 1, 100)
    return telemetry


def with_odd_values() -> Iterator[tuple[str, Document]]:
    """An event with each odd value at each place, each at its own time, and some twice."""
    number = 0
    for collection, fields in FAMILY_FIELDS.items():
        for field in (*ENVELOPE_FIELDS, *(f"data.{name}" for name in fields), "data.of no interest"):
            for value in ODD:
                if isinstance(value, DBRef) and field in ("timestamp", "username"):
                    continue  # the embedded server cannot index one
                number += 1
                document = valid("Odd").documents[collection][0]
                moved = {"_id": f"odd {number}", "timestamp": document["timestamp"] + number, "tickCount": number}
                document |= moved
                replaced(document, field, value)
                yield collection, document
                if number % 7 == 0:
                    yield collection, {**document, "_id": f"odd {number} again"}
        for value in IDS:
            number += 1
            yield collection, {**valid("Odd").documents[collection][0], "_id": value, "tickCount": number, "data": 5}


def as_sent_by_old_drivers(collection: str) -> Iterator[RawBSONDocument]:
    """Events with a symbol, JavaScript code and undefined, in types that current drivers do not write."""
    for number, (field, before, after) in enumerate(
        (
            ("username", b"\x02", b"\x0e"), ("username", b"\x02", b"\x0d"), ("sessionId", b"\x02", b"\x0e"),
            ("sessionId", b"\x02", b"\x0d"), ("sessionId", b"\x0a", b"\x06"),
        )
    ):  # fmt: skip
        document = valid("Odd").documents[collection][0] | {"_id": f"raw {number}", "tickCount": 9_000 + number}
        if before == b"\x0a":
            document[field] = None
        name = field.encode() + b"\x00"
        yield RawBSONDocument(bson.encode(document).replace(before + name, after + name, 1))


@pytest.mark.slow
def test_odd_values_anywhere_leave_out_only_what_they_affect(mongo: MongoResource) -> None:
    for collection, documents in valid("Ann").documents.items():
        mongo.raw[collection].insert_many(documents)
        mongo.raw[collection].insert_many(as_sent_by_old_drivers(collection))
    by_collection: dict[str, list[Document]] = {}
    for collection, document in with_odd_values():
        by_collection.setdefault(collection, []).append(document)
    for collection, documents in by_collection.items():
        mongo.raw[collection].insert_many(documents)
    assert materialise(mongo, DAY, DAY).success
    as_read = {collection: list(mongo.raw[collection].find()) for collection in by_collection}
    rules: Any = {"first_day": FIRST_DAY, "today": DAY}
    expected = naive_reports(as_read, "all", region_names=region_names(), **rules)
    reports = {report["player_key"]: report for report in mongo.analytics["wrapped_reports"].find({"period": "all"})}
    assert {"ann", "odd", "n" * 5_000} <= reports.keys() == expected.keys()
    for key, report in reports.items():
        for section in SECTIONS:
            assert report[section] == expected[key][section], (key, section)
    qualities = naive_data_quality(as_read, DAY, **rules)
    for quality in mongo.analytics["data_quality"].find({"day": DAY}):
        for field in ("read", "duplicates", "left_out"):
            assert quality[field] == qualities[quality["collection"]][field], (quality["_id"], field)
        assert quality["duplicates"] > 0
        assert len(quality["examples"]) == 5
    assert expected["ann"] == naive_reports(valid("Ann").documents, "all", region_names=region_names(), **rules)["ann"]


@pytest.mark.parametrize(
    "other", [Decimal128("sNaN"), Decimal128("NaN"), float("nan"), None, "x", 10**15, [1]], ids=repr
)
def test_a_list_of_timestamps_affects_only_its_event(mongo: MongoResource, other: Any) -> None:
    for collection, documents in valid("Ann").documents.items():
        mongo.raw[collection].insert_many(documents)
    document = valid("Odd").documents["game_ticks"][0]
    mongo.raw["game_ticks"].insert_one({**document, "_id": "odd", "timestamp": [other, document["timestamp"]]})
    assert materialise(mongo, DAY, DAY).success
    assert [report["player_key"] for report in mongo.analytics["wrapped_reports"].find({"period": "all"})] == ["ann"]


@pytest.mark.parametrize("value", ODD[:-1], ids=repr)
def test_every_value_sorts_as_an_id_and_equals_itself(value: Any) -> None:
    keys = sorted([id_key(value), *map(id_key, IDS)])
    assert id_key(value) in keys
    read = bson.decode(bson.encode({"a": value}), mongo_options())["a"]
    assert canonical(read) == canonical(bson.decode(bson.encode({"a": value}), mongo_options())["a"])


def mongo_options() -> Any:
    return bson.CodecOptions(tz_aware=True, datetime_conversion=bson.codec_options.DatetimeConversion.DATETIME_AUTO)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (1, 1.0, True),
        (Int64(1), Decimal128("1.00"), True),
        (0.5, Decimal128("0.5"), True),
        (-0.0, 0, True),
        (float("nan"), Decimal128("sNaN"), True),
        (float("inf"), Decimal128("Infinity"), True),
        (float("inf"), Decimal128("-Infinity"), False),
        (1, True, False),
        (1, "1", False),
        (Code("x"), "x", False),
        ({"a": 1, "b": [2]}, {"b": [2.0], "a": 1}, True),
        ({"a": None}, {}, False),
        ([1, 2], [2, 1], False),
        (["ab", ""], ["a", "b"], False),
        ({"a": "b"}, ["a", "b"], False),
        ([[1], []], [[], [1]], False),
        (nested(180), nested(180), True),
        (nested(180), nested(179), False),
    ],
)
def test_events_are_equal_by_value(one: Any, other: Any, equal: bool) -> None:
    assert (canonical(one) == canonical(other)) is equal
