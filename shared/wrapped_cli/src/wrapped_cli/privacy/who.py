"""Who a name stands for: the player's key, their names, and the days on which each was theirs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.forgotten import forgotten_documents, name_hash
from wrapped_shared.names import player_key
from wrapped_shared.periods import is_day, next_day
from wrapped_shared.tenures import Link, LinkError, Tenures

from wrapped_cli.errors import CommandError


@dataclass(frozen=True)
class Held:
    """A name and the days on which it was the player's; None = without a limit."""

    name: str
    first: str | None = None
    last: str | None = None


@dataclass(frozen=True)
class Player:
    """A player with all their names."""

    key: str
    """The name they held last."""
    held: tuple[Held, ...]
    """Every name, the oldest first."""
    documents: list[dict[str, Any]]
    """What `forgotten_players` gets to forget them."""

    def __iter__(self) -> Iterator[Held]:
        """Iterate over the names."""
        return iter(self.held)


def find(analytics: Database[Any], name: str) -> Player:
    """Return the player who held a name last.

    Raises:
        CommandError: it is not a name, or the links of names contradict each other.
    """
    key = _key(name)
    try:
        tenures = Tenures(filter(None, map(_link, analytics[names.PLAYER_NAMES].find())))
    except LinkError as error:
        raise CommandError(f"the links of names contradict each other: {error} (wrapped rename --list)") from None
    later = {"player_key": key, "day": {"$gte": next_day(tenures.left[key])}} if key in tenures.left else None
    held_again = {key} if later and analytics[names.PLAYER_DAYS].find_one(later, {"_id": 1}) else set()
    owner = tenures.resolve(key, held_again)
    own = tenures.tenures(owner)
    documents = forgotten_documents(tenures, owner, datetime.now(UTC))
    held = [
        Held(tenure.name, document["since"], document["until"]) for tenure, document in zip(own, documents, strict=True)
    ]
    return Player(owner, tuple(held), [{**document, "player": name_hash(owner)} for document in documents])


def lift(analytics: Database[Any], name: str) -> int:
    """Let a forgotten player's events count again, under all their names; return how many names that were."""
    bans = analytics[names.FORGOTTEN_PLAYERS]
    own = list(bans.find({"_id": {"$regex": f"^{name_hash(_key(name))}\\|"}}))
    players = [ban["player"] for ban in own if ban.get("player")]
    ids = [ban["_id"] for ban in own] + [ban["_id"] for ban in bans.find({"player": {"$in": players}}, {"_id": 1})]
    return bans.delete_many({"_id": {"$in": ids}}).deleted_count


def _link(document: Mapping[str, Any]) -> Link | None:
    """Return a link, forgotten or not; None for a document that is none."""
    old, now, day = player_key(document.get("old")), player_key(document.get("now")), document.get("from_day")
    return Link(str(day), old, now) if old is not None and now is not None and is_day(day) else None


def _key(name: str) -> str:
    key = player_key(name)
    if key is None:
        raise CommandError("a player's name must not be empty")
    return key
