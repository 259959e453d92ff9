"""What the checks read of `items`: names, base ids, and which items in reports have none.

Writing items belongs to `work.tables`.
"""

from typing import Any

from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id

from image_map.store import Analytics

_MOST: int = 100_000
"""The game has fewer than 40,000 item ids."""


def names_and_bases(analytics: Analytics) -> dict[int, tuple[Any, Any]]:
    """Return name and base id by item id."""
    found = analytics[names.ITEMS].find({}, {"name": 1, "base_id": 1}).limit(_MOST)
    return {item["_id"]: (item.get("name"), item.get("base_id")) for item in found}


def unnamed_share(analytics: Analytics) -> tuple[int, int]:
    """Return how many of the items that need a picture have no name, and how many there are."""
    entries = analytics[names.STAT_IMAGES].find({"kind": "item"}, {"key": 1}).limit(_MOST)
    wanted = {int(entry["key"]) for entry in entries if str(entry.get("key", "")).isdigit()}
    named = sum(1 for _ in find_by_id(analytics[names.ITEMS], wanted, {"_id": 1}))
    return len(wanted) - named, len(wanted)
