"""The plan's state between runs, in one document: the first day covered, and when periodic work was last done.

If it is lost, all groups are owed, and the days that are not in the ledger.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Unpack

from bson import ObjectId
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.links import applied_links, held_again, links_changed
from wrapped_shared.periods import day_of
from wrapped_shared.stored.bookkeeping import PlanStateFields
from wrapped_shared.tenures import Tenures

RANK_EVERY: Final = timedelta(hours=1)
"""Every player's ranks change whenever anybody plays, so the interval bounds how much is written."""
_STATE: Final = {"_id": "plan"}
_NO_GROUPS: Final = hashlib.blake2b(digest_size=16).hexdigest()
"""The digest when there are no groups, so that a new deployment owes none."""
_TOO_FEW_EVENTS: Final = 20_000
"""With fewer events, the reading speed cannot be measured."""


def plan_state(analytics: Database[Document]) -> Document:
    """Return the plan's state, empty if there has never been a plan."""
    return analytics[names.PLAN_STATE].find_one(_STATE) or {}


def begin_plan(analytics: Database[Document], first_day: str, today: str) -> Document:
    """Record the first day from which all days are in the ledger; return the state."""
    fresh: PlanStateFields = {
        "audited": today, "history_next": None, "events_per_second": None, "ranked_at": None,
        "compared_upto": int(today[:4]) - 1,
    }  # fmt: skip
    change = {"$set": PlanStateFields(from_day=first_day), "$setOnInsert": fresh}
    analytics[names.PLAN_STATE].update_one(_STATE, change, upsert=True)
    return plan_state(analytics)


def note_plan(analytics: Database[Document], **fields: Unpack[PlanStateFields]) -> None:
    """Record what was done, and when."""
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": fields})


def note_reading(analytics: Database[Document], events: int, seconds: float, now: datetime) -> None:
    """Record what a step read, if anything, and its speed, if there were enough events to measure it."""
    if not events:
        return
    fields: PlanStateFields = {"last_reading": {"at": now, "events": events, "seconds": seconds}}
    if events >= _TOO_FEW_EVENTS and seconds > 0:
        fields["events_per_second"] = events / seconds
    note_plan(analytics, **fields)


@dataclass(frozen=True)
class GroupsOwed:
    """The group reports that are owed."""

    periods: Mapping[str, ObjectId]
    """The token of each period ranked since its group reports were made."""
    digest: str
    """The digest of all groups as they are now."""
    everything: bool
    """Whether any group changed since the reports were made: then all periods are owed."""


def links_due(analytics: Database[Document], now: datetime) -> bool:
    """Return whether the links of names, or who is forgotten, may have changed since they were applied.

    That is compared as soon as their number changes, else hourly: people and the web app write them, and comparing
    reads them all. Every run compares them, whatever this says.
    """
    state = plan_state(analytics)
    watched = (names.PLAYER_NAMES, names.FORGOTTEN_PLAYERS)
    counts = {name: analytics[name].estimated_document_count() for name in watched}
    seen = state.get("links_seen")
    if not _an_hour_ago(seen, now) and counts == state.get("links_counts"):
        return False
    if links_changed(analytics):
        return True
    note_plan(analytics, links_seen=now, links_counts=counts)
    return False


def ranking_due(analytics: Database[Document], now: datetime) -> bool:
    """Return whether ranks or groups are owed and the last ranking is at least an hour old."""
    state = plan_state(analytics)
    if not _an_hour_ago(state.get("ranked_at"), now):
        return False
    return analytics[names.RANK_REQUESTS].find_one({}, {"_id": 1}) is not None or _groups_due(analytics, state, now)


def request_groups(analytics: Database[Document], period: str) -> None:
    """Request the group reports of a period."""
    analytics[names.PLAN_STATE].update_one(_STATE, {"$set": {f"groups_owed.{period}": ObjectId()}})


def groups_owed(analytics: Database[Document]) -> GroupsOwed:
    """Return the group reports that are owed; call it before taking the turn that makes them."""
    state, digest = plan_state(analytics), _digest_of_groups(analytics)
    return GroupsOwed(
        periods=state.get("groups_owed", {}),
        digest=digest,
        everything=digest != state.get("groups_digest", _NO_GROUPS),
    )


def note_groups(analytics: Database[Document], made: GroupsOwed, now: datetime) -> None:
    """Record which groups have reports, and clear the periods that were not requested again in the meantime."""
    note_plan(analytics, groups_digest=made.digest, groups_seen=now)
    for period, token in made.periods.items():
        field = f"groups_owed.{period}"
        analytics[names.PLAN_STATE].update_one({**_STATE, field: token}, {"$unset": {field: ""}})


def undated_due(analytics: Database[Document], now: datetime) -> bool:
    """Return whether documents without a valid timestamp have yet to be counted today (UTC)."""
    return bool(plan_state(analytics).get("undated") != day_of(now))


def _an_hour_ago(last: datetime | None, now: datetime) -> bool:
    # A clock that was ahead must not stop anything until its time has come.
    return last is None or not timedelta() <= now - last < RANK_EVERY


def _groups_due(analytics: Database[Document], state: Document, now: datetime) -> bool:
    """Return whether groups are owed; checks at most hourly whether any changed, because that reads them all."""
    if state.get("groups_owed"):
        return True
    if not _an_hour_ago(state.get("groups_seen"), now):
        return False
    if _digest_of_groups(analytics) != state.get("groups_digest", _NO_GROUPS):
        return True
    note_plan(analytics, groups_seen=now)
    return False


def _digest_of_groups(analytics: Database[Document]) -> str:
    """Return a digest of all groups and their members as stored, without decoding them, and of whose names they are."""
    digest = hashlib.blake2b(digest_size=16)
    batches: Any = analytics[names.PLAYER_GROUPS].find_raw_batches({}, {"members": 1}).sort("_id", 1)
    for batch in batches:
        digest.update(batch)
    links = applied_links(analytics)
    if links and digest.hexdigest() != _NO_GROUPS:
        digest.update(repr((links, sorted(held_again(analytics, Tenures(links).left)))).encode())
    return digest.hexdigest()
