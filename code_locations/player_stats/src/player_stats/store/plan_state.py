"""What the plan remembers between runs, in one document: where it began, and what is done once in a while.

Where it is lost all groups are owed, and nothing else is.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from bson import ObjectId
from pymongo.database import Database
from wrapped_shared import collections as names

Document: TypeAlias = dict[str, Any]

RANK_EVERY: Final = timedelta(hours=1)
"""Ranks change for everybody whenever anybody plays: what is written for them stays bounded."""
_STATE: Final = {"_id": "plan"}
_NO_GROUPS: Final = hashlib.blake2b(digest_size=16).hexdigest()
"""The fingerprint of no groups at all: a new deployment owes none."""
_TOO_FEW_EVENTS: Final = 20_000
"""A portion of fewer events tells nothing of how fast they are read."""


def plan_state(analytics: Database[Document]) -> Document | None:
    """Return what the plan remembers, None where it was never made."""
    return analytics[names.PLAN_STATE].find_one(_STATE)


def begin_plan(analytics: Database[Document], first_day: str, today: str) -> Document:
    """Remember from which day on all days were noted; return all that is remembered."""
    fresh = {"audited": today, "history_next": None, "events_per_second": None, "ranked_at": None}
    change = {"$set": {"from_day": first_day}, "$setOnInsert": fresh}
    analytics[names.PLAN_STATE].update_one(_STATE, change, upsert=True)
    return plan_state(analytics) or {}


def note_audit(analytics: Database[Document], today: str, history_next: str | None) -> None:
    """Remember that the audit of a day is done, and where counting the history goes on."""
    change = {"$set": {"audited": today, "history_next": history_next}}
    analytics[names.PLAN_STATE].update_one(_STATE, change)


def events_per_second(analytics: Database[Document]) -> float | None:
    """Return how fast a step read events last, None where that is not known."""
    return _state(analytics).get("events_per_second")


def note_speed(analytics: Database[Document], events: int, seconds: float) -> None:
    """Remember how fast a step read events; few say little and are passed over."""
    if events >= _TOO_FEW_EVENTS and seconds > 0:
        analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {"events_per_second": events / seconds}})


@dataclass(frozen=True)
class GroupsOwed:
    """What group reports are to be made."""

    periods: Mapping[str, ObjectId]
    """The token of each period that was ranked since its groups were made."""
    digest: str
    """Of all groups as they are now."""
    everything: bool
    """Whether groups changed since all were made."""


def ranking_due(analytics: Database[Document], now: datetime) -> bool:
    """Whether ranks or groups are owed and the last ones are long enough ago."""
    state = _state(analytics)
    if not _is_late(state.get("ranked_at"), now):
        return False
    return analytics[names.RANK_REQUESTS].find_one({}, {"_id": 1}) is not None or _groups_due(analytics, state, now)


def note_ranking(analytics: Database[Document], now: datetime) -> None:
    """Remember when ranks were computed."""
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {"ranked_at": now}})


def request_groups(analytics: Database[Document], period: str) -> None:
    """Request the group reports of a period."""
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {f"groups_owed.{period}": ObjectId()}})


def groups_owed(analytics: Database[Document]) -> GroupsOwed:
    """Return what group reports are to be made; ask before a turn is taken to make them."""
    state, digest = _state(analytics), _digest_of_groups(analytics)
    return GroupsOwed(state.get("groups_owed", {}), digest, digest != state.get("groups_digest", _NO_GROUPS))


def note_groups(analytics: Database[Document], made: GroupsOwed, now: datetime) -> None:
    """Remember the groups whose reports were made, and clear the periods that were not requested again meanwhile."""
    plan = analytics[names.PLAN_STATE]
    plan.update_one(_STATE, {"$set": {"groups_digest": made.digest, "groups_seen": now}})
    for period, token in made.periods.items():
        plan.update_one({**_STATE, f"groups_owed.{period}": token}, {"$unset": {f"groups_owed.{period}": ""}})


def undated_due(analytics: Database[Document], now: datetime) -> bool:
    """Whether documents without a sound timestamp have not been counted today (UTC)."""
    return bool(_state(analytics).get("undated") != now.astimezone(UTC).date().isoformat())


def note_undated(analytics: Database[Document], now: datetime) -> None:
    """Remember that documents without a sound timestamp were counted."""
    day = now.astimezone(UTC).date().isoformat()
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {"undated": day}})


def _state(analytics: Database[Document]) -> Document:
    return plan_state(analytics) or {}


def _is_late(last: datetime | None, now: datetime) -> bool:
    return last is None or now - last >= RANK_EVERY


def _groups_due(analytics: Database[Document], state: Document, now: datetime) -> bool:
    """Whether groups are owed; whether any changed is looked at hourly, which reads them all."""
    if state.get("groups_owed"):
        return True
    if not _is_late(state.get("groups_seen"), now):
        return False
    if _digest_of_groups(analytics) != state.get("groups_digest", _NO_GROUPS):
        return True
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {"groups_seen": now}})
    return False


def _digest_of_groups(analytics: Database[Document]) -> str:
    """A fingerprint of all groups and their members as they are stored; nothing of them is kept or even decoded."""
    digest = hashlib.blake2b(digest_size=16)
    batches: Any = analytics[names.PLAYER_GROUPS].find_raw_batches({}, {"members": 1}).sort("_id", 1)
    for batch in batches:
        digest.update(batch)
    return digest.hexdigest()
