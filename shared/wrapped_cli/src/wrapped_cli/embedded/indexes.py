"""The one index that only the embedded MongoDB needs.

Late events, and one player's snapshots, are found by a range on `_id`. A real MongoDB answers that from its
`_id` index; the embedded one scans the whole collection unless an index begins with `_id`. The indexes of the
data contract are made by `wrapped_shared.indexes`.
"""

from typing import TYPE_CHECKING, Any

from wrapped_shared.collections import HISCORES, RAW_EVENT_COLLECTIONS

if TYPE_CHECKING:
    from pymongo.database import Database


def is_embedded(database: "Database[Any]") -> bool:
    """Tell whether a database lies on the embedded server (it names itself in its build information)."""
    return "secantusVersion" in database.client.server_info()


def ensure_embedded_indexes(database: "Database[Any]") -> bool:
    """Make `{_id: 1, timestamp: 1}` on the raw collections of the embedded server; idempotent.

    Args:
        database: the raw database.

    Returns:
        False when the database lies on any other server: nothing is made there.
    """
    if not is_embedded(database):
        return False
    for name in (*RAW_EVENT_COLLECTIONS, HISCORES):
        database[name].create_index([("_id", 1), ("timestamp", 1)])
    return True
