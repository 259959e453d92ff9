"""Telemetry with chosen times and `_id`s, a reader that only counts, and what the plan says about both.

The reader does the same bookkeeping as any reader but computes nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from bson import Decimal128, ObjectId
from player_stats.domain.cells import HOUR_MS, cell_label, hour_label, hour_of
from player_stats.store.ids import id_key
from player_stats.store.ledger import DayReading, DayWork, claim, owed_days, record_readings
from player_stats.store.requests import clear_requests, open_requests
from player_stats.store.turns import take_turn
from player_stats.work.plan import anything_due, make_plan, next_portion, portion_events, work_due
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from wrapped_cli.day_requests import request_days
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource, connect
from wrapped_shared.periods import day_start_ms, next_day

FIRST_DAY = "2024-08-01"
NOW = datetime(2024, 8, 20, 14, 30, tzinfo=UTC)
TODAY = "2024-08-20"
TICKS = names.GAME_TICKS
LIMIT = 1_000_000
OLD = NOW - timedelta(days=400)
DAY = timedelta(days=1)

_numbers = count(1)


def identity(made: datetime) -> ObjectId:
    """A unique `_id` of a chosen time."""
    return ObjectId(ObjectId.from_datetime(made).binary[:4] + next(_numbers).to_bytes(8, "big"))


def milliseconds(at: datetime | str) -> int:
    return day_start_ms(at) if isinstance(at, str) else int(at.timestamp() * 1000)


def arrive(
    mongo: MongoResource, at: Any, made: datetime, *, number: int = 1, collection: str = TICKS, **fields: Any
) -> list[Any]:
    """Store events with a timestamp of any type and `_id`s made at another time; return the `_id`s."""
    timestamp = milliseconds(at) if isinstance(at, datetime) else at
    events = [{"_id": identity(made), "timestamp": timestamp, "username": "Ann", **fields} for _ in range(number)]
    mongo.raw[collection].insert_many(events)
    return [event["_id"] for event in events]


def hours_before(now: datetime, hours: float) -> datetime:
    return now - timedelta(hours=hours)


def ready(mongo: MongoResource, now: datetime = NOW) -> None:
    """Create indexes, make a first plan and read everything."""
    ensure_indexes(mongo.raw, mongo.analytics)
    make_plan(mongo, FIRST_DAY, now)
    work_off(mongo, now)


def work_off(mongo: MongoResource, now: datetime = NOW) -> list[DayWork]:
    """Process portions until none is left; return what was done."""
    done: list[DayWork] = []
    while portion := next_portion(work_due(mongo.analytics, FIRST_DAY, now), portion_events(mongo.analytics, LIMIT)):
        read(mongo, portion, now)
        done += portion
    return done


def read(
    mongo: MongoResource,
    works: Iterable[DayWork],
    now: datetime = NOW,
    meanwhile: Callable[[], Any] = lambda: None,
) -> None:
    """Read days; `meanwhile` is called after the reading began and before it is noted as done."""
    wanted = list(works)
    requests = open_requests(mongo.analytics, [work.day for work in wanted])
    with take_turn(mongo.analytics) as turn:
        claimed = claim(turn, wanted)
        marks = {mark["_id"]: mark["watermark"] for mark in mongo.analytics[names.WATERMARKS].find()}
        readings = [DayReading(work, _seen(mongo, work, marks, now), {}) for work in claimed]
        meanwhile()
        record_readings(turn, readings)
        clear_requests(mongo.analytics, requests)


def _seen(mongo: MongoResource, work: DayWork, marks: dict[str, Any], now: datetime) -> dict[str, Any]:
    seen: dict[str, Any] = {}
    fine = (milliseconds(now) // HOUR_MS - 1) * HOUR_MS
    wanted = {"$gte": day_start_ms(work.day), "$lt": day_start_ms(next_day(work.day))}
    for collection in names.RAW_EVENT_COLLECTIONS:
        parts: dict[str, list[Any]] = {}
        for event in mongo.raw[collection].find({"timestamp": wanted}, {"timestamp": 1}):
            at = event["timestamp"]
            if isinstance(at, list):
                continue
            at = int(at.to_decimal() if isinstance(at, Decimal128) else at)
            label = cell_label(at) if at >= fine else hour_label(at)
            if work.cells is None or label in work.cells or hour_of(label) in work.cells:
                parts.setdefault(label, []).append(event["_id"])
        mark = marks[collection]
        seen[collection] = {
            label: {
                "n": len(ids),
                "newest": max(ids, key=id_key),
                "above": sum(isinstance(one, ObjectId) and one > mark for one in ids),
                "mark": mark,
            }
            for label, ids in parts.items()
        }
    return seen


def owed(mongo: MongoResource, today: str = TODAY) -> dict[str, set[str]]:
    """The parts that are owed and due, by day."""
    found = owed_days(mongo.analytics, FIRST_DAY, today, 10_000)
    return {work.day: set(work.cells or {"*"}) for work in found}


class Commands(CommandListener):
    """All commands that a client sends, and the number of rows in each reply."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.rows: list[int] = []

    def started(self, event: CommandStartedEvent) -> None:
        self.sent.append(event.command_name)

    def succeeded(self, event: CommandSucceededEvent) -> None:
        cursor = event.reply.get("cursor", {})
        self.rows.append(len(cursor.get("firstBatch", cursor.get("nextBatch", ()))))

    def failed(self, event: CommandFailedEvent) -> None:
        self.rows.append(0)


@contextmanager
def listening(mongo: MongoResource, commands: Commands) -> Iterator[MongoResource]:
    """The same databases through a client whose commands are counted."""
    own = MongoResource(uri=mongo.uri, raw_database=mongo.raw_database, analytics_database=mongo.analytics_database)
    own._client = connect(mongo.uri, event_listeners=[commands])
    with own.open():
        yield own


def plan(mongo: MongoResource, now: datetime = NOW, *, thorough: bool = False) -> dict[str, set[str]]:
    make_plan(mongo, FIRST_DAY, now, thorough=thorough)
    return owed(mongo, now.date().isoformat())


def portion(mongo: MongoResource, now: datetime = NOW, limit: int = LIMIT) -> list[str]:
    return [
        work.day
        for work in next_portion(work_due(mongo.analytics, FIRST_DAY, now), portion_events(mongo.analytics, limit))
    ]


def hour(day: str, number: int) -> int:
    return milliseconds(day) + number * 3_600_000


def due(mongo: MongoResource, now: datetime = NOW) -> str | None:
    return anything_due(mongo, FIRST_DAY, now)


def request(mongo: MongoResource, *days: str) -> None:
    request_days(mongo.analytics[names.DAY_REQUESTS], days, "import")
