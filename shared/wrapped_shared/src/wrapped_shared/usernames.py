"""The names in raw telemetry, in every form in which they were sent.

Grouping only by the first field of an index lets MongoDB skip through it from name to name; `distinct` would be limited
to 16 MiB.
"""

from collections.abc import Iterator
from typing import Any

from pymongo.collection import Collection

from wrapped_shared.names import player_key


def usernames(collection: Collection[Any]) -> Iterator[str]:
    """Yield every form of a name in a raw collection, once."""
    for group in collection.aggregate([{"$group": {"_id": "$username"}}]):
        if type(group["_id"]) is str:  # BSON JavaScript code is an unhashable subclass of str
            yield group["_id"]


def usernames_with_keys(collection: Collection[Any]) -> Iterator[tuple[str, str]]:
    """Yield every form of a name in a raw collection with its player key; empty names are left out."""
    for form in usernames(collection):
        key = player_key(form)
        if key is not None:
            yield form, key
