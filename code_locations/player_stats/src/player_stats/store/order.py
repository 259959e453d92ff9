"""The order of readers: the single document of `turns`, in which a reader registers and from which it is removed.

What a turn may write, and whether its process is still alive, is decided in `player_stats.store.turns`.
"""

from contextlib import suppress
from typing import Any, Final

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.stored.bookkeeping import OpenTurnFields, Turns

from player_stats.store.extents import Extent, delete_below

THE_ORDER: Final = {"_id": "turns"}


def register(analytics: Database[Any], entry: OpenTurnFields) -> int:
    """Add an entry and return its ticket; in one operation, or a later turn could think that it is the earliest."""
    ticket: Document = {"$max": [{"$add": ["$ticket", 1]}, int(entry["at"].timestamp() * 1000)]}
    opened: Document = {"$mergeObjects": [{"$literal": entry}, {"ticket": "$ticket"}]}
    add: list[Document] = [{"$set": {"ticket": ticket}}, {"$set": {"open": {"$concatArrays": ["$open", [opened]]}}}]
    turns = analytics[names.TURNS]
    while (document := turns.find_one_and_update(THE_ORDER, add, return_document=ReturnDocument.AFTER)) is None:
        with suppress(DuplicateKeyError):  # another process created it at the same time
            turns.insert_one(Turns(_id=THE_ORDER["_id"], ticket=0, open=[]))
    return int(document["ticket"])


def end_turn(analytics: Database[Document], ticket: int) -> None:
    """End a turn: apply the removals of later turns, delete its entry, and drop removals that no open turn needs."""
    for removal in list(analytics[names.REMOVALS].find({"revision": {"$gt": ticket}})):
        delete_below(
            analytics, removal["collection"], Extent(removal["field"], [removal["value"]]), removal["revision"]
        )
    analytics[names.TURNS].update_one(THE_ORDER, {"$pull": {"open": {"ticket": ticket}}})
    turns = analytics[names.TURNS].find_one(THE_ORDER) or {"open": [], "ticket": ticket}
    earliest = min((entry["ticket"] for entry in turns["open"]), default=turns["ticket"])
    analytics[names.REMOVALS].delete_many({"revision": {"$lte": earliest}})


def open_turns(analytics: Database[Document]) -> list[Document]:
    """Return the entries of all turns that have not ended."""
    document = analytics[names.TURNS].find_one(THE_ORDER) or {}
    return list(document.get("open", []))
