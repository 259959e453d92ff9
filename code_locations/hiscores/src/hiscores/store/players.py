"""The collection `hiscores_players`: the scrape status of every player."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from pymongo import ReplaceOne, UpdateOne
from pymongo.database import Database
from wrapped_shared.collections import HISCORES_PLAYERS
from wrapped_shared.mongo import Document
from wrapped_shared.version import SCHEMA_VERSIONS

from hiscores.domain.roster import Tracked
from hiscores.domain.snapshots import read_slot, slot_text
from hiscores.domain.states import PlayerState, next_due

BATCH = 1_000


def all_states(analytics: Database[Document]) -> Iterator[tuple[PlayerState, datetime]]:
    """Every player's state, with their stored due time."""
    for document in analytics[HISCORES_PLAYERS].find({}):
        yield _state(document), document["next_due"]


def load_states(analytics: Database[Document], keys: Iterable[str]) -> dict[str, PlayerState]:
    """The states of some players; those never looked up are missing."""
    found = analytics[HISCORES_PLAYERS].find({"_id": {"$in": list(keys)}})
    return {document["_id"]: _state(document) for document in found}


def save_states(analytics: Database[Document], states: Iterable[tuple[PlayerState, Tracked]]) -> None:
    """Write the states of some players."""
    writes = [
        ReplaceOne({"_id": state.key}, state_document(state, next_due(state, tracked)), upsert=True)
        for state, tracked in states
    ]
    if writes:
        analytics[HISCORES_PLAYERS].bulk_write(writes, ordered=False)


def save_due(analytics: Database[Document], due: Iterable[tuple[str, datetime]]) -> int:
    """Write when players are due; returns how many documents were touched."""
    writes = [UpdateOne({"_id": key}, {"$set": {"next_due": moment}}) for key, moment in due]
    for start in range(0, len(writes), BATCH):
        analytics[HISCORES_PLAYERS].bulk_write(writes[start : start + BATCH], ordered=False)
    return len(writes)


def state_document(state: PlayerState, due: datetime) -> dict[str, Any]:
    """The document of a player who was looked up."""
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
        "asked_slot": None if state.asked_slot is None else slot_text(state.asked_slot),
        "snapshot_slot": None if state.snapshot_slot is None else slot_text(state.snapshot_slot),
        "snapshot_at": state.snapshot_at,
        "quiet_days": state.quiet_days,
    }


def _state(document: Document) -> PlayerState:
    return PlayerState(
        document["_id"],
        document["player"],
        document["outcome"],
        document["status"] == "name_changed",
        document["checked_at"],
        document["account_type"],
        document["type_checked_at"],
        document["consecutive_failures"],
        _slot(document["asked_slot"]),
        _slot(document["snapshot_slot"]),
        document["snapshot_at"],
        document["quiet_days"],
    )


def _slot(text: str | None) -> datetime | None:
    return None if text is None else read_slot(text)


def looked_up(analytics: Database[Document]) -> set[str]:
    """The keys of all players who were ever looked up."""
    return {state["_id"] for state in analytics[HISCORES_PLAYERS].find({}, {"_id": 1})}
