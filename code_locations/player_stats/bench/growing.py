"""The inputs of `growth`: players who are online, telemetry that arrives, and players' histories.

Everything is generated play of four hours a day, moved to the dates chosen here.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from itertools import groupby
from typing import Any, Final

from bson import ObjectId
from player_stats.domain.cells import Cut
from player_stats.domain.days import day_document, merged_days, summarise_cells
from player_stats.domain.span_reader import SpanReader
from player_stats.domain.summaries import Summary
from player_stats.store.encoding import with_digest
from player_stats.store.ids import id_key
from player_stats.store.reading import BATCH_DOCUMENTS
from player_stats.store.report_requests import request_reports
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from wrapped_cli.embedded import ensure_embedded_indexes
from wrapped_devkit.generator import generate
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of_ms

from bench.reduce import NOW, TODAY, copied
from bench.shards import event
from bench.world import FIRST_DAY

TICKS: Final = 24_000
"""A player's game ticks a day: four hours."""
STRETCH_TICKS, STRETCH_MS = 1_000, 600_000
"""Ten minutes of play."""
PLAYED: Final = ("2023-12-01", "2025-11-01", "2025-12-23")
"""Where the days of a history begin: in a closed year, a closed month, and the current month."""
COPIED: Final[Mapping[str, Any]] = {
    names.PLAYER_DAYS: {"day": TODAY},
    names.PLAYER_HOURS: {}, names.PLAYER_MONTHS: {}, names.PLAYER_MERGES: {}, names.WRAPPED_REPORTS: {},
}  # fmt: skip
Event = tuple[str, Document]


@cache
def sittings() -> list[list[Event]]:
    """Return players' events of ten minutes each, from a generated day; times are relative to the start."""
    events = list(generate(players=1, days=1, ticks=TICKS, seed=1, start=PLAYED[0]))
    ticks = [found["timestamp"] for collection, found in events if collection == names.GAME_TICKS]
    starts = [ticks[at] for at in range(0, len(ticks) - STRETCH_TICKS, STRETCH_TICKS)]
    ends = [ticks[at + STRETCH_TICKS] for at in range(0, len(ticks) - STRETCH_TICKS, STRETCH_TICKS)]
    return [
        [(collection, {**found, "timestamp": found["timestamp"] - start})
         for collection, found in events if start <= found["timestamp"] < end]
        for start, end in zip(starts, ends, strict=True) if end - start <= STRETCH_MS
    ]  # fmt: skip


def play(mongo: MongoResource, players: int, start_ms: int, number: int) -> int:
    """Store ten minutes of play, the `number`-th of the players' sitting; return the number of events."""
    by_collection: dict[str, list[Document]] = {}
    for player in range(players):
        for collection, found in sittings()[(player + number) % len(sittings())]:
            at = start_ms + found["timestamp"]
            own = {"_id": made_at(at), "timestamp": at, "username": f"Player {player}", "sessionId": f"s{player}"}
            own["tickCount"] = number * STRETCH_TICKS + found["timestamp"] // 600
            by_collection.setdefault(collection, []).append({**found, **own})
    store(mongo, by_collection)
    return sum(map(len, by_collection.values()))


def arrive(mongo: MongoResource, events: int, span: tuple[int, int]) -> None:
    """Store events spread evenly over a range of time."""
    times = [span[0] + (span[1] - span[0]) * number // events for number in range(events)]
    found = [event(names.GAME_TICKS, number % 20, at, number // 20) for number, at in enumerate(times)]
    mongo.raw[names.GAME_TICKS].insert_many(found, ordered=False)


def made_at(ms: int) -> ObjectId:
    """Return an `_id` created at a given time."""
    made = ObjectId.from_datetime(datetime.fromtimestamp(ms / 1000, UTC)).binary[:4]
    return ObjectId(made + ObjectId().binary[4:])


def store(mongo: MongoResource, by_collection: Mapping[str, list[Document]]) -> None:
    """Insert raw events, then create the indexes, which halves the embedded server's time."""
    for name in names.RAW_EVENT_COLLECTIONS:
        mongo.raw[name].drop_indexes()
    for collection, found in by_collection.items():
        for start in range(0, len(found), 10_000):
            mongo.raw[collection].insert_many(found[start : start + 10_000], ordered=False)
    ensure_embedded_indexes(mongo.raw)
    for name in names.RAW_EVENT_COLLECTIONS:
        mongo.raw[name].create_index([("timestamp", 1)])


def days_played(days: int) -> Iterator[tuple[str, Summary]]:
    """Yield the summaries of a player's days: the given number from each start in `PLAYED`."""
    for start in PLAYED:
        events = generate(players=1, days=days, ticks=TICKS, seed=1, start=start)
        for day, found in groupby(events, key=lambda one: day_of_ms(one[1]["timestamp"])):
            for summary in _summaries(found):
                yield day, summary


def _summaries(events: Iterable[Event]) -> Iterator[Summary]:
    by_collection: dict[str, list[Document]] = {name: [] for name in names.RAW_EVENT_COLLECTIONS}
    for collection, found in events:
        by_collection[collection].append(found)
    readings = {
        name: SpanReader(name, id_key, 0, Cut(), lambda identity: False).read(_batches(found))
        for name, found in by_collection.items()
    }
    for by_player in merged_days(summarise_cells(readings)).values():
        yield from by_player.values()


def _batches(documents: list[Document]) -> Iterator[list[Document]]:
    for start in range(0, len(documents), BATCH_DOCUMENTS):
        yield documents[start : start + BATCH_DOCUMENTS]


def veterans(mongo: MongoResource, players: int, history: Iterable[tuple[str, Summary]]) -> list[str]:
    """Store players with a history who have played for an hour today; return their keys."""
    analytics = mongo.analytics
    events: dict[str, list[Document]] = {}
    for collection, found in generate(players=1, days=1, ticks=TICKS // 4, seed=1, start=TODAY):
        events.setdefault(collection, []).append(found)
    key = str(player_key(events[names.GAME_TICKS][0]["username"]))
    days = [with_digest(day_document(key, day, summary)) for day, summary in history]
    for day in days:
        assert day is not None  # noqa: S101 - a day is small
        analytics[names.PLAYER_DAYS].insert_one({**day, "revision": 0})
    store(mongo, events)
    request_reports(analytics, ((key, day) for day in {day["day"] for day in days if day}))
    make_owed_reports(analytics)
    compute(Reader(mongo, FIRST_DAY, now=NOW), [TODAY], whole=[TODAY])
    make_owed_reports(analytics)
    for name in names.RAW_EVENT_COLLECTIONS:
        mongo.raw[name].drop()
    keys = copied(analytics, players, COPIED)
    ensure_indexes(mongo.raw, analytics)
    return keys
