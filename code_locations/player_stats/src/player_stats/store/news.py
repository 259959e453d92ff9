"""News: the documents above the watermarks of the raw collections, and the parts of days they make owed.

Several ingestors create `_id`s, each some time before its write becomes visible. So the watermark stays 15 minutes
behind the newest `_id` seen. Each scan counts all documents above it on the server, by parts of days, and compares the
counts with what was read. Differences are marked as owed before the watermark moves, so a killed scan loses nothing.

`_id`s that are not ObjectIds, and new ones below the watermark, are found by the audit (`player_stats.store.recount`).
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
from wrapped_shared.bulk import find_by_id, write_all
from wrapped_shared.documents import Document
from wrapped_shared.periods import DAY_MS, day_of_ms, day_start_ms, next_day
from wrapped_shared.stored.bookkeeping import SeenPart, WatermarkFields

from player_stats.domain.cells import CELL_MS, HOUR_MS, cell_label, hour_label, hour_of, is_cell
from player_stats.domain.ledger import agrees_above
from player_stats.store.counting import Resolution, grouped
from player_stats.store.ids import id_key
from player_stats.store.ledger import EVERYTHING, mark_owed

Parts: TypeAlias = dict[str, SeenPart]
"""What was read of each part of a day, by label."""

WATERMARK_LAG: Final = timedelta(minutes=15)
"""How long after its `_id` was created a document may become visible."""
_CLOCKS_APART: Final = timedelta(minutes=5)
"""`_id`s further ahead of our clock don't move the watermark: one wrong clock must not hide all other news."""


@dataclass(frozen=True)
class _Row:
    """The documents above the watermark in one part of a day."""

    day: str
    label: str
    """A cell, an hour, or "*" for a future day."""
    n: int
    passed: int
    """How many of them the watermark will pass after this scan."""
    newest: ObjectId


@dataclass
class _Scan:
    """The scan of one collection."""

    collection: str
    stored: WatermarkFields
    boundary: ObjectId
    """The new watermark."""
    rows: list[_Row]
    n: int = 0
    passed: int = 0
    newest: ObjectId | None = None
    ahead: ObjectId | None = None
    """The greatest `_id`, if it is ahead of our clock."""


def scan(
    raw: Database[Document],
    analytics: Database[Any],
    from_day: str,
    now: datetime,
    counts: Mapping[str, int] | None = None,
) -> dict[str, int]:
    """Mark what is new as owed, then move the watermarks.

    A collection without a watermark gets one 15 minutes back; its days are owed as never read.

    Args:
        raw: the database with raw telemetry.
        analytics: the database with the bookkeeping.
        from_day: events before this day make nothing owed.
        now: the current time, UTC.
        counts: the number of documents in each collection, if already known.

    Returns:
        The number of documents each collection should hold if none below the watermark were added or deleted.
    """
    stored = {mark["_id"]: mark for mark in analytics[names.WATERMARKS].find()}
    scans = []
    for name in names.RAW_EVENT_COLLECTIONS:
        mark = stored.get(name) or _first_mark(raw[name], now, (counts or {}).get(name))
        scans.append(_count(raw[name], mark, from_day, now))
    owed, agreed = _compare(analytics, scans)
    mark_owed(analytics, owed, "new events")
    moved = analytics[names.WATERMARKS].bulk_write([_moved(found, now) for found in scans], ordered=False)
    if agreed and moved.matched_count == len(scans):  # otherwise another scan moved them, and its result counts
        write_all(analytics[names.DAY_LEDGER], agreed)  # until then, documents above the old watermark count as unread
    return {found.collection: found.stored["below"] + found.n for found in scans}


def anything_new(
    raw: Database[Document], analytics: Database[Document], now: datetime, refresh: timedelta = WATERMARK_LAG
) -> bool:
    """Return whether a scan may find something; reads one document per collection.

    It may if a document is above the newest one seen. It may too if, at the last scan, the newest had been visible for
    less than 15 minutes, and that scan is `refresh` ago: documents with a smaller `_id` may have appeared since.
    """
    stored = {mark["_id"]: mark for mark in analytics[names.WATERMARKS].find()}
    for collection in names.RAW_EVENT_COLLECTIONS:
        mark = stored.get(collection)
        if mark is None:
            return True
        since = mark["newest_since"]
        looked_at = mark["looked_at"]  # by a clock that was ahead, if it is still to come
        if since is not None and looked_at < since + WATERMARK_LAG and not now - refresh < looked_at <= now:
            return True
        if any(raw[collection].find_one({"_id": unseen}, {"_id": 1}) for unseen in _unseen(mark, now)):
            return True
    return False


def _unseen(mark: Document, now: datetime) -> Iterator[Document]:
    """Yield the ranges of `_id`s that no scan has covered: one, or two around `_id`s ahead of our clock."""
    newest, ahead = mark["newest"] or mark["watermark"], mark.get("ahead")
    if ahead is None:
        yield {"$gt": newest}
        return
    reached = _reached(now)
    yield {"$gt": newest, "$lt": min(reached, ahead)}
    yield {"$gt": ahead}


def _reached(now: datetime) -> ObjectId:
    return ObjectId.from_datetime(now + _CLOCKS_APART)


def _first_mark(collection: Collection[Document], now: datetime, documents: int | None) -> WatermarkFields:
    """Return the first watermark of a collection; `below` is the number of all its documents until they are counted."""
    if documents is None:
        documents = collection.estimated_document_count()
    hello = collection.database.command("hello", codec_options=collection.codec_options)
    theirs: datetime = hello["localTime"]  # our own clock may be ahead
    watermark = ObjectId.from_datetime(min(now, theirs) - WATERMARK_LAG)
    return {"watermark": watermark, "newest": None, "newest_since": None, "below": documents}


