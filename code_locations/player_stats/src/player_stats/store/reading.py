"""Reading raw telemetry: bounded, indexed queries, in batches, while the batch before is worked on.

A span of time is one query a collection, however many days it has, and is cut into days while it streams by. The
server decides nothing but the span and, for chosen players, the username: a further condition would keep some
servers from using the index. What the documents mean is `player_stats.domain`'s.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Final, TypeAlias

import bson
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.names import player_key
from wrapped_shared.periods import DAY_MS, day_start_ms, next_day

from player_stats.domain.cells import Cut
from player_stats.domain.events import comparable
from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import Players
from player_stats.domain.seen import IsAbove
from player_stats.domain.span_reader import CHUNK_EVENTS, Reading, SpanReader
from player_stats.store.ahead import Ahead
from player_stats.store.garbage import no_garbage_collection
from player_stats.store.ids import id_key

Document: TypeAlias = dict[str, Any]
Span: TypeAlias = tuple[int, int]
"""A half-open range of timestamps (ms)."""
Marks: TypeAlias = Mapping[str, ObjectId | None]
"""The watermark of each raw collection."""

BATCH_DOCUMENTS: Final = 5_000
"""Documents per round trip: decoded they take some 15 MB."""
_BATCHES_AHEAD: Final = 4

_ENVELOPE: Final = {"timestamp": 1, "username": 1, "tickCount": 1, "sessionId": 1}
_TICK_FIELDS: Final = {
    f"data.{field}": 1
    for family in FAMILIES.values()
    if family.collection == names.GAME_TICKS
    for field in family.fields
}
PROJECTIONS: Final[dict[str, Document]] = {
    collection: _ENVELOPE | (_TICK_FIELDS if collection == names.GAME_TICKS else {"data": 1})
    for collection in names.RAW_EVENT_COLLECTIONS
}
"""What is asked of each collection; events other than ticks are told apart by their whole data."""


def read_marks(analytics: Database[Document]) -> Marks:
    """Return the watermarks in force; a collection that was never looked at has none."""
    return {mark["_id"]: mark["watermark"] for mark in analytics[names.WATERMARKS].find({}, {"watermark": 1})}


def day_range(day: str) -> Document:
    """Return the condition on `timestamp` of a UTC day."""
    return {"$gte": day_start_ms(day), "$lt": day_start_ms(next_day(day))}


def read_span(
    raw: Database[Document],
    span: Span,
    first_day: str,
    cut: Cut,
    marks: Marks,
    players: frozenset[str] | None = None,
) -> Iterator[tuple[int, dict[str, Reading]]]:
    """Yield the readings of all raw collections, one or several whole UTC days at a time, each with its end (ms).

    Args:
        raw: the database with raw telemetry.
        span: what is read; a span within one day is yielded at once.
        first_day: the first day that counts.
        cut: the cells that summaries are made for.
        marks: the watermarks, above which `_id`s are counted.
        players: chosen player keys, asked for by their name forms; None for everyone.
    """
    start, end = span
    first_ms = day_start_ms(first_day)
    with ExitStack() as stack:
        feeds = {
            name: _Feed(raw[name], _queries(raw[name], span, players), span) for name in names.RAW_EVENT_COLLECTIONS
        }
        for feed in feeds.values():
            stack.callback(feed.close)
        stack.enter_context(no_garbage_collection())
        days = max(1, (end - start) // DAY_MS // 4)  # spans are chosen for about what one pass can take
        known = Players()
        while start < end:
            until = min(end, start // DAY_MS * DAY_MS + days * DAY_MS)
            readings = {
                name: SpanReader(name, id_key, first_ms, cut, _above(marks.get(name)), known).read(feed.until(until))
                for name, feed in feeds.items()
            }
            yield until, readings
            events = sum(seen.n for reading in readings.values() for seen in reading.seen.values())
            # Small days share the cost of a pass, large ones its memory.
            days = days * 2 if events < CHUNK_EVENTS // 2 else max(1, days * CHUNK_EVENTS // events)
            start = until


class _Feed:
    """One collection's documents of a span of time, taken up to one moment after the other."""

    def __init__(self, collection: Collection[Document], queries: Sequence[Document], span: Span) -> None:
        self._streams = [_Stream(collection, query, span) for query in queries]

    def until(self, end_ms: int) -> Iterator[list[Document]]:
        """Yield the documents before a moment, in the order of their timestamps."""
        if len(self._streams) == 1:
            yield from self._streams[0].until(end_ms)
        else:
            found = [document for stream in self._streams for batch in stream.until(end_ms) for document in batch]
            yield sorted(found, key=_when)

    def close(self) -> None:
        """End all queries."""
        for stream in self._streams:
            stream.close()


class _Stream:
    """The documents of one query, which is sent at once: the server works while other collections are."""

    def __init__(self, collection: Collection[Document], query: Document, span: Span) -> None:
        self._span = span
        self._options = collection.codec_options
        self._batches = Ahead(_raw_batches(collection, query), _BATCHES_AHEAD)
        self._rest: list[Document] = []

    def until(self, end_ms: int) -> Iterator[list[Document]]:
        """Yield the documents before a moment."""
        while True:
            before = bisect_left(self._rest, end_ms, key=_when)
            if before:
                yield self._rest[:before]
            self._rest = self._rest[before:]
            if self._rest:
                return
            batch = next(self._batches, None)
            if batch is None:
                return
            self._rest = self._within(bson.decode_all(batch, self._options))

    def _within(self, documents: list[Document]) -> list[Document]:
        """Leave out arrays of timestamps that lie elsewhere: a range finds them by any of their numbers."""
        if not any(type(document["timestamp"]) is list for document in documents):
            return documents
        start, end = self._span
        inside = [document for document in documents if start <= _when(document) < end]
        return sorted(inside, key=_when)  # an array need not come where its smallest number lies

    def close(self) -> None:
        self._batches.close()


def _when(document: Document) -> Any:
    return comparable(document["timestamp"])


def _above(mark: ObjectId | None) -> IsAbove:
    if mark is None:
        return lambda identity: isinstance(identity, ObjectId)
    return lambda identity: isinstance(identity, ObjectId) and identity > mark


def _queries(collection: Collection[Document], span: Span, players: frozenset[str] | None) -> list[Document]:
    times = {"$gte": span[0], "$lt": span[1]}
    if players is None:
        return [{"timestamp": times}]
    return [{"username": form, "timestamp": times} for form in name_forms(collection, players)]


def name_forms(collection: Collection[Document], players: frozenset[str]) -> list[str]:
    """Return the usernames of chosen players that stand in a collection's events, sorted."""
    groups = collection.aggregate([{"$group": {"_id": "$username"}}])  # as long a list as there may be
    return sorted(group["_id"] for group in groups if player_key(group["_id"]) in players)


def _raw_batches(collection: Collection[Document], query: Document) -> Iterator[bytes]:
    projection = PROJECTIONS[collection.name]
    with collection.find_raw_batches(query, projection, batch_size=BATCH_DOCUMENTS).sort("timestamp", 1) as cursor:
        yield from cursor
