"""Whether a player has ever been seen: in a report, a link of names, or an event under any form of their name.

Whoever runs something for chosen players asks here first: `wrapped run --player`, and steps with `ChosenPlayers`.
"""

from collections.abc import Sequence
from typing import Any

from pymongo.database import Database

from wrapped_shared.collections import PLAYER_DAYS, PLAYER_NAMES, RAW_EVENT_COLLECTIONS, WRAPPED_REPORTS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key
from wrapped_shared.usernames import usernames_with_keys


def unknown_players(mongo: MongoResource, players: Sequence[str]) -> list[str]:
    """Return the names for which there is neither a report nor an event.

    The forms of all names in telemetry are queried only if the faster queries find nobody with that name.
    """
    left = {name: player_key(name) for name in unreported_players(mongo.analytics, players)}
    # An empty name is unknown, even if events were sent under it: they count for nobody.
    left = {name: key for name, key in left.items() if key is None or not _has_event(mongo.raw, [name, key])}
    for collection in RAW_EVENT_COLLECTIONS if left else ():
        found = {key for _, key in usernames_with_keys(mongo.raw[collection])}
        left = {name: key for name, key in left.items() if key not in found}
    return list(left)


def unreported_players(analytics: Database[Any], players: Sequence[str]) -> list[str]:
    """Return the names for which there is no report, no stored day and no link of names."""
    keys = {name: player_key(name) for name in players}
    return [name for name, key in keys.items() if key is None or not _is_reported(analytics, key)]


def _is_reported(analytics: Database[Any], key: str) -> bool:
    if analytics[WRAPPED_REPORTS].find_one({"_id": f"all/{key}"}, {"_id": 1}):
        return True
    if analytics[PLAYER_DAYS].find_one({"player_key": key}, {"_id": 1}):
        return True
    return analytics[PLAYER_NAMES].find_one({"$or": [{"old": key}, {"now": key}]}, {"_id": 1}) is not None


def _has_event(raw: Database[Any], forms: Sequence[str]) -> bool:
    query = {"username": {"$in": list(forms)}}
    return any(raw[collection].find_one(query, {"_id": 1}) for collection in RAW_EVENT_COLLECTIONS)
