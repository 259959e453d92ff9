"""Looks above the watermark on a real server: new documents are owed, and no look loses anything."""

from datetime import datetime, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from bson import Binary, Decimal128, Int64, ObjectId
from planning_world import (
    FIRST_DAY,
    NOW,
    TICKS,
    TODAY,
    Commands,
    arrive,
    hours_before,
    identity,
    listening,
    milliseconds,
    owed,
    ready,
    work_off,
)
from player_stats.store import news
from player_stats.store.news import anything_new, scan
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

MINUTE = timedelta(minutes=1)


def look_at(mongo: MongoResource, now: datetime = NOW) -> dict[str, set[str]]:
    scan(mongo.raw, mongo.analytics, FIRST_DAY, now)
    return owed(mongo)


def is_new(mongo: MongoResource, now: datetime) -> bool:
    return anything_new(mongo.raw, mongo.analytics, now)


def watermark(mongo: MongoResource, collection: str = TICKS) -> Any:
    found = mongo.analytics[names.WATERMARKS].find_one({"_id": collection})
    return found and found["watermark"]


ODD: list[Any] = [
    "1724150000000", "", None, float("nan"), float("inf"), -float("inf"), -5, -1.5, 2**62, 253_402_300_800_000,
    True, [milliseconds(NOW)], [], {"$gte": 1}, {}, NOW, b"time", Binary(b"x", 5), ObjectId(), Decimal128("NaN"),
    Decimal128("-Infinity"), Decimal128("Infinity"), Decimal128("1E+30"), Int64(0), milliseconds("2023-12-31"),
]  # fmt: skip


def test_odd_timestamps_do_not_hide_valid_ones(mongo: MongoResource) -> None:
    ready(mongo)
    numbers = Int64(milliseconds("2024-08-03")), milliseconds("2024-08-04") + 0.5, Decimal128("1722816000000")
    good = milliseconds("2024-08-06") + 13 * 3_600_000
    mongo.raw[TICKS].insert_many([{"_id": identity(NOW), "timestamp": at} for at in [*ODD, *numbers, good]])
    mongo.raw[TICKS].insert_one({"_id": identity(NOW), "username": "Ann"})
    assert look_at(mongo) == {
        "2024-08-03": {"00"}, "2024-08-04": {"00"}, "2024-08-05": {"00"}, "2024-08-06": {"13"}
    }  # fmt: skip
    work_off(mongo)
    assert look_at(mongo) == {}


def test_open_hours_are_owed_by_five_minutes_and_others_by_the_hour(mongo: MongoResource) -> None:
    ready(mongo)
    for minutes in (3, 27, 31, 151, 190):
        arrive(mongo, NOW - minutes * MINUTE, NOW)
    assert look_at(mongo) == {TODAY: {"14:25", "14:00", "13:55", "11"}}


@pytest.mark.slow
def test_read_events_are_not_owed_again_by_repeated_looks(mongo: MongoResource) -> None:
    ready(mongo)
    now = NOW
    for step in range(12):
        arrive(mongo, now - MINUTE, now, number=3)
        arrive(mongo, now - 26 * 60 * MINUTE, now, collection=names.LOOT_RECEIVED)
        assert look_at(mongo, now), f"step {step}"
        work_off(mongo, now)
        assert look_at(mongo, now) == {}
        assert look_at(mongo, now + MINUTE) == {}
        now += 10 * MINUTE
    assert watermark(mongo) > identity(NOW)


def test_with_several_ingestors_an_id_below_the_newest_is_found_when_it_becomes_visible(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, NOW - MINUTE, NOW)
    look_at(mongo)
    work_off(mongo)
    for minutes in (1, 5, 14):  # behind the newest, each seen after it
        look_at(mongo)
        arrive(mongo, hours_before(NOW, 30), NOW - minutes * MINUTE)
        assert look_at(mongo) == {"2024-08-19": {"08"}}
        work_off(mongo)
        assert look_at(mongo) == {}


def test_the_watermark_stays_fifteen_minutes_behind_the_newest(mongo: MongoResource) -> None:
    ready(mongo)
    newest = NOW + 40 * MINUTE
    arrive(mongo, NOW, NOW + 20 * MINUTE)
    arrive(mongo, NOW, newest)
    for _ in range(3):
        look_at(mongo, newest + MINUTE)
    assert watermark(mongo) == ObjectId.from_datetime(newest - 15 * MINUTE)
    found = mongo.analytics[names.WATERMARKS].find_one({"_id": TICKS})
    assert found is not None
    assert found["newest_since"] == newest + MINUTE
    assert found["below"] == 1


def test_an_id_far_ahead_of_the_clock_hides_no_news(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, hours_before(NOW, 50), NOW + timedelta(days=900))
    assert is_new(mongo, NOW)
    assert look_at(mongo) == {"2024-08-18": {"12"}}
    work_off(mongo)
    for _ in range(3):
        assert look_at(mongo) == {}
    assert not is_new(mongo, NOW)
    arrive(mongo, hours_before(NOW, 75), NOW)
    assert is_new(mongo, NOW)
    assert look_at(mongo) == {"2024-08-17": {"11"}}
    work_off(mongo)
    assert look_at(mongo) == {}
    assert not is_new(mongo, NOW)
    arrive(mongo, hours_before(NOW, 99), NOW + timedelta(days=901))
    assert is_new(mongo, NOW)
    assert look_at(mongo) == {"2024-08-16": {"11"}}


