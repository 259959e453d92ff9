"""Counting raw documents by parts of days on the server, which returns few rows however many documents there are.

A client may send any value as a timestamp. The pipeline checks the type first, because a string would make the whole
aggregation fail.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from bson import Decimal128
from pymongo.collection import Collection
from wrapped_shared.documents import Document
from wrapped_shared.periods import DAY_MS

from player_stats.domain.cells import END_OF_TIME_MS, HOUR_MS, span_of_days

_AT: Final = "$timestamp"
_ROWS_AT_ONCE: Final = 10_000
"""Rows per round trip."""


@dataclass(frozen=True)
class Resolution:
    """The length of the ranges into which times are grouped from a given time on."""

    since_ms: int
    length_ms: int


def grouped(
    collection: Collection[Document],
    match: Document,
    resolutions: tuple[Resolution, ...],
    accumulators: Document,
) -> Iterator[tuple[int | None, Document]]:
    """Yield a row for each range of time: its start in milliseconds since the epoch, and the accumulated values.

    Documents whose timestamp is not a number, is before the first resolution or after the year 9999 share the row None.

    Args:
        collection: a raw collection.
        match: which documents to count; an index must cover it.
        resolutions: how times are grouped, ascending.
        accumulators: the accumulators of `$group`.
    """
    valid = {"$and": [{"$isNumber": _AT}, {"$gte": [_AT, resolutions[0].since_ms]}, {"$lt": [_AT, END_OF_TIME_MS]}]}
    start: Any = _start(resolutions[0].length_ms)
    for resolution in resolutions[1:]:
        start = {"$cond": [{"$gte": [_AT, resolution.since_ms]}, _start(resolution.length_ms), start]}
    pipeline = [{"$match": match}, {"$group": {"_id": {"$cond": [valid, start, None]}, **accumulators}}]
    for row in collection.aggregate(pipeline, allowDiskUse=True, batchSize=_ROWS_AT_ONCE):
        yield _milliseconds(row["_id"]), row


def hours_between(collection: Collection[Document], first: str, last: str) -> Iterator[tuple[int, int, Any]]:
    """Yield (start in ms, number, greatest `_id`) of each hour with documents, from day `first` to `last`."""
    start, end = span_of_days(first, last)
    match = {"timestamp": {"$gte": start, "$lt": end}}
    counted = {"n": {"$sum": 1}, "newest": {"$max": "$_id"}}
    for at, row in grouped(collection, match, (Resolution(start, HOUR_MS),), counted):
        if at is not None:
            yield at, row["n"], row["newest"]


def by_day(collection: Collection[Document], start_ms: int, end_ms: int) -> dict[int, int]:
    """Return the number of documents by UTC day (its start in ms); days without documents are omitted."""
    match = {"timestamp": {"$gte": start_ms, "$lt": end_ms}}
    rows = grouped(collection, match, (Resolution(start_ms, DAY_MS),), {"n": {"$sum": 1}})
    return {at: row["n"] for at, row in rows if at is not None}


def _start(length_ms: int) -> Document:
    return {"$multiply": [{"$floor": {"$divide": [_AT, length_ms]}}, length_ms]}


def _milliseconds(key: Any) -> int | None:
    if isinstance(key, Decimal128):
        key = key.to_decimal()
    return None if key is None else int(key)