def _count(collection: Collection[Document], stored: WatermarkFields, from_day: str, now: datetime) -> _Scan:
    """Count the documents above the watermark: by hour, the last two hours by cell, future days by day."""
    boundary = stored["watermark"]
    if stored["newest"] is not None:
        boundary = max(boundary, ObjectId.from_datetime(min(stored["newest"].generation_time, now) - WATERMARK_LAG))
    this_hour = int(now.timestamp() * 1000) // HOUR_MS * HOUR_MS
    fine, open_until = this_hour - HOUR_MS, this_hour + HOUR_MS
    coarse = day_start_ms(next_day(day_of_ms(this_hour)))
    resolutions = (
        Resolution(day_start_ms(from_day), HOUR_MS),
        Resolution(fine, CELL_MS),
        Resolution(open_until, HOUR_MS),
        Resolution(coarse, DAY_MS),
    )
    reached = _reached(now)
    counted = {
        "n": {"$sum": 1},
        "passed": {"$sum": {"$cond": [{"$lte": ["$_id", boundary]}, 1, 0]}},
        "newest": {"$max": "$_id"},
        "reached": {"$max": {"$cond": [{"$lt": ["$_id", reached]}, "$_id", None]}},
    }
    found = _Scan(collection=collection.name, stored=stored, boundary=boundary, rows=[])
    for at, row in grouped(collection, {"_id": {"$gt": stored["watermark"]}}, resolutions, counted):
        found.n += row["n"]
        found.passed += row["passed"]
        found.newest = max(filter(None, (found.newest, row["reached"])), default=None)
        if row["newest"] >= reached:
            found.ahead = max(filter(None, (found.ahead, row["newest"])))
        if at is not None:
            label = EVERYTHING if at >= coarse else cell_label(at) if fine <= at < open_until else hour_label(at)
            found.rows.append(
                _Row(day=day_of_ms(at), label=label, n=row["n"], passed=row["passed"], newest=row["newest"])
            )
    if "_id" not in stored:
        stored["below"] = max(0, stored["below"] - found.n)
    return found


def _moved(found: _Scan, now: datetime) -> UpdateOne:
    """Return the update that moves a watermark unless another scan has moved it; a first one stays."""
    changes: WatermarkFields = {"watermark": found.boundary, "looked_at": now, "ahead": found.ahead}
    if found.newest is not None and found.newest != found.stored["newest"]:
        changes["newest"], changes["newest_since"] = found.newest, now
    if "_id" not in found.stored:
        return UpdateOne({"_id": found.collection}, {"$setOnInsert": {**found.stored, **changes}}, upsert=True)
    same = {"_id": found.collection, "watermark": found.stored["watermark"]}
    return UpdateOne(same, {"$set": changes, "$inc": WatermarkFields(below=found.passed)})


def _compare(analytics: Database[Document], scans: list[_Scan]) -> tuple[dict[str, Counter[str]], list[UpdateOne]]:
    """Return the owed parts by day, with their counts, and the ledger updates for parts that agree."""
    days = sorted({row.day for found in scans for row in found.rows})
    fields = {"seen": 1, "revision": 1}
    ledgers = {found["_id"]: found for found in find_by_id(analytics[names.DAY_LEDGER], days, fields)}
    owed: dict[str, Counter[str]] = {}
    agreed: dict[str, Document] = {}
    for found in scans:
        found.rows.sort(key=lambda row: (row.day, row.label))
        for (day, hour), rows in groupby(found.rows, key=lambda row: (row.day, hour_of(row.label))):
            seen = ledgers.get(day, {}).get("seen", {}).get(found.collection, {})
            parts = {label: part for label, part in seen.items() if hour_of(label) == hour}
            for there, read in _matched(list(rows), parts):
                if not _agrees(found, there, read):
                    owed.setdefault(day, Counter()).update(_owed(hour, there, read))
                elif found.boundary > found.stored["watermark"]:
                    agreed.setdefault(day, {}).update(_passed(found, there, read))
    return owed, [
        UpdateOne({"_id": day, "revision": ledgers[day]["revision"]}, {"$set": changes})
        for day, changes in agreed.items()
    ]


def _matched(rows: list[_Row], parts: Parts) -> Iterator[tuple[list[_Row], Parts]]:
    """Yield rows with what was read of them: cell by cell if both are known by cell, otherwise for the hour."""
    if parts and all(map(is_cell, parts)) and all(is_cell(row.label) for row in rows):
        for row in rows:
            yield [row], {label: part for label, part in parts.items() if label == row.label}
    else:
        yield rows, parts


def _owed(hour: str, rows: Sequence[_Row], parts: Parts) -> dict[str, int]:
    """Return what to read again, with its counts: the cells, or the whole hour if it was read in one piece."""
    return {row.label: row.n for row in rows} if all(map(is_cell, parts)) else {hour: sum(row.n for row in rows)}


def _agrees(found: _Scan, rows: Sequence[_Row], parts: Parts) -> bool:
    n, newest = sum(row.n for row in rows), max(row.newest for row in rows)
    return agrees_above(parts.values(), found.stored["watermark"], n, newest, id_key)


def _passed(found: _Scan, rows: Sequence[_Row], parts: Parts) -> Document:
    """Return the ledger changes after the watermark passed some of what was read; only the sum over parts matters."""
    left = sum(row.n - row.passed for row in rows)
    changes: Document = {}
    for label in parts:
        part = f"seen.{found.collection}.{label}"
        changes |= {f"{part}.above": left, f"{part}.mark": found.boundary}
        left = 0
    return changes
