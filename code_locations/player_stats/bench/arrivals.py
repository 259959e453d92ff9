"""How often an event crosses the wire: the raw database's reply bytes while telemetry arrives, over one full read.

Quick by default; set `BENCH_EVENTS=1000000` for a measurement (500 players, one day).
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
from bson import ObjectId
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from player_stats.work.plan import make_plan, next_portion, portion_events, work_due
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from wrapped_cli.embedded import ensure_embedded_indexes
from wrapped_shared.mongo import MongoResource, connect
from wrapped_shared.periods import DAY_MS, day_start_ms

from bench.world import database, drain

EVENTS = int(os.environ.get("BENCH_EVENTS", "40000"))
PLAYERS = min(500, EVENTS // 2_000)
LIMIT = 10_000_000
Event = tuple[str, dict[str, Any]]


class _Bytes(CommandListener):
    """Counts the bytes of the replies to reads of the raw database."""

    def __init__(self) -> None:
        self.total = 0
        self.counting = True

    def started(self, event: CommandStartedEvent) -> None:
        """Start at zero."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Add a reply."""
        cursor = event.reply.get("cursor", {})
        if not self.counting or not str(cursor.get("ns", "")).startswith("runelite-wrapped-raw."):
            return
        for one in cursor.get("firstBatch", cursor.get("nextBatch", ())):
            self.total += len(one) if isinstance(one, bytes) else len(bson.encode(one))

    def failed(self, event: CommandFailedEvent) -> None:
        """Ignore failures."""


@contextmanager
def _watched() -> Iterator[tuple[MongoResource, _Bytes]]:
    """An empty database whose replies are counted."""
    with database() as mongo:
        ensure_embedded_indexes(mongo.raw)
        heard = _Bytes()
        own = MongoResource(uri=mongo.uri)
        own._client = connect(mongo.uri, event_listeners=[heard])
        with own.open():
            yield own, heard


