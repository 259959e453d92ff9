"""The order of readers: the one document of `turns`, where a reader takes its place and gives it back.

What a turn may write is `player_stats.store.turns`'; who is still at work is judged there as well.
"""

from contextlib import suppress
from typing import Any, Final, TypeAlias

from pymongo import ReturnDocument
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wrapped_shared import collections as names

from player_stats.store.extents import Extent, delete_below

Document: TypeAlias = dict[str, Any]

THE_ORDER: Final = {"_id": "turns"}


def register(analytics: Database[Document], entry: Document) -> int:
    """Add an entry and return its ticket; both in one operation, or a later turn could take it for the first."""
    ticket: Document = {"$max": [{"$add": ["$ticket", 1]}, int(entry["at"].timestamp() * 1000)]}
    opened: Document = {"$mergeObjects": [{"$literal": entry}, {"ticket": "$ticket"}]}
    add: list[Document] = [{"$set": {"ticket": ticket}}, {"$set": {"open": {"$concatArrays": ["$open", [opened]]}}}]
    turns = analytics[names.TURNS]
    while (document := turns.find_one_and_update(THE_ORDER, add, return_document=ReturnDocument.AFTER)) is None:
        with suppress(DuplicateKeyError):  # somebody else began at the same time
            turns.insert_one({**THE_ORDER, "ticket": 0, "open": []})
    return int(document["ticket"])


def end_turn(analytics: Database[Document], ticket: int) -> None:
    """Remove what later turns found gone, give the place back, forget what no open turn needs to know."""
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
