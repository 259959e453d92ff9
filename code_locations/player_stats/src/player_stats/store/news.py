"""News: what lies above the watermarks of the raw collections, and which parts of days it makes owed.

An `_id` is made before its write is seen, by several ingestors. So the watermark stays 15 minutes behind the newest
`_id` seen, and all that lies above it is counted at each look, by parts of days on the server, and compared with what
was read of them. What differs is noted as owed before the watermark moves, so that a look that is killed loses nothing.

`_id`s that are no ObjectIds, and those below the watermark, are the audit's (`player_stats.store.recount`).
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final, TypeAlias

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import DAY_MS, day_of_ms, day_start_ms, next_day
from wrapped_shared.report_types import SeenPart

from player_stats.domain.cells import CELL_MS, HOUR_MS, cell_label, hour_label, hour_of, is_cell
from player_stats.domain.ledger import agrees_above
from player_stats.store.counting import Unit, grouped
from player_stats.store.ids import id_key
from player_stats.store.ledger import EVERYTHING, mark_owed

Document: TypeAlias = dict[str, Any]
Parts: TypeAlias = dict[str, SeenPart]
"""By label what was read of a part of a day."""

BEHIND: Final = timedelta(minutes=15)
"""How long after its `_id` was made a document may be seen first."""
_CLOCKS_APART: Final = timedelta(minutes=5)
"""`_id`s further ahead of our clock move no watermark: one wrong clock must not hide everybody else's news."""


@dataclass(frozen=True)
class _Row:
    """What lies above the watermark in one part of a day."""

    day: str
    label: str
    """A cell, an hour, or "*" for a day to come."""
    n: int
    passed: int
    """How many of them the watermark passes once this look is noted."""
    newest: ObjectId


@dataclass
class _Look:
    """One collection's look."""

    collection: str
    stored: Document
    boundary: ObjectId
    """Where the watermark moves."""
    rows: list[_Row]
    n: int = 0
    passed: int = 0
    newest: ObjectId | None = None
    ahead: ObjectId | None = None
    """The greatest `_id` that our clock has not reached."""


