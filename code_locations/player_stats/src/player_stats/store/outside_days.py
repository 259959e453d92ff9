"""Counting the events that are in no day's result, in documents of `data_quality`.

These are documents without a valid timestamp, documents of future days, and events that arrive for sealed days: sealed
days keep their results and are never recomputed, because their events may have been deleted.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import INTEGER_LIMIT, Document
from wrapped_shared.periods import day_of_ms, day_start_ms
from wrapped_shared.seal import sealed_before
from wrapped_shared.stored.player_stats import DataQuality

from player_stats.domain.cells import span_of_days
from player_stats.domain.days import quality_document
from player_stats.domain.ledger import arrived_for_sealed
from player_stats.domain.quality import MAX_EXAMPLES, PlayerTally
from player_stats.store.counting import by_day
from player_stats.store.ids import id_key
from player_stats.store.reading import day_range

UNDATED: Final = "undated"
SEALED: Final = "sealed"
_IDS_READ: Final = 1_000
"""Candidates for examples read from each range."""


def undated_document(collection: Collection[Document], first_day: str, today: str) -> DataQuality:
    """Return the `"<collection>|undated"` document.

    The count is the server's estimate of all documents minus the dated ones, counted through the index on `timestamp`.
    `read` counts documents without a valid timestamp (reason `timestamp`) and those of days after today (reason
    `in_future`), which wait for their day.
    """
    first, tomorrow = span_of_days(first_day, today)
    dated = collection.count_documents({"timestamp": {"$gte": first, "$lt": tomorrow}})
    in_future = {"timestamp": {"$gte": tomorrow, "$lt": INTEGER_LIMIT}}
    future = collection.count_documents(in_future)
    undated = max(0, collection.estimated_document_count() - dated - future)
    tally = PlayerTally(read=undated + future, documents_left_out=undated + future)
    if undated:
        tally.reasons["timestamp"] = undated
        tally.add_examples((id_key(found), "timestamp", found) for found in _undated_ids(collection, first))
    if future:
        tally.reasons["in_future"] = future
        found_ids = collection.find(in_future, {"_id": 1}).limit(_IDS_READ)
        tally.add_examples((id_key(found["_id"]), "in_future", found["_id"]) for found in found_ids)
    return quality_document(collection.name, UNDATED, tally)


def write_undated(raw: Database[Document], analytics: Database[Document], first_day: str, today: str) -> dict[str, int]:
    """Write the undated document of every raw collection; return how many events each counts."""
    found = (undated_document(raw[name], first_day, today) for name in names.RAW_EVENT_COLLECTIONS)
    return _write(analytics, found)


def _undated_ids(collection: Collection[Document], first_ms: int) -> list[Any]:
    """Return `_id`s of undated documents, from one bounded index range on `timestamp` for each BSON type."""
    far_past = {"$lt": first_ms}
    ranges: tuple[Any, ...] = (
        None, far_past, {"$gte": INTEGER_LIMIT}, float("nan"), {"$gte": ""}, {"$gte": False}, {"$gte": {}},
        {"$gte": datetime(1, 1, 1, tzinfo=UTC)}, {"$gte": ObjectId("00" * 12)}, {"$gte": b""}, {"$type": "array"},
    )  # fmt: skip
    found = []
    for condition in ranges:
        query = {"timestamp": condition}
        found += [document["_id"] for document in collection.find(query, {"_id": 1}).limit(_IDS_READ)]
    return found


def write_sealed(raw: Database[Document], analytics: Database[Document], first_day: str) -> dict[str, int]:
    """Write the `"<collection>|sealed"` document of every raw collection; return how many events each counts.

    If nothing is sealed, there are none. The events that arrived for a sealed day are those in excess of the number
    that was read before it was sealed; once the events that were read are deleted, all that are there, and those that
    `wrapped prune` removed unread.
    """
    before = sealed_before(analytics)
    if before is None:
        return {}
    found = (sealed_document(raw[name], analytics, first_day, before) for name in names.RAW_EVENT_COLLECTIONS)
    return _write(analytics, found)


def sealed_document(
    collection: Collection[Document], analytics: Database[Document], first_day: str, before: str
) -> DataQuality:
    """Return the quality document of the events that arrived in a collection for sealed days."""
    tally = PlayerTally()
    present = by_day(collection, day_start_ms(first_day), day_start_ms(before))
    days = {"_id": {"$gte": first_day, "$lt": before}}
    ledgers = {
        ledger["_id"]: ledger
        for ledger in analytics[names.DAY_LEDGER].find(days, {f"seen.{collection.name}": 1, "removed": 1})
    }
    for day in sorted({*ledgers, *map(day_of_ms, present)}):
        ledger, there = ledgers.get(day, {}), present.get(day_start_ms(day), 0)
        arrived = arrived_for_sealed(ledger, collection.name, there)
        tally.read += arrived
        if min(arrived, there) and len(tally.examples) < MAX_EXAMPLES:
            seen = ledger.get("seen", {}).get(collection.name, {}).values()
            newest = max((part["newest"] for part in seen if part["n"]), key=id_key, default=None)
            since = newest if there > arrived else None
            tally.add_examples((id_key(found), SEALED, found) for found in _late_ids(collection, day, since))
    tally.documents_left_out = tally.read
    if tally.read:
        tally.reasons[SEALED] = tally.read
    return quality_document(collection.name, SEALED, tally)


def _late_ids(collection: Collection[Document], day: str, above: Any) -> list[Any]:
    pipeline: list[Document] = [{"$match": {"timestamp": day_range(day)}}, {"$project": {"_id": 1}}]
    if above is not None:
        pipeline.append({"$match": {"_id": {"$gt": above}}})
    return [found["_id"] for found in collection.aggregate([*pipeline, {"$limit": MAX_EXAMPLES}])]


def _write(analytics: Database[Document], documents: Iterable[DataQuality]) -> dict[str, int]:
    """Write documents that belong to no day, one for each raw collection; return how many events each counts."""
    counts = {}
    for document in documents:
        analytics[names.DATA_QUALITY].replace_one({"_id": document["_id"]}, document, upsert=True)
        counts[document["collection"]] = document["read"]
    return counts
