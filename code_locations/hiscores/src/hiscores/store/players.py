"""The collection `hiscores_players`: the scrape status of every player."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from pymongo import DeleteOne, UpdateOne
from pymongo.database import Database
from wrapped_shared.bulk import find_by_id, replace_all, write_all
from wrapped_shared.collections import HISCORES_PLAYERS
from wrapped_shared.documents import Document
from wrapped_shared.stored.hiscores import HiscoresPlayer, HiscoresPlayerFields
from wrapped_shared.version import SCHEMA_VERSIONS

from hiscores.domain.planner import next_due
from hiscores.domain.roster import Tracked
from hiscores.domain.snapshots import read_slot, slot_text
from hiscores.domain.states import PlayerState


def all_states(analytics: Database[Document]) -> Iterator[tuple[PlayerState, datetime]]:
    """Yield every player's state, with their stored due time."""
    for document in analytics[HISCORES_PLAYERS].find({}):
        yield _state(document), document["next_due"]


def load_states(analytics: Database[Document], keys: Iterable[str]) -> dict[str, PlayerState]:
    """Return the states of some players; those never looked up are missing."""
    return {document["_id"]: _state(document) for document in find_by_id(analytics[HISCORES_PLAYERS], keys)}


def save_states(analytics: Database[Document], states: Iterable[tuple[PlayerState, Tracked]]) -> None:
    """Write the states of some players."""
    documents = [state_document(state, next_due(state, tracked)) for state, tracked in states]
    replace_all(analytics[HISCORES_PLAYERS], documents)


def remove_states(analytics: Database[Document], keys: Iterable[str]) -> None:
    """Remove the states of some players."""
    write_all(analytics[HISCORES_PLAYERS], [DeleteOne({"_id": key}) for key in keys])


def save_due(analytics: Database[Document], due: Iterable[tuple[str, datetime]]) -> int:
    """Write when players are due; returns how many documents were touched."""
    writes = [UpdateOne({"_id": key}, {"$set": HiscoresPlayerFields(next_due=moment)}) for key, moment in due]
    return write_all(analytics[HISCORES_PLAYERS], writes)


def state_document(state: PlayerState, due: datetime) -> HiscoresPlayer:
    """Return the document of a player who was looked up.

    Raises:
        ValueError: the player was never looked up.
    """
    if state.outcome is None or state.checked_at is None or state.asked_slot is None:
        raise ValueError("never looked up")
    return {
        "_id": state.key,
        "schema_version": SCHEMA_VERSIONS[HISCORES_PLAYERS],
        "player": state.player,
        "status": state.status,
        "outcome": state.outcome,
        "checked_at": state.checked_at,
        "next_due": due,
        "account_type": state.account_type,
        "consecutive_failures": state.failures,
        "type_checked_at": state.type_checked_at,
        "asked_slot": slot_text(state.asked_slot),
        "snapshot_slot": None if state.snapshot_slot is None else slot_text(state.snapshot_slot),
        "snapshot_at": state.snapshot_at,
        "quiet_days": state.quiet_days,
    }


def _state(document: Document) -> PlayerState:
    return PlayerState(
        key=document["_id"],
        player=document["player"],
        outcome=document["outcome"],
        name_changed=document["status"] == "name_changed",
        checked_at=document["checked_at"],
        account_type=document["account_type"],
        type_checked_at=document["type_checked_at"],
        failures=document["consecutive_failures"],
        asked_slot=_slot(document["asked_slot"]),
        snapshot_slot=_slot(document["snapshot_slot"]),
        snapshot_at=document["snapshot_at"],
        quiet_days=document["quiet_days"],
    )


def _slot(text: str | None) -> datetime | None:
    return None if text is None else read_slot(text)


def looked_up(analytics: Database[Document]) -> set[str]:
    """Return the keys of all players who were ever looked up."""
    return {state["_id"] for state in analytics[HISCORES_PLAYERS].find({}, {"_id": 1})}