def look(
    raw: Database[Document],
    analytics: Database[Document],
    from_day: str,
    now: datetime,
    counts: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Note what is new as owed, then move the watermarks.

    A collection without a watermark gets one that lies 15 minutes back: its days are owed as never read.

    Args:
        raw: the database with raw telemetry.
        analytics: the database with the bookkeeping.
        from_day: events of days before it make nothing owed.
        now: the present, UTC.
        counts: how many documents the collections hold, where that is known already.

    Returns:
        By collection how many documents it should hold, if none below the watermark came or went unseen.
    """
    stored = {mark["_id"]: mark for mark in analytics[names.WATERMARKS].find()}
    looks = []
    for name in names.RAW_EVENT_COLLECTIONS:
        mark = stored.get(name) or _first_mark(raw[name], now, (counts or {}).get(name))
        looks.append(_count(raw[name], mark, from_day, now))
    owed, agreed = _compare(analytics, looks)
    if owed:
        mark_owed(analytics, owed, "new events")
    won = analytics[names.WATERMARKS].bulk_write([_moved(found, now) for found in looks], ordered=False)
    if agreed and won.matched_count == len(looks):  # else another look moved them, and its word counts
        _note_agreed(analytics, agreed)
    return {found.collection: found.stored["below"] + found.n for found in looks}


def anything_new(
    raw: Database[Document], analytics: Database[Document], now: datetime, refresh: timedelta = BEHIND
) -> bool:
    """Whether a look would find something; one document a collection is looked at.

    Besides a document above the newest seen, that is where the newest had been seen for less than 15 minutes at the
    last look, and that look is `refresh` ago: documents with a smaller `_id` may have come since.
    """
    stored = {mark["_id"]: mark for mark in analytics[names.WATERMARKS].find()}
    for collection in names.RAW_EVENT_COLLECTIONS:
        mark = stored.get(collection)
        if mark is None:
            return True
        since = mark["newest_since"]
        if since is not None and mark["looked_at"] < since + BEHIND and mark["looked_at"] + refresh <= now:
            return True
        if any(raw[collection].find_one({"_id": unseen}, {"_id": 1}) for unseen in _unseen(mark, now)):
            return True
    return False


def _unseen(mark: Document, now: datetime) -> Iterator[Document]:
    """Yield the ranges of `_id`s that no look has seen: one, or two around `_id`s ahead of our clock."""
    newest, ahead = mark["newest"] or mark["watermark"], mark.get("ahead")
    if ahead is None:
        yield {"$gt": newest}
        return
    reached = _reached(now)
    yield {"$gt": newest, "$lt": min(reached, ahead)}
    yield {"$gt": ahead}


def _reached(now: datetime) -> ObjectId:
    return ObjectId.from_datetime(now + _CLOCKS_APART)


def _first_mark(collection: Collection[Document], now: datetime, documents: int | None) -> Document:
    """Return the watermark of a collection that has none; `below` holds all its documents until they are counted."""
    if documents is None:
        documents = collection.estimated_document_count()
    watermark = ObjectId.from_datetime(now - BEHIND)
    return {"watermark": watermark, "newest": None, "newest_since": None, "below": documents}


def _count(collection: Collection[Document], stored: Document, from_day: str, now: datetime) -> _Look:
    """Count what lies above the watermark: by hour, the last two hours by cell, days to come by day."""
    boundary = stored["watermark"]
    if stored["newest"] is not None:
        boundary = max(boundary, ObjectId.from_datetime(min(stored["newest"].generation_time, now) - BEHIND))
    this_hour = int(now.timestamp() * 1000) // HOUR_MS * HOUR_MS
    fine, open_until = this_hour - HOUR_MS, this_hour + HOUR_MS
    coarse = day_start_ms(next_day(day_of_ms(this_hour)))
    units = (
        Unit(day_start_ms(from_day), HOUR_MS),
        Unit(fine, CELL_MS),
        Unit(open_until, HOUR_MS),
        Unit(coarse, DAY_MS),
    )
    reached = _reached(now)
    counted = {
        "n": {"$sum": 1},
        "passed": {"$sum": {"$cond": [{"$lte": ["$_id", boundary]}, 1, 0]}},
        "newest": {"$max": "$_id"},
        "reached": {"$max": {"$cond": [{"$lt": ["$_id", reached]}, "$_id", None]}},
    }
    found = _Look(collection.name, stored, boundary, [])
    for at, row in grouped(collection, {"_id": {"$gt": stored["watermark"]}}, units, counted):
        found.n += row["n"]
        found.passed += row["passed"]
        found.newest = max(filter(None, (found.newest, row["reached"])), default=None)
        if row["newest"] >= reached:
            found.ahead = max(filter(None, (found.ahead, row["newest"])))
        if at is not None:
            label = EVERYTHING if at >= coarse else cell_label(at) if fine <= at < open_until else hour_label(at)
            found.rows.append(_Row(day_of_ms(at), label, row["n"], row["passed"], row["newest"]))
    if "_id" not in stored:
        stored["below"] = max(0, stored["below"] - found.n)
    return found


def _moved(found: _Look, now: datetime) -> UpdateOne:
    """Move a watermark, unless another look has; a first one stays where it is."""
    changes: Document = {"watermark": found.boundary, "looked_at": now, "ahead": found.ahead}
    if found.newest is not None and found.newest != found.stored["newest"]:
        changes |= {"newest": found.newest, "newest_since": now}
    if "_id" not in found.stored:
        return UpdateOne({"_id": found.collection}, {"$setOnInsert": {**found.stored, **changes}}, upsert=True)
    same = {"_id": found.collection, "watermark": found.stored["watermark"]}
    return UpdateOne(same, {"$set": changes, "$inc": {"below": found.passed}})


def _compare(analytics: Database[Document], looks: list[_Look]) -> tuple[dict[str, Counter[str]], list[UpdateOne]]:
    """Return by day the parts that are owed, with what was counted there, and the ledger's updates where it agrees."""
    days = sorted({row.day for found in looks for row in found.rows})
    fields = {"seen": 1, "revision": 1}
    ledgers = {found["_id"]: found for found in analytics[names.DAY_LEDGER].find({"_id": {"$in": days}}, fields)}
    owed: dict[str, Counter[str]] = {}
    agreed: dict[str, Document] = {}
    for found in looks:
        found.rows.sort(key=lambda row: (row.day, row.label))
        for (day, hour), rows in groupby(found.rows, key=lambda row: (row.day, hour_of(row.label))):
            seen = ledgers.get(day, {}).get("seen", {}).get(found.collection, {})
            parts = {label: part for label, part in seen.items() if hour_of(label) == hour}
            for there, read in _alike(list(rows), parts):
                if not _agrees(found, there, read):
                    owed.setdefault(day, Counter()).update(_owed(hour, there, read))
                elif found.boundary > found.stored["watermark"]:
                    agreed.setdefault(day, {}).update(_passed(found, there, read))
    return owed, [
        UpdateOne({"_id": day, "revision": ledgers[day]["revision"]}, {"$set": changes})
        for day, changes in agreed.items()
    ]


def _note_agreed(analytics: Database[Document], agreed: list[UpdateOne]) -> None:
    """Tell the ledger of the new watermark; until it knows, what lies above is taken as unread, and read again."""
    analytics[names.DAY_LEDGER].bulk_write(agreed, ordered=False)


def _alike(rows: list[_Row], parts: Parts) -> Iterator[tuple[list[_Row], Parts]]:
    """Yield what is there and what was read of it, cell by cell where both are known by cells, else the hour."""
    if parts and all(map(is_cell, parts)) and all(is_cell(row.label) for row in rows):
        for row in rows:
            yield [row], {label: part for label, part in parts.items() if label == row.label}
    else:
        yield rows, parts


def _owed(hour: str, rows: Sequence[_Row], parts: Parts) -> dict[str, int]:
    """Return what to read again, and its documents: the cells there are, or the hour where it was read in one piece."""
    return {row.label: row.n for row in rows} if all(map(is_cell, parts)) else {hour: sum(row.n for row in rows)}


def _agrees(found: _Look, rows: Sequence[_Row], parts: Parts) -> bool:
    n, newest = sum(row.n for row in rows), max(row.newest for row in rows)
    return agrees_above(parts.values(), found.stored["watermark"], n, newest, id_key)


def _passed(found: _Look, rows: Sequence[_Row], parts: Parts) -> Document:
    """Return the ledger's changes once the watermark has passed some of what was read; only their sum matters."""
    left = sum(row.n - row.passed for row in rows)
    changes: Document = {}
    for label in parts:
        part = f"seen.{found.collection}.{label}"
        changes |= {f"{part}.above": left, f"{part}.mark": found.boundary}
        left = 0
    return changes
