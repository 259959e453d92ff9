"""`stat_images` and `items`: reading what exists, writing what changed.

`domain.entries` and `domain.items` define the documents.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pymongo import ReplaceOne
from wrapped_shared.bulk import find_by_id, write_all
from wrapped_shared.collections import ITEMS, STAT_IMAGES
from wrapped_shared.documents import Document
from wrapped_shared.item_changes import changing, unfinished

from image_map.store import Analytics

BATCH: Final = 1_000
NOTE: Final = "pictures"
"""The note of what was seen to be complete, so that `wrapped run` need not check it again."""


def read_entries(analytics: Analytics) -> dict[str, Document]:
    """Return all entries of `stat_images` by `_id`; there are some thousands, as many as things in the game."""
    return {entry["_id"]: entry for entry in analytics[STAT_IMAGES].find({}, batch_size=BATCH)}


def known_ids(analytics: Analytics, ids: Sequence[str]) -> set[str]:
    """Return which of the `_id`s have an entry."""
    return {entry["_id"] for entry in find_by_id(analytics[STAT_IMAGES], ids, {"_id": 1})}


def write_entries(analytics: Analytics, entries: Iterable[Mapping[str, Any]]) -> int:
    """Write entries by their `_id`s; returns how many."""
    return _replace(analytics, STAT_IMAGES, entries)


def read_items(analytics: Analytics) -> dict[int, Document]:
    """Return all documents of `items` by `_id`."""
    return {item["_id"]: item for item in analytics[ITEMS].find({}, batch_size=BATCH)}


def write_items(
    analytics: Analytics, items: Mapping[int, Mapping[str, Any]], before: Mapping[int, Mapping[str, Any]]
) -> int:
    """Write the items that are new or changed; returns how many. None is ever removed: ids keep their meaning."""
    changed = [item for item_id, item in items.items() if before.get(item_id) != item]
    if not changed and not unfinished(analytics):
        return 0
    with changing(analytics):
        return _replace(analytics, ITEMS, changed)


def _replace(analytics: Analytics, collection: str, documents: Iterable[Mapping[str, Any]]) -> int:
    writes = [ReplaceOne({"_id": document["_id"]}, dict(document), upsert=True) for document in documents]
    return write_all(analytics[collection], writes)
