"""The one index that only the embedded MongoDB needs.

Late events, and one player's snapshots, are found by a range on `_id`. MongoDB serves that from its `_id` index; the
embedded server scans the whole collection unless a further index starts with `_id`. The indexes of the data contract
are created by `wrapped_shared.indexes`.
"""

from typing import TYPE_CHECKING, Any

from wrapped_shared.collections import HISCORES, RAW_EVENT_COLLECTIONS

if TYPE_CHECKING:
    from pymongo.database import Database


def is_embedded(database: "Database[Any]") -> bool:
    """Return whether a database is on the embedded server (it names itself in its build information)."""
    return "secantusVersion" in database.client.server_info()


def ensure_embedded_indexes(raw: "Database[Any]") -> None:
    """Create `{_id: 1, timestamp: 1}` on the raw collections, if they are on the embedded server; idempotent."""
    if is_embedded(raw):
        for name in (*RAW_EVENT_COLLECTIONS, HISCORES):
            raw[name].create_index([("_id", 1), ("timestamp", 1)])
