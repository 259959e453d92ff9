"""Removing raw events: batches of bounded deletes, and the notes of what was removed of sealed days.

Who removes which events, and in which order, is decided in `player_stats.work`.
"""

from collections.abc import Iterator

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import delete_in_batches
from wrapped_shared.documents import Document
from wrapped_shared.stored.bookkeeping import DayLedgerFields, RemovedEvents, WatermarkFields

from player_stats.domain.ledger import arrived_for_sealed
from player_stats.store.reading import above, day_range


def remove_found(
    raw: Database[Document], analytics: Database[Document], collection: str, query: Document
) -> Iterator[int]:
    """Remove the events that a query finds in a raw collection; yield how many each batch removed.

    Args:
        raw: the database with raw telemetry.
        analytics: the database with the watermarks, whose counts are lowered.
        collection: the raw collection.
        query: the query; an index must cover it.
    """
    mark = (analytics[names.WATERMARKS].find_one({"_id": collection}, {"watermark": 1}) or {}).get("watermark")
    for ids, gone in delete_in_batches(raw[collection], query):
        below = gone - sum(map(above(mark), ids))
        analytics[names.WATERMARKS].update_one({"_id": collection}, {"$inc": WatermarkFields(below=-max(0, below))})
        yield gone


def remove_sealed_day(raw: Database[Document], analytics: Database[Document], day: str) -> Iterator[int]:
    """Remove the raw events of a sealed day; yield how many each batch removed.

    How many of them were never read is noted first, so that they stay counted. Whoever finds a removal that was begun
    and not ended, because its process died or another one is at it, continues it. Only events that arrive in the moment
    of their removal may go uncounted.
    """
    times = _begin(raw, analytics, day)
    for collection in names.RAW_EVENT_COLLECTIONS:
        yield from remove_found(raw, analytics, collection, {"timestamp": day_range(day)})
    analytics[names.DAY_LEDGER].update_one({"_id": day, "removed.times": times}, {"$set": {"removed.open": False}})


def _begin(raw: Database[Document], analytics: Database[Document], day: str) -> int:
    """Note what is about to be removed, unless that was noted; return the number of this removal."""
    ledgers = analytics[names.DAY_LEDGER]
    fresh: DayLedgerFields = {"day": day, "revision": 0, "claimed": 0, "noted": 0, "owed": False, "owed_cells": []}
    ledgers.update_one({"_id": day}, {"$setOnInsert": fresh}, upsert=True)
    while True:
        ledger = ledgers.find_one({"_id": day}, {"seen": 1, "removed": 1}) or {}
        before = ledger.get("removed") or {"times": 0, "open": False}
        if before["open"]:
            return int(before["times"])
        unread = {
            name: n
            for name in names.RAW_EVENT_COLLECTIONS
            if (n := arrived_for_sealed(ledger, name, raw[name].count_documents({"timestamp": day_range(day)})))
        }
        removed: RemovedEvents = {"times": before["times"] + 1, "open": True, "unread": unread}
        same = {"_id": day, "removed.times": before["times"] or None}
        if ledgers.update_one(same, {"$set": DayLedgerFields(removed=removed)}).matched_count:
            return removed["times"]
