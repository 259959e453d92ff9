"""Counting raw documents by parts of days on the server: few rows come back, however many documents are there.

Timestamps are whatever was sent. The server judges their type before it calculates with them: a text would fail the
whole grouping.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from bson import Decimal128
from pymongo.collection import Collection
from wrapped_shared.periods import DAY_MS, day_start_ms, next_day

from player_stats.domain.cells import END_OF_TIME_MS, HOUR_MS

Document: TypeAlias = dict[str, Any]

_AT: Final = "$timestamp"
_ROWS_AT_ONCE: Final = 10_000
"""Rows per round trip."""


@dataclass(frozen=True)
class Unit:
    """From when on times are grouped by stretches of so many milliseconds."""

    since_ms: int
    length_ms: int


def grouped(
    collection: Collection[Document],
    match: Document,
    units: tuple[Unit, ...],
    accumulators: Document,
) -> Iterator[tuple[int | None, Document]]:
    """Yield a row for each stretch of time: its beginning in milliseconds since the epoch, and what was counted.

    Documents whose timestamp is no number, or lies before the first unit or beyond the year 9999, share the row None.

    Args:
        collection: a raw collection.
        match: which documents; a condition that an index answers.
        units: how times are grouped, ascending.
        accumulators: what `$group` counts.
    """
    sound = {"$and": [{"$isNumber": _AT}, {"$gte": [_AT, units[0].since_ms]}, {"$lt": [_AT, END_OF_TIME_MS]}]}
    stretch: Any = _start(units[0].length_ms)
    for unit in units[1:]:
        stretch = {"$cond": [{"$gte": [_AT, unit.since_ms]}, _start(unit.length_ms), stretch]}
    pipeline = [{"$match": match}, {"$group": {"_id": {"$cond": [sound, stretch, None]}, **accumulators}}]
    for row in collection.aggregate(pipeline, allowDiskUse=True, batchSize=_ROWS_AT_ONCE):
        yield _milliseconds(row["_id"]), row


def hours_between(collection: Collection[Document], first: str, last: str) -> Iterator[tuple[int, int, Any]]:
    """Yield (beginning in ms, number, greatest `_id`) of each hour with documents, from day `first` to `last`."""
    start, end = day_start_ms(first), day_start_ms(next_day(last))
    counted = {"n": {"$sum": 1}, "newest": {"$max": "$_id"}}
    for at, row in grouped(collection, {"timestamp": {"$gte": start, "$lt": end}}, (Unit(start, HOUR_MS),), counted):
        if at is not None:
            yield at, row["n"], row["newest"]


def by_day(collection: Collection[Document], start_ms: int, end_ms: int) -> dict[int, int]:
    """Return how many documents lie in each UTC day, by its beginning in ms; days without any are not there."""
    match = {"timestamp": {"$gte": start_ms, "$lt": end_ms}}
    rows = grouped(collection, match, (Unit(start_ms, DAY_MS),), {"n": {"$sum": 1}})
    return {at: row["n"] for at, row in rows if at is not None}


def _start(length_ms: int) -> Document:
    return {"$multiply": [{"$floor": {"$divide": [_AT, length_ms]}}, length_ms]}


def _milliseconds(key: Any) -> int | None:
    if isinstance(key, Decimal128):
        key = key.to_decimal()
    return None if key is None else int(key)
