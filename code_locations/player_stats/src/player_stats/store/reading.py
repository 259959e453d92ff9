"""Reading raw telemetry: bounded, indexed queries, in batches that are prefetched while earlier ones are processed.

A span of time is one query per collection, however many days it covers, and is cut into days as it streams. The query
filters only by time and, for chosen players, by username: any further condition keeps some servers from using the
index. `player_stats.domain` interprets the documents.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import chain
from typing import Any, Final, TypeAlias

import bson
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.periods import DAY_MS, day_start_ms, next_day
from wrapped_shared.usernames import usernames_with_keys

from player_stats.domain.cells import Cut
from player_stats.domain.events import comparable
from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import Players
from player_stats.domain.seen import IsAbove
from player_stats.domain.skipping import NOBODY_FORGOTTEN
from player_stats.domain.span_reader import CHUNK_EVENTS, Reading, SpanReader
from player_stats.store.garbage import no_garbage_collection
from player_stats.store.ids import id_key
from player_stats.store.prefetch import Prefetch

Span: TypeAlias = tuple[int, int]
"""A half-open range of timestamps (ms)."""
Marks: TypeAlias = Mapping[str, ObjectId | None]
"""The watermark of each raw collection."""

Forms: TypeAlias = Mapping[str, Sequence[str]]
"""Forms of names, by raw collection."""

BATCH_DOCUMENTS: Final = 5_000
"""Documents per round trip: decoded they take some 15 MB."""
_PREFETCHED_BATCHES: Final = 4

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
"""The fields read of each collection; duplicates of events other than ticks are recognised by their whole data."""


def read_marks(analytics: Database[Document]) -> Marks:
    """Return the current watermarks; a collection that was never scanned has none."""
    return {mark["_id"]: mark["watermark"] for mark in analytics[names.WATERMARKS].find({}, {"watermark": 1})}


def day_range(day: str) -> Document:
    """Return the condition on `timestamp` for a UTC day."""
    return {"$gte": day_start_ms(day), "$lt": day_start_ms(next_day(day))}


def read_span(
    raw: Database[Document],
    span: Span,
    first_day: str,
    cut: Cut,
    marks: Marks,
    players: frozenset[str] | None = None,
    forgotten: Forgotten = NOBODY_FORGOTTEN,
    forms: Forms | None = None,
) -> Iterator[tuple[int, dict[str, Reading]]]:
    """Yield the readings of all raw collections, one or several whole UTC days at a time, each with its end (ms).

    Args:
        raw: the database with raw telemetry.
        span: the time to read; a span within one day is yielded at once.
        first_day: the first day that counts.
        cut: the cells to summarise.
        marks: the watermarks; the `_id`s above them are counted separately.
        players: chosen player keys, queried by their name forms; None for everyone.
        forgotten: players whose events are skipped.
        forms: the forms of the chosen players' names by collection, if they are known.
    """
    start, end = span
    first_ms = day_start_ms(first_day)
    with ExitStack() as stack:
        streams = {
            name: [_Stream(raw[name], query, span) for query in _queries(raw[name], span, players, forms)]
            for name in names.RAW_EVENT_COLLECTIONS
        }
        for stream in chain.from_iterable(streams.values()):
            stack.callback(stream.close)
        stack.enter_context(no_garbage_collection())
        days = max(1, (end - start) // DAY_MS // 4)  # callers choose spans of about one pass
        known = Players()
        while start < end:
            until = min(end, start // DAY_MS * DAY_MS + days * DAY_MS)
            readings = {
                name: SpanReader(
                    collection=name,
                    id_key=id_key,
                    first_ms=first_ms,
                    cut=cut,
                    is_above=above(marks.get(name)),
                    players=known,
                    forgotten=forgotten,
                ).read(_documents(streams[name], until))
                for name in streams
            }
            yield until, readings
            events = sum(seen.n for reading in readings.values() for seen in reading.seen.values())
            # Small days share the fixed cost of a pass; large days must not exceed its memory.
            days = days * 2 if events < CHUNK_EVENTS // 2 else max(1, days * CHUNK_EVENTS // events)
            start = until


def _documents(streams: Sequence["_Stream"], end_ms: int) -> Iterator[list[Document]]:
    """Yield the documents of a collection's queries before a time, ordered by timestamp."""
    if len(streams) == 1:
        yield from streams[0].until(end_ms)
    else:
        found = [document for stream in streams for batch in stream.until(end_ms) for document in batch]
        yield sorted(found, key=_when)


class _Stream:
    """The documents of one query, sent immediately so that the server works on all collections in parallel."""

    def __init__(self, collection: Collection[Document], query: Document, span: Span) -> None:
        self._span = span
        self._options = collection.codec_options
        self._batches = Prefetch(_raw_batches(collection, query), _PREFETCHED_BATCHES)
        self._rest: list[Document] = []

    def until(self, end_ms: int) -> Iterator[list[Document]]:
        """Yield the documents before a time."""
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
        """Drop array timestamps outside the span: a range query matches an array by any of its numbers."""
        if not any(type(document["timestamp"]) is list for document in documents):
            return documents
        start, end = self._span
        inside = [document for document in documents if start <= _when(document) < end]
        return sorted(inside, key=_when)  # the server may sort an array by another of its numbers

    def close(self) -> None:
        self._batches.close()


def _when(document: Document) -> Any:
    return comparable(document["timestamp"])


def above(mark: ObjectId | None) -> IsAbove:
    """Return whether an `_id` is above a watermark; without one, all that a scan would find are."""
    if mark is None:
        return lambda identity: isinstance(identity, ObjectId)
    return lambda identity: isinstance(identity, ObjectId) and identity > mark


def _queries(
    collection: Collection[Document], span: Span, players: frozenset[str] | None, forms: Forms | None
) -> list[Document]:
    times = {"$gte": span[0], "$lt": span[1]}
    if forms is None and players is None:
        return [{"timestamp": times}]
    if forms is None:
        found = sorted(form for form, key in usernames_with_keys(collection) if key in (players or ()))
    else:
        found = list(forms.get(collection.name, ()))
    return [{"username": form, "timestamp": times} for form in found]


def _raw_batches(collection: Collection[Document], query: Document) -> Iterator[bytes]:
    projection = PROJECTIONS[collection.name]
    with collection.find_raw_batches(query, projection, batch_size=BATCH_DOCUMENTS).sort("timestamp", 1) as cursor:
        yield from cursor
