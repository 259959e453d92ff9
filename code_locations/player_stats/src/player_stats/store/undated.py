"""Counting documents without a valid timestamp, which belong to no day, and documents of future days."""

from datetime import UTC, datetime
from typing import Any, Final

from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import INTEGER_LIMIT, Document
from wrapped_shared.stored.player_stats import DataQuality

from player_stats.domain.cells import span_of_days
from player_stats.domain.days import quality_document
from player_stats.domain.quality import PlayerTally
from player_stats.store.ids import id_key
from player_stats.store.quality import write_counts

UNDATED: Final = "undated"
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
    return write_counts(analytics, found)


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