def test_events_of_future_days_become_due_when_their_day_begins(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, NOW + timedelta(days=2), NOW)
    arrive(mongo, NOW + timedelta(days=2000), NOW)
    assert look_at(mongo) == {}
    for _ in range(2):
        look_at(mongo, NOW + timedelta(days=1))
    assert owed(mongo, "2024-08-21") == {}
    assert owed(mongo, "2024-08-22") == {"2024-08-22": {"*"}}
    assert len(owed(mongo, "9999-12-31")) == 2


def test_events_before_the_first_day_and_of_sealed_days_owe_nothing(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, milliseconds("2024-07-31"), NOW)
    arrive(mongo, milliseconds("2024-08-09"), NOW)
    arrive(mongo, milliseconds("2024-08-10"), NOW)
    scan(mongo.raw, mongo.analytics, "2024-08-10", NOW)
    assert owed(mongo) == {"2024-08-10": {"00"}}


class Killed(Exception):
    """Stands for the end of a process."""


def look_killed_at(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch, place: str, now: datetime) -> None:
    def die(*_: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(news, place, die)
        with pytest.raises(Killed):
            look_at(mongo, now)


@pytest.mark.slow
@pytest.mark.parametrize("place", ["_compare", "mark_owed", "_moved"])
def test_a_look_killed_between_any_two_of_its_writes_loses_nothing(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    ready(mongo)
    arrive(mongo, hours_before(NOW, 40), NOW, number=5)
    look_killed_at(mongo, monkeypatch, place, NOW)
    assert look_at(mongo) == {"2024-08-18": {"22"}}
    work_off(mongo)
    later = NOW + 30 * MINUTE
    arrive(mongo, hours_before(NOW, 40), later)
    look_killed_at(mongo, monkeypatch, place, later)
    arrive(mongo, hours_before(NOW, 60), later - 5 * MINUTE)
    assert look_at(mongo, later) == {"2024-08-18": {"22", "02"}}
    work_off(mongo, later)
    assert look_at(mongo, later) == {}


def test_two_concurrent_looks_lose_nothing_and_agree_afterwards(mongo: MongoResource) -> None:
    ready(mongo)
    now = NOW
    for _ in range(5):
        now += 20 * MINUTE
        arrive(mongo, hours_before(now, 30), now, number=2)
        arrive(mongo, now - 2 * MINUTE, now - 3 * MINUTE, number=2)
        barrier = Barrier(2)

        def one(at: datetime, barrier: Barrier = barrier) -> None:
            barrier.wait()
            scan(mongo.raw, mongo.analytics, FIRST_DAY, at)

        threads = [Thread(target=one, args=(now,)), Thread(target=one, args=(now + MINUTE,))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(owed(mongo)) == 2
        work_off(mongo, now)
        look_at(mongo, now)
        work_off(mongo, now)
        assert look_at(mongo, now) == {}


def test_an_event_that_arrives_while_its_hour_is_read_leaves_it_owed(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, hours_before(NOW, 30), NOW)
    look_at(mongo)
    work_off(mongo)
    arrive(mongo, hours_before(NOW, 30), NOW)  # after the reading, before the next look
    assert look_at(mongo) == {"2024-08-19": {"08"}}


@pytest.mark.slow
def test_the_rows_returned_are_bounded_by_hours_not_events(mongo: MongoResource) -> None:
    ready(mongo)
    start, later = milliseconds("2024-08-01"), NOW + timedelta(days=40)
    events = [
        {"_id": identity(later - 20 * MINUTE), "timestamp": start + number * 40 * 86_400_000 // 6000, "username": "Ann"}
        for number in range(6000)
    ]
    mongo.raw[TICKS].insert_many(events)
    commands = Commands()
    with listening(mongo, commands) as heard:
        scan(heard.raw, heard.analytics, FIRST_DAY, later)
    groupings = [rows for sent, rows in zip(commands.sent, commands.rows, strict=True) if sent == "aggregate"]
    assert len(groupings) == len(names.RAW_EVENT_COLLECTIONS)
    assert max(groupings) == 40 * 24
    assert "getMore" not in commands.sent
    assert sum(map(len, owed(mongo, "2024-09-30").values())) == 40 * 24


def test_checking_for_news_reads_one_document_per_collection(mongo: MongoResource) -> None:
    assert is_new(mongo, NOW), "never looked"
    ready(mongo)
    commands = Commands()
    with listening(mongo, commands) as heard:
        assert not is_new(heard, NOW)
    assert [sent for sent in commands.sent if sent != "endSessions"] == ["find"] * (
        1 + len(names.RAW_EVENT_COLLECTIONS)
    )
    arrive(mongo, NOW, NOW, collection=names.ACTOR_DEATH)
    assert is_new(mongo, NOW)


def test_a_last_look_is_due_once_the_newest_is_fifteen_minutes_old(mongo: MongoResource) -> None:
    ready(mongo)
    arrive(mongo, NOW, NOW)
    look_at(mongo)
    assert not is_new(mongo, NOW + 14 * MINUTE)
    assert is_new(mongo, NOW + 16 * MINUTE)
    assert anything_new(mongo.raw, mongo.analytics, NOW + 5 * MINUTE, refresh=5 * MINUTE)
    look_at(mongo, NOW + 16 * MINUTE)
    assert not is_new(mongo, NOW + timedelta(days=3))
