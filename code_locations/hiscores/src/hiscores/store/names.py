"""Links of names and forgotten players: `player_names` and `forgotten_players`, written by the command and the web app.

What belongs here: reading both. What does not: what they mean (`wrapped_shared.tenures`, `wrapped_shared.forgotten`).
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from pymongo.database import Database
from wrapped_shared.collections import FORGOTTEN_PLAYERS, PLAYER_DAYS, RAW_EVENT_COLLECTIONS
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten, name_hash
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.links import applied_tenures, read_links
from wrapped_shared.periods import day_of, day_start_ms, next_day
from wrapped_shared.tenures import LinkError, Tenures

from hiscores.domain.roster import Holders, Tracked, possible_key


def load_tenures(analytics: Database[Document]) -> tuple[Tenures, bool]:
    """Return all chains of names, and whether the links in `player_names` are valid.

    While they are not, gains follow the links by which reports were last made, as the reports do.
    """
    try:
        return Tenures(read_links(analytics)), True
    except LinkError:
        return applied_tenures(analytics), False


def is_forgotten(analytics: Database[Document], key: str, at: datetime) -> bool:
    """Return whether a player is forgotten at a time, as MongoDB says now."""
    hashed = name_hash(key)
    stored = analytics[FORGOTTEN_PLAYERS].find({"_id": {"$gte": f"{hashed}|", "$lt": f"{hashed}}}"}})  # "}" follows "|"
    return Forgotten(stored).covers(key, day_of(at))


def load_holders(
    raw: Database[Document],
    analytics: Database[Document],
    known: Mapping[str, Tracked],
    forms: Iterable[str],
    today: str,
) -> Holders:
    """Return who holds the names now.

    Args:
        raw: the raw database.
        analytics: the analytics database.
        known: the roster.
        forms: the names in telemetry, groups and settings, in any form.
        today: the last day that counts.
    """
    by_key: dict[str, list[str]] = {}
    for form in forms:
        key = possible_key(form)
        if key is not None:
            by_key.setdefault(key, []).append(form)
    tenures, _ = load_tenures(analytics)
    holders = Holders(tenures, read_forgotten(analytics))
    left = holders.left(by_key.keys() | known.keys())
    played = {name: known[name].last_telemetry for name in left if name in known}
    again = {name for name, at in played.items() if at is not None and day_of(at) > left[name]}
    for name, last in left.items():  # those with telemetry of a later day, computed or not
        after = {"$gte": day_start_ms(next_day(last)), "$lt": day_start_ms(next_day(today))}
        places = ((raw[collection], form) for form in by_key.get(name, ()) for collection in RAW_EVENT_COLLECTIONS)
        if analytics[PLAYER_DAYS].find_one(
            {"player_key": name, "day": {"$gt": last, "$lte": today}}, {"_id": 1}
        ) or any(
            collection.find_one({"username": form, "timestamp": after}, {"_id": 1}) for collection, form in places
        ):
            again.add(name)
    return replace(holders, held_again=frozenset(again))
