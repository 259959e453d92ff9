"""One player's look-up: which tables to request, given what is known about the player.

What belongs here: the single request once the type is known, the weekly check, and what a failure half-way means.
What does not: HTTP and MongoDB; the request function is passed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from wrapped_shared.http.errors import UpstreamError
from wrapped_shared.vocabulary import AccountType

from hiscores.domain.account_type import Fetch, Standing, decide
from hiscores.domain.payload import Payload
from hiscores.domain.rows import OVERALL
from hiscores.domain.series import changed_hands
from hiscores.domain.snapshots import Snapshot
from hiscores.domain.states import PlayerState

DAY_SECONDS: Final = 86_400.0

Missing: TypeAlias = Literal["not_found", "unranked"]
"""`not_found`: no table lists the player. `unranked`: one does, but no table has a value in any row."""


@dataclass(frozen=True, slots=True)
class Found:
    """The result of a look-up."""

    standing: Standing
    type_checked: bool
    """Whether every table that determines the type was requested."""
    name_changed: bool


def look_up(
    fetch: Fetch, state: PlayerState, previous: Snapshot | None, now: datetime, *, active: bool
) -> Found | Missing:
    """Find a player's figures and type.

    A table that lists the player without a value in any row says nothing about the type: it counts as one that does
    not have them.

    One request if the type is known and was checked within the week, and the table has the player. The type is
    checked again weekly, if the known table lacks them, if the name seems to have changed hands, and if an ironman's
    figures do not move although they play (they may have died or left; at most daily). A check with a new result is
    repeated from the widest table on, so that a player who logs out between two requests is not misclassified. If a
    check fails half-way, a valid response from the known table still counts, with the known type.

    Args:
        fetch: requests one table; raises what the client raises.
        state: what is known about the player.
        previous: the last snapshot, or None.
        now: the current time.
        active: whether there was telemetry since the last snapshot.

    Raises:
        UpstreamError: there was no valid response to use.
    """
    listed = False

    def fetch_values(account_type: AccountType) -> Payload | None:
        nonlocal listed
        payload = fetch(account_type)
        if payload is None or not payload.is_unranked:
            return payload
        listed = True
        return None

    return _found(fetch_values, state, previous, now, active=active) or ("unranked" if listed else "not_found")


def _found(fetch: Fetch, state: PlayerState, previous: Snapshot | None, now: datetime, *, active: bool) -> Found | None:
    known = state.account_type
    if known is None or state.type_checked_at is None:
        return _checked(decide(fetch), previous, now)
    payload = fetch(known)
    if payload is None:
        decided = decide(_remembering(fetch, {known: None}))
        if known != "regular" and decided is not None and decided.account_type != known:
            decided = decide(fetch)  # nobody disappears from the ironman tables: was the first response right?
        return _checked(decided, previous, now)
    changed = _changed(payload, previous, now)
    standing = Standing(known, payload)
    if state.type_is_fresh(now) and not changed:
        stale = (now - state.type_checked_at).total_seconds() > DAY_SECONDS
        if not (stale and active and _stands_still(standing, previous)):
            return Found(standing, type_checked=False, name_changed=False)
    try:
        decided = decide(_remembering(fetch, {known: payload}))
        if decided is None or decided.account_type != known:
            decided = decide(fetch)
    except UpstreamError:
        return Found(standing, type_checked=False, name_changed=changed)
    return _checked(decided, previous, now) or Found(standing, type_checked=False, name_changed=changed)


def _checked(standing: Standing | None, previous: Snapshot | None, now: datetime) -> Found | None:
    if standing is None:
        return None
    return Found(standing, type_checked=True, name_changed=_changed(standing.payload, previous, now))


def _stands_still(standing: Standing, previous: Snapshot | None) -> bool:
    if standing.account_type == "regular" or previous is None:
        return False
    return standing.payload.overall == previous.skills.get(OVERALL)


def _changed(payload: Payload, previous: Snapshot | None, now: datetime) -> bool:
    skills = {name: row.experience for name, row in payload.skills.items()}
    activities = {name: row.score for name, row in payload.activities.items()}
    return previous is not None and changed_hands(previous, skills, activities, now)


def _remembering(fetch: Fetch, answers: dict[AccountType, Payload | None]) -> Callable[[AccountType], Payload | None]:
    def fetched(account_type: AccountType) -> Payload | None:
        if account_type in answers:
            return answers[account_type]
        return fetch(account_type)

    return fetched
