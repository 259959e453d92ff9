"""Reading `player_names`: the links in effect, what of them reports are made by, and who holds a name now.

`wrapped_shared.tenures` knows what links mean; this module only reads MongoDB. The reports follow the links that
player_stats last applied (`applied_names`); it applies changes and makes what they affect owed.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from pymongo.database import Database

from wrapped_shared import collections as names
from wrapped_shared.bulk import batches
from wrapped_shared.documents import Document
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.names import player_key
from wrapped_shared.periods import is_day
from wrapped_shared.tenures import Link, LinkError, Tenures

APPLIED: Final = {"_id": "links"}
"""The document of `applied_names`."""
_NO_LINKS: Final = hashlib.blake2b(digest_size=16).hexdigest()
_NAMES_AT_ONCE: Final = 200


def read_links(analytics: Database[Document]) -> list[Link]:
    """Return the links in `player_names`, without those of forgotten names, in order.

    Raises:
        LinkError: a document is not a link.
    """
    return sorted(_valid(document) for document in _in_effect(analytics))


def digest_of_links(analytics: Database[Document]) -> str:
    """Return a digest of the links in `player_names`, valid or not."""
    digest = hashlib.blake2b(digest_size=16)
    for document in _in_effect(analytics):
        digest.update(repr([document.get(name) for name in ("_id", "old", "now", "from_day")]).encode())
    return digest.hexdigest()


def links_changed(analytics: Database[Document]) -> bool:
    """Return whether `player_names` changed since player_stats last read it."""
    applied = analytics[names.APPLIED_NAMES].find_one(APPLIED, {"digest": 1}) or {}
    return bool(digest_of_links(analytics) != applied.get("digest", _NO_LINKS))


def links_error(analytics: Database[Document]) -> str | None:
    """Return why the latest change of `player_names` was not applied, or None if it was."""
    return (analytics[names.APPLIED_NAMES].find_one(APPLIED, {"error": 1}) or {}).get("error")


def applied_links(analytics: Database[Document]) -> list[Link]:
    """Return the links by which reports are made."""
    applied = analytics[names.APPLIED_NAMES].find_one(APPLIED) or {}
    return [Link.of(link) for link in applied.get("links", ())]


def applied_tenures(analytics: Database[Document]) -> Tenures:
    """Return who held which name, by the links that reports follow."""
    return Tenures(applied_links(analytics))


def held_again(analytics: Database[Document], left: Mapping[str, str]) -> set[str]:
    """Return the left names (with their last holder's last day) that have telemetry of a later day."""
    found: set[str] = set()
    for some in batches(sorted(left), _NAMES_AT_ONCE):
        last: Document = {"_id": "$player_key", "day": {"$max": "$day"}}
        grouped: list[Document] = [{"$match": {"player_key": {"$in": some}}}, {"$group": last}]
        found |= {
            one["_id"] for one in analytics[names.PLAYER_DAYS].aggregate(grouped) if one["day"] > left[one["_id"]]
        }
    return found


def resolved(analytics: Database[Document], tenures: Tenures, keys: Iterable[str]) -> dict[str, str]:
    """Return for each player key the key of the player who held that name last."""
    wanted = set(keys)
    again = held_again(analytics, {name: day for name, day in tenures.left.items() if name in wanted})
    return {key: tenures.resolve(key, again) for key in sorted(wanted)}


def clauses_of_days(tenures: Tenures, key: str, first: str, end: str) -> list[Document]:
    """Return the queries that find the stored days of a player in [first, end), one for each of their tenures."""
    clauses: list[Document] = []
    for tenure in tenures.tenures(key):
        day = {"$gte": max(first, tenure.first or first), "$lt": end}
        if tenure.last is not None and tenure.last < end:
            day = {"$gte": day["$gte"], "$lte": tenure.last}
        clauses.append({"player_key": tenure.name, "day": day})
    return clauses


def link_of(document: Mapping[str, Any]) -> Link | None:
    """Return the link that a document of `player_names` holds, its names in any form, or None if it is not one."""
    old, now, day = player_key(document.get("old")), player_key(document.get("now")), document.get("from_day")
    return Link(str(day), old, now) if old is not None and now is not None and is_day(day) else None


def _in_effect(analytics: Database[Document]) -> Iterator[Document]:
    """Yield the documents of `player_names` whose names are not forgotten."""
    forgotten = read_forgotten(analytics)
    for document in analytics[names.PLAYER_NAMES].find().sort("_id", 1):
        keys = [player_key(document.get(name)) for name in ("old", "now")]
        day = document.get("from_day")
        if is_day(day) and any(key is not None and forgotten.covers(key, str(day)) for key in keys):
            continue
        yield document


def _valid(document: Document) -> Link:
    link = link_of(document)
    if link is None:
        raise LinkError(f"player_names {document['_id']!r} is not a link: it must have old, now and from_day")
    return link
