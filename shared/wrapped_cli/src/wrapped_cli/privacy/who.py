"""Who a name stands for: the player's key, their names, and the days on which each was theirs."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.forgotten import forgotten_documents, name_hash
from wrapped_shared.links import link_of, resolved
from wrapped_shared.names import player_key
from wrapped_shared.stored.forgotten import ForgottenPlayer
from wrapped_shared.tenures import LinkError, Tenure, Tenures

from wrapped_cli.errors import CommandError


@dataclass(frozen=True)
class Player:
    """A player with all their names."""

    key: str
    """The name they held last."""
    held: tuple[Tenure, ...]
    """Every name and the days on which it was theirs, the oldest first."""
    documents: list[ForgottenPlayer]
    """What `forgotten_players` gets to forget them."""


def find(analytics: Database[Any], name: str) -> Player:
    """Return the player who held a name last.

    Raises:
        CommandError: it is not a name, or the links of names contradict each other.
    """
    key = _key(name)
    try:
        tenures = Tenures(filter(None, map(link_of, analytics[names.PLAYER_NAMES].find())))
    except LinkError as error:
        raise CommandError(f"the links of names contradict each other: {error} (wrapped rename --list)") from None
    owner = resolved(analytics, tenures, [key])[key]
    own = tenures.tenures(owner)
    documents = forgotten_documents(tenures, owner, datetime.now(UTC))
    held = [
        Tenure(tenure.name, document["since"], document["until"])
        for tenure, document in zip(own, documents, strict=True)
    ]
    return Player(owner, tuple(held), [{**document, "player": name_hash(owner)} for document in documents])


def lift(analytics: Database[Any], name: str) -> int:
    """Let a forgotten player's events count again, under all their names; return how many names that were."""
    bans = analytics[names.FORGOTTEN_PLAYERS]
    own = list(bans.find({"_id": {"$regex": f"^{name_hash(_key(name))}\\|"}}))
    players = [ban["player"] for ban in own if ban.get("player")]
    ids = [ban["_id"] for ban in own] + [ban["_id"] for ban in bans.find({"player": {"$in": players}}, {"_id": 1})]
    return bans.delete_many({"_id": {"$in": ids}}).deleted_count


def _key(name: str) -> str:
    key = player_key(name)
    if key is None:
        raise CommandError("a player's name must not be empty")
    return key
