"""The cost of the plan: rows returned, documents examined, and queries over three years of days.

Quick by default; set `BENCH_DOCUMENTS=300000` for a measurement.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from bson import ObjectId
from player_stats.domain.cells import hour_label
from player_stats.store.ledger import DayReading, claim, owed_days, record_readings
from player_stats.store.news import scan
from player_stats.store.turns import take_turn
from player_stats.work.plan import make_plan, next_portion, portion_events, work_due
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from wrapped_cli.embedded import ensure_embedded_indexes
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource, connect
from wrapped_shared.periods import DAY_MS, day_of_ms, day_start_ms

from bench.world import database, days_of

DOCUMENTS = int(os.environ.get("BENCH_DOCUMENTS", "20000"))
NOW = datetime(2024, 8, 20, 14, 30, tzinfo=UTC)
TODAY, LIMIT = "2024-08-20", 5_000_000
NEWS_DAYS, YEARS_DAYS = 40, 1096
_READS = ("find", "aggregate", "count", "getMore")


def run() -> None:
    """Print the figures, each with its bound."""
    with database() as mongo:
        ensure_embedded_indexes(mongo.raw)
        _news(mongo)
    with database() as mongo:
        ensure_embedded_indexes(mongo.raw)
        _queries(mongo)


class _Replies(CommandListener):
    """The commands that a client sends, with the rows and bytes of their replies."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    def started(self, event: CommandStartedEvent) -> None:
        """Start at zero."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Record the command and its rows."""
        cursor = event.reply.get("cursor", {})
        self.heard.append((event.command_name, len(cursor.get("firstBatch", cursor.get("nextBatch", ())))))

    def failed(self, event: CommandFailedEvent) -> None:
        """Record the command."""
        self.heard.append((event.command_name, 0))

    @property
    def queries(self) -> int:
        """The number of commands that read."""
        return sum(name in _READS for name, _ in self.heard)


@contextmanager
def _heard(mongo: MongoResource) -> Iterator[tuple[MongoResource, _Replies]]:
    replies = _Replies()
    own = MongoResource(uri=mongo.uri)
    own._client = connect(mongo.uri, event_listeners=[replies])
    with own.open():
        yield own, replies


def _news(mongo: MongoResource) -> None:
    """Scan many new documents over 40 days that were completely read, then scan again."""
    print(f"{DOCUMENTS:,} new documents over {NEWS_DAYS} days between two scans")
    first = days_of("2024-07-12", NEWS_DAYS)[0]
    make_plan(mongo, first, NOW)
    _read_nothing(mongo, first)
    later = NOW + timedelta(hours=1)
    made = ObjectId.from_datetime(later - timedelta(minutes=10)).binary[:4]
    start = day_start_ms(first)
    expected = set()
    for begin in range(0, DOCUMENTS, 10_000):
        chunk: list[dict[str, Any]] = []
        for number in range(begin, min(begin + 10_000, DOCUMENTS)):
            at = start + number * 39 * DAY_MS // DOCUMENTS
            expected.add((day_of_ms(at), hour_label(at)))
            chunk.append({"_id": ObjectId(made + number.to_bytes(8, "big")), "timestamp": at, "username": "Ann"})
        mongo.raw[names.GAME_TICKS].insert_many(chunk)
    examined = 0
    for name in ("the scan", "the next scan"):
        examined += above(mongo)
        with _heard(mongo) as (own, replies):
            scan(own.raw, own.analytics, first, later)
        rows = max(rows for command, rows in replies.heard if command == "aggregate")
        print(f"  {name}: {rows} rows returned for one collection (bound {NEWS_DAYS * 24})")
        print(f"  = {examined / DOCUMENTS:.2f} documents examined per new document (bound 2.5)")
    owed = {(work.day, cell) for work in owed_days(mongo.analytics, first, TODAY, 100) for cell in work.cells or ()}
    print(f"  = {len(expected - owed)} of {len(expected)} hours missed (bound 0)")


def _queries(mongo: MongoResource) -> None:
    """Count the queries of plans over three years of days: the first, one with the audit, one with nothing to do."""
    print("queries of the plan over three years of days, with the choice of a portion")
    first = "2021-08-20"
    for label, now in (("first start", NOW), ("daily audit", NOW + timedelta(days=1)), ("nothing to do", None)):
        with _heard(mongo) as (own, replies):
            make_plan(own, first, now or NOW + timedelta(days=1), thorough=True)
            portion = next_portion(
                work_due(own.analytics, first, now or NOW + timedelta(days=1)), portion_events(own.analytics, LIMIT)
            )
        print(f"  {label}: {replies.queries} queries (bound 30), {len(portion)} days to do next")
        _read_nothing(mongo, first)


def above(mongo: MongoResource) -> int:
    """Return how many documents a scan examines: all above the watermarks."""
    marks = {mark["_id"]: mark["watermark"] for mark in mongo.analytics[names.WATERMARKS].find()}
    return sum(mongo.raw[name].count_documents({"_id": {"$gt": mark}}) for name, mark in marks.items())


def _read_nothing(mongo: MongoResource, first: str) -> None:
    """Mark everything owed as read, and empty."""
    works = owed_days(mongo.analytics, first, TODAY, YEARS_DAYS + 1)
    with take_turn(mongo.analytics) as turn:
        record_readings(turn, [DayReading(work, {}, {}) for work in claim(turn, works)])
