"""Removing what others store of forgotten players: snapshots, roster, gains, share cards, candidates, links.

The names are found in MongoDB by their hashes, so that a removal that was interrupted is finished by the next one.
Links go last: until then, the same command finds the whole chain of names.
"""

from collections import Counter
from typing import Any

from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import delete_in_batches
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.names import player_key
from wrapped_shared.tenures import Tenure

from wrapped_cli.privacy.queries import OF_KEY, raw_queries, snapshot_queries


def remove_rest(raw: Database[Any], analytics: Database[Any]) -> Counter[str]:
    """Remove the forgotten players' documents; return how many by collection."""
    banned, removed = read_forgotten(analytics), Counter[str]()
    if not banned:
        return removed
    hiscores = raw[names.HISCORES]
    for query in snapshot_queries(hiscores, _held(banned, _snapshot_names(hiscores))):
        removed[names.HISCORES] += _delete(hiscores, query)
    for name, field in OF_KEY.items():
        for key in sorted(key for key in _keys(analytics[name], field) if _is_gone(analytics, banned, key)):
            if name == names.SHARE_CARDS:
                _remove_files(analytics, key)
            removed[name] += _delete(analytics[name], {field: key})
    for request in list(analytics[names.CARD_REQUESTS].find({}, {"_id": 1})):
        if _is_gone(analytics, banned, str(request["_id"]).partition("/")[2]):
            removed[names.CARD_REQUESTS] += analytics[names.CARD_REQUESTS].delete_one(request).deleted_count
    for name in (names.NAME_CANDIDATES, names.PLAYER_NAMES):
        for link in list(analytics[name].find()):
            ends = str(link.get("old")), str(link.get("now"))
            if "from_day" in link:
                gone = all(banned.covers(end, link["from_day"]) for end in ends)
            else:
                gone = any(_is_gone(analytics, banned, end) for end in ends)
            if gone:
                removed[name] += analytics[name].delete_one({"_id": link["_id"]}).deleted_count
    return removed


def events_since(raw: Database[Any], analytics: Database[Any]) -> int:
    """Return how many raw events and snapshots of forgotten players are stored."""
    banned = read_forgotten(analytics)
    if not banned:
        return 0
    found = _snapshot_names(raw[names.HISCORES])
    for name in names.RAW_EVENT_COLLECTIONS:
        found |= _keys(raw[name], "username")
    return sum(raw[name].count_documents(query) for name, query in raw_queries(raw, _held(banned, found)))


def _snapshot_names(hiscores: Collection[Any]) -> set[str]:
    return _keys(hiscores, "username") | _keys(hiscores, "player_key")


def _keys(collection: Collection[Any], field: str) -> set[str]:
    found = {player_key(row["_id"]) for row in collection.aggregate([{"$group": {"_id": f"${field}"}}])}
    return {key for key in found if key is not None}


def _held(banned: Forgotten, keys: set[str]) -> list[Tenure]:
    """Return the forgotten ones of some names, with the days on which they are."""
    return [Tenure(key, since or None, until) for key in sorted(keys) for since, until in banned.spans(key)]


def _is_gone(analytics: Database[Any], banned: Forgotten, key: str) -> bool:
    """Return whether a name is forgotten, and nobody else holds it now."""
    last = banned.last_day(key)
    if last is None:
        return True
    later = {"player_key": key, "day": {"$gt": last}}
    return bool(last) and analytics[names.PLAYER_DAYS].find_one(later, {"_id": 1}) is None


def _remove_files(analytics: Database[Any], key: str) -> None:
    """Remove the pictures of a player's cards, before the documents that say which they are."""
    for card in analytics[names.SHARE_CARDS].find({"player_key": key}, {"file_id": 1}):
        analytics[f"{names.SHARE_CARDS}.files"].delete_one({"_id": card["file_id"]})
        analytics[f"{names.SHARE_CARDS}.chunks"].delete_many({"files_id": card["file_id"]})


def _delete(collection: Collection[Any], query: dict[str, Any]) -> int:
    return sum(deleted for _, deleted in delete_in_batches(collection, query))
