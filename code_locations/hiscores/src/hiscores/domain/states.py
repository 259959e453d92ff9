"""The scrape state of one player, and how a look-up changes it.

What belongs here: the transitions. What does not: intervals (`planner`), and the document (`store.players`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from wrapped_shared.vocabulary import AccountType

from hiscores.domain.planner import RECHECK_TYPE_SECONDS, Candidate, due_at, quiet_days_after
from hiscores.domain.roster import Tracked

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""The due time of a player who is not tracked."""


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What is stored about one player between runs; slots and times are UTC."""

    key: str
    player: str
    outcome: str | None = None
    """Result of the last look-up; None = never looked up."""
    name_changed: bool = False
    """Whether the last snapshot showed a different account from the one before."""
    checked_at: datetime | None = None
    account_type: AccountType | None = None
    type_checked_at: datetime | None = None
    failures: int = 0
    asked_slot: datetime | None = None
    snapshot_slot: datetime | None = None
    snapshot_at: datetime | None = None
    quiet_days: int = 1

    @property
    def status(self) -> str:
        """The status as defined in the data contract."""
        if self.outcome == "ok":
            return "name_changed" if self.name_changed else "ok"
        return "unavailable" if self.outcome == "format_changed" else str(self.outcome)

    def type_is_fresh(self, now: datetime) -> bool:
        """Whether the type is known and was checked within the week."""
        return (
            self.account_type is not None
            and self.type_checked_at is not None
            and (now - self.type_checked_at).total_seconds() < RECHECK_TYPE_SECONDS
        )


def after_snapshot(
    state: PlayerState,
    *,
    slot: datetime,
    at: datetime,
    account_type: AccountType,
    type_checked: bool,
    name_changed: bool,
    active: bool,
) -> PlayerState:
    """The state once a snapshot is stored.

    Args:
        state: the previous state.
        slot: the snapshot's slot.
        at: when it was taken.
        account_type: as found or known.
        type_checked: whether all tables that determine the type were requested.
        name_changed: whether the snapshot shows a different account from the one before.
        active: whether there was telemetry since the previous snapshot.
    """
    return replace(
        state,
        outcome="ok",
        name_changed=name_changed,
        checked_at=at,
        account_type=account_type,
        type_checked_at=at if type_checked else state.type_checked_at,
        failures=0,
        asked_slot=_later(state.asked_slot, slot),
        snapshot_slot=slot,
        snapshot_at=at,
        quiet_days=quiet_days_after(state.quiet_days, active=active, first=state.snapshot_at is None),
    )


def after_failure(state: PlayerState, *, slot: datetime, at: datetime, outcome: str) -> PlayerState:
    """The state after a failed look-up; a player on no table must have their type checked again."""
    return replace(
        state,
        outcome=outcome,
        checked_at=at,
        type_checked_at=None if outcome == "not_found" else state.type_checked_at,
        failures=state.failures + 1,
        asked_slot=_later(state.asked_slot, slot),
    )


def after_unranked(state: PlayerState, *, slot: datetime, at: datetime) -> PlayerState:
    """The state after a player was listed without a value: a valid response, but nothing is stored from it."""
    return replace(
        state,
        outcome="unranked",
        checked_at=at,
        type_checked_at=None,
        failures=0,
        asked_slot=_later(state.asked_slot, slot),
        quiet_days=quiet_days_after(state.quiet_days, active=False, first=state.asked_slot is None),
    )


def candidate(state: PlayerState | None, tracked: Tracked, now: datetime) -> Candidate:
    """What the planner needs to know; an unranked player is planned like a quiet one, regardless of telemetry."""
    if state is None:
        return Candidate(tracked.key, _seconds(tracked.first_seen) or 0.0, _seconds(tracked.last_telemetry))
    if state.outcome == "unranked":
        state = replace(state, outcome="ok", snapshot_slot=state.asked_slot, snapshot_at=state.checked_at)
        tracked = replace(tracked, last_telemetry=None)
    return Candidate(
        tracked.key,
        _seconds(tracked.first_seen) or 0.0,
        _seconds(tracked.last_telemetry),
        state.outcome,
        state.failures,
        _seconds(state.asked_slot),
        _seconds(state.snapshot_slot),
        _seconds(state.snapshot_at),
        state.quiet_days,
        state.type_is_fresh(now),
    )


def next_due(state: PlayerState, tracked: Tracked) -> datetime:
    """When the player is due again; never if no source names them, such as a stranger looked up by hand."""
    if not tracked.sources:
        return NEVER
    return datetime.fromtimestamp(due_at(candidate(state, tracked, tracked.first_seen)), UTC)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
