"""`stat_images` and `items`: reading what exists, writing what changed.

`domain.entries` and `domain.items` define the documents.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pymongo.database import Database
from wrapped_shared.bulk import find_by_id, replace_all
from wrapped_shared.collections import ITEMS, STAT_IMAGES
from wrapped_shared.item_changes import changing, unfinished
from wrapped_shared.stored.image_map import Item, StatImage, StatImageFields

BATCH: Final = 1_000
_MOST: Final = 100_000
"""The game has fewer than 40,000 item ids."""
NOTE: Final = "pictures"
"""The note of what was seen to be complete, so that `wrapped run` need not check it again."""


def read_entries(analytics: Database[Any]) -> dict[str, StatImage]:
    """Return all entries of `stat_images` by `_id`; there are some thousands, as many as things in the game."""
    return {entry["_id"]: entry for entry in analytics[STAT_IMAGES].find({}, batch_size=BATCH)}


def known_ids(analytics: Database[Any], ids: Sequence[str]) -> set[str]:
    """Return which of the `_id`s have an entry."""
    return {entry["_id"] for entry in find_by_id(analytics[STAT_IMAGES], ids, {"_id": 1})}


def write_entries(analytics: Database[Any], entries: Iterable[StatImageFields]) -> int:
    """Write entries by their `_id`s; returns how many."""
    return replace_all(analytics[STAT_IMAGES], entries)


def read_items(analytics: Database[Any]) -> dict[int, Item]:
    """Return all documents of `items` by `_id`."""
    return {item["_id"]: item for item in analytics[ITEMS].find({}, batch_size=BATCH)}


def write_items(analytics: Database[Any], items: Mapping[int, Item], before: Mapping[int, Item]) -> int:
    """Write the items that are new or changed; returns how many. None is ever removed: ids keep their meaning."""
    changed = [item for item_id, item in items.items() if before.get(item_id) != item]
    if not changed and not unfinished(analytics):
        return 0
    with changing(analytics):
        return replace_all(analytics[ITEMS], changed)


def names_and_bases(analytics: Database[Any]) -> dict[int, tuple[Any, Any]]:
    """Return the name and base id of items, as the checks see them, by item id."""
    found = analytics[ITEMS].find({}, {"name": 1, "base_id": 1}).limit(_MOST)
    return {item["_id"]: (item.get("name"), item.get("base_id")) for item in found}


def unnamed_share(analytics: Database[Any]) -> tuple[int, int]:
    """Return how many of the items that need a picture have no name, and how many there are."""
    entries = analytics[STAT_IMAGES].find({"kind": "item"}, {"key": 1}).limit(_MOST)
    wanted = {int(entry["key"]) for entry in entries if str(entry.get("key", "")).isdigit()}
    named = sum(1 for _ in find_by_id(analytics[ITEMS], wanted, {"_id": 1}))
    return len(wanted) - named, len(wanted)