def run() -> None:
    """Print every ratio with its bound."""
    today = datetime.now(UTC).date()
    day, late_day = (today - timedelta(days=1)).isoformat(), (today - timedelta(days=2)).isoformat()
    print(f"{EVENTS:,} events of {PLAYERS} players a day: bytes of the raw database's replies / those of one drain")
    events = _day(day)
    with _watched() as (mongo, heard):
        _plan(mongo, day)
        _store(mongo, events)
        whole = _drained(mongo, heard, day)
        _report("a day at once", _news(mongo, heard, day), whole, 1.2)
        _report("nothing new", _news(mongo, heard, day), whole, 0.001)
    with _watched() as (mongo, heard):
        _plan(mongo, day)
        _report("hour by hour", sum(_arriving(mongo, heard, day, events, 24)), whole, 1.3)
    with _watched() as (mongo, heard):
        _plan(mongo, day, _at(day, 0))
        _report("evenly, every 10 minutes", sum(_as_they_come(mongo, heard, day, events)), whole, 2.2)
    with _watched() as (mongo, heard):
        _plan(mongo, late_day)
        _store(mongo, _day(late_day))
        _news(mongo, heard, late_day)
        of_late_day = _drained(mongo, heard, late_day)
        _store(mongo, [("game_ticks", _tick(late_day, 0, DAY_MS // 2 + 123, 999_999))])
        _report("one late event, two days old", _news(mongo, heard, late_day), of_late_day, 0.06)


def _arriving(mongo: MongoResource, heard: _Bytes, day: str, events: Sequence[Event], pieces: int) -> Iterator[int]:
    """Store the day in the given number of pieces and compute what is owed after each; yield the bytes read."""
    start = day_start_ms(day)
    for number in range(pieces):
        bounds = start + DAY_MS * number // pieces, start + DAY_MS * (number + 1) // pieces
        _store(mongo, [event for event in events if bounds[0] <= event[1]["timestamp"] < bounds[1]])
        yield _news(mongo, heard, day)


def _as_they_come(mongo: MongoResource, heard: _Bytes, day: str, events: Sequence[Event]) -> Iterator[int]:
    """Simulate the day: store each event when it happens, and compute what is owed every ten minutes."""
    looks = [10 * 60_000 * number + 137_000 for number in range(24 * 6)]
    before = 0
    for at in [*looks, DAY_MS]:
        bounds = day_start_ms(day) + before, day_start_ms(day) + at
        _store(
            mongo,
            [(name, {**event, "_id": _identity(event)}) for name, event in events
             if bounds[0] <= event["timestamp"] < bounds[1]],
        )  # fmt: skip
        yield _news(mongo, heard, day, _at(day, at))
        before = at


def _at(day: str, ms: int) -> datetime:
    return datetime.fromtimestamp((day_start_ms(day) + ms) / 1000, UTC)


def _identity(event: dict[str, Any]) -> ObjectId:
    """Return an `_id` created when the event happened."""
    made = datetime.fromtimestamp(event["timestamp"] / 1000, UTC)
    rest = hash((event["username"], event["tickCount"], event["timestamp"])).to_bytes(8, "big", signed=True)
    return ObjectId(ObjectId.from_datetime(made).binary[:4] + rest)


def _plan(mongo: MongoResource, first_day: str, now: datetime | None = None) -> None:
    now = now or datetime.now(UTC)
    make_plan(mongo, first_day, now)
    days = [
        work.day
        for work in next_portion(work_due(mongo.analytics, first_day, now), portion_events(mongo.analytics, LIMIT))
    ]
    compute(Reader(mongo, first_day, now=now), days)


def _news(mongo: MongoResource, heard: _Bytes, first_day: str, now: datetime | None = None) -> int:
    """Plan and compute what is owed (reports never read raw events); return the bytes sent by the raw database."""
    before = heard.total
    _plan(mongo, first_day, now)
    return heard.total - before


def _drained(mongo: MongoResource, heard: _Bytes, day: str) -> int:
    heard.counting = False
    size = drain(mongo, [day])
    heard.counting = True
    return size


def _report(what: str, read: int, whole: int, bound: float) -> None:
    print(f"  {what}: {read / 1e6:,.2f} MB of {whole / 1e6:,.1f} MB = {read / whole:.4f} (bound {bound})", flush=True)


def _day(day: str) -> list[Event]:
    """Yield events spread evenly over a day: nine ticks to one change of experience."""
    found: list[Event] = []
    for number in range(EVENTS):
        at = DAY_MS * number // EVENTS
        owner = number % PLAYERS
        if number % 10:
            found.append(("game_ticks", _tick(day, owner, at, number)))
        else:
            data = {"skill": "ATTACK", "xp": 1_000 + number, "level": 5, "boostedLevel": 5}
            found.append(("stat_changed", {**_tick(day, owner, at, number), "data": data}))
    return found


def _tick(day: str, owner: int, at: int, number: int) -> dict[str, Any]:
    return {
        "timestamp": day_start_ms(day) + at,
        "username": f"Player {owner}",
        "event": "game-tick",
        "tickCount": number // PLAYERS,
        "sessionId": f"session-{owner}",
        "data": {
            "energy": 10_000 - number % 9_000,
            "prayer": 99 - number % 90,
            "equipmentIds": [0, 2049, 0, 2060, 300, 0, 310, 320, 330, 2053, 340, 0],
            "location": {"x": 3000 + number // 3 % 500, "y": 3200 + number // 1500 % 200, "regionId": 12850},
        },
    }


def _store(mongo: MongoResource, events: Sequence[Event]) -> None:
    by_collection: dict[str, list[dict[str, Any]]] = {}
    for collection, event in events:
        by_collection.setdefault(collection, []).append(dict(event))
    for collection, found in by_collection.items():
        for start in range(0, len(found), 10_000):
            mongo.raw[collection].insert_many(found[start : start + 10_000], ordered=False)
