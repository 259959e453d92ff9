"""The queries that find a player's documents in each collection; all use an index."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from pymongo.collection import Collection
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_start_ms, next_day
from wrapped_shared.tenures import Tenure
from wrapped_shared.usernames import usernames_with_keys

Query = dict[str, Any]

RESULTS: Final = (
    names.PLAYER_DAYS,
    names.PLAYER_HOURS,
    names.PLAYER_MONTHS,
    names.PLAYER_MERGES,
    names.WRAPPED_REPORTS,
    names.REPORT_REQUESTS,
)
"""What `player_stats` keeps of each player, by `player_key`."""
OF_KEY: Final[Mapping[str, str]] = {
    names.HISCORES_PLAYERS: "_id",
    names.HISCORES_ROSTER: "_id",
    names.HISCORES_GAINS: "player_key",
    names.SHARE_CARDS: "player_key",
}
"""Other collections with documents of one player, and the field that holds their key."""
LINKED: Final = (names.PLAYER_NAMES, names.NAME_CANDIDATES)
"""Collections whose documents name two players, in `old` and `now`."""


def _forms(collection: Collection[Any], held: Sequence[Tenure]) -> Iterator[tuple[str, Tenure]]:
    """Yield the forms of names found in a raw collection, each with its tenures."""
    own = {one.name for one in held}
    for form, key in sorted(found for found in usernames_with_keys(collection) if found[1] in own):
        yield from ((form, one) for one in held if one.name == key)


def _events(form: str, held: Tenure) -> Query:
    first = None if held.first is None else day_start_ms(held.first)
    end = None if held.last is None else day_start_ms(next_day(held.last))
    if end is not None:
        return {"username": form, "timestamp": {"$lt": end} if first is None else {"$gte": first, "$lt": end}}
    # Also events without a valid timestamp.
    return {"username": form} if first is None else {"username": form, "timestamp": {"$not": {"$lt": first}}}


def snapshot_queries(hiscores: Collection[Any], held: Sequence[Tenure]) -> Iterator[Query]:
    """Yield the queries for a player's hiscores snapshots, in both forms of documents."""
    for one in held:
        # `|` ends the name in an `_id`; `}` is the character after it.
        query: Query = {"_id": {"$gte": f"{one.name}|", "$lt": f"{one.name}}}"}, "player_key": one.name}
        slots = {"$gte": one.first} if one.first else {}
        slots |= {"$lt": next_day(one.last)} if one.last else {}
        yield {**query, "slot": slots} if slots else query
    for form, one in _forms(hiscores, held):
        query = {"username": form}
        seconds = {"$gte": _seconds(one.first)} if one.first else {}
        seconds |= {"$lt": _seconds(next_day(one.last))} if one.last else {}
        yield {**query, "timestamp": seconds} if seconds else query


def _seconds(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()


def raw_queries(raw: Database[Any], held: Sequence[Tenure]) -> Iterator[tuple[str, Query]]:
    """Yield (collection, query) for all raw events and snapshots of a player."""
    for name in names.RAW_EVENT_COLLECTIONS:
        yield from ((name, _events(form, one)) for form, one in _forms(raw[name], held))
    yield from ((names.HISCORES, query) for query in snapshot_queries(raw[names.HISCORES], held))


def analytics_queries(held: Sequence[Tenure]) -> Iterator[tuple[str, Query]]:
    """Yield (collection, query) for everything computed of a player."""
    for one in held:
        for name in RESULTS:
            query: Query = {"player_key": one.name}
            if name in (names.PLAYER_DAYS, names.PLAYER_HOURS) and (one.first or one.last):
                query["day"] = {"$gte": one.first or "", "$lte": one.last or ":"}
            yield name, query
        yield from ((name, {field: one.name}) for name, field in OF_KEY.items())
    own = {"$in": sorted({one.name for one in held})}
    yield from ((name, {"$or": [{"old": own}, {"now": own}]}) for name in LINKED)


def stored(raw: Database[Any], analytics: Database[Any], held: Sequence[Tenure]) -> dict[str, int]:
    """Return how many documents of a player each collection holds; those without any are left out."""
    found: dict[str, int] = {}
    for base, queries in ((raw, raw_queries(raw, held)), (analytics, analytics_queries(held))):
        for name, query in queries:
            found[name] = found.get(name, 0) + base[name].count_documents(query)
    keys = {one.name for one in held}
    groups = analytics[names.PLAYER_GROUPS].find({}, {"members": 1})
    found[names.PLAYER_GROUPS] = sum(
        any(player_key(member) in keys for member in group.get("members") or ()) for group in groups
    )
    return {name: count for name, count in found.items() if count}
