"""One player's look-up: which tables to ask now, given what is known of him.

What belongs here: the one request once the type is known, the weekly check, and what a failure half-way means.
What does not: HTTP and MongoDB; asking is passed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, TypeAlias

from wrapped_shared.http.errors import UpstreamError
from wrapped_shared.vocabulary import AccountType

from hiscores.domain.account_type import Ask, Standing, decide
from hiscores.domain.payload import Payload
from hiscores.domain.rows import OVERALL
from hiscores.domain.series import changed_hands
from hiscores.domain.snapshots import Snapshot
from hiscores.domain.states import PlayerState

DAY_SECONDS: Final = 86_400.0

Missing: TypeAlias = Literal["not_found", "unranked"]
"""`not_found`: no table lists the player. `unranked`: one does, and no table tells a value of any row."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look-up found."""

    standing: Standing
    type_checked: bool
    """Whether every table that tells the type was asked."""
    name_changed: bool


def look_up(ask: Ask, state: PlayerState, previous: Snapshot | None, now: datetime, *, active: bool) -> Found | Missing:
    """Find a player's figures and type.

    A table that lists the player without a value in any row says nothing of the type: it counts as one that does not
    have them.

    One request where the type is known and was checked within the week, and the table has him. The type is
    checked anew weekly, when the known table lacks him, when the name seems to have changed hands, and when an
    ironman's figures stand still although he plays (he may have died or left; at most daily). A check that
    says something new is made once more from the widest table on, so that a player who logs out between two
    requests is not taken for what he is not. Where a check fails half-way, a sound answer of the known table
    still counts, with the known type.

    Args:
        ask: asks one table; raises what the client raises.
        state: what is known.
        previous: the last snapshot, None for none.
        now: the time.
        active: whether there was telemetry since the last snapshot.

    Raises:
        UpstreamError: there was no sound answer to go by.
    """
    listed = False

    def ask_for_values(account_type: AccountType) -> Payload | None:
        nonlocal listed
        payload = ask(account_type)
        if payload is None or not payload.is_unranked:
            return payload
        listed = True
        return None

    return _found(ask_for_values, state, previous, now, active=active) or ("unranked" if listed else "not_found")


def _found(ask: Ask, state: PlayerState, previous: Snapshot | None, now: datetime, *, active: bool) -> Found | None:
    known = state.account_type
    if known is None or state.type_checked_at is None:
        return _checked(decide(ask), previous, now)
    payload = ask(known)
    if payload is None:
        decided = decide(_remembering(ask, {known: None}))
        if known != "regular" and decided is not None and decided.account_type != known:
            decided = decide(ask)  # nobody leaves the ironman tables: was the first answer right?
        return _checked(decided, previous, now)
    changed = _changed(payload, previous, now)
    standing = Standing(known, payload)
    if state.type_is_fresh(now) and not changed:
        stale = (now - state.type_checked_at).total_seconds() > DAY_SECONDS
        if not (stale and active and _stands_still(standing, previous)):
            return Found(standing, type_checked=False, name_changed=False)
    try:
        decided = decide(_remembering(ask, {known: payload}))
        if decided is None or decided.account_type != known:
            decided = decide(ask)
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


def _remembering(ask: Ask, answers: dict[AccountType, Payload | None]) -> Callable[[AccountType], Payload | None]:
    def asked(account_type: AccountType) -> Payload | None:
        if account_type in answers:
            return answers[account_type]
        return ask(account_type)

    return asked
