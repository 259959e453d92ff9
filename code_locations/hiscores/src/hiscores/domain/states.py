"""How matters stand with one player, and how an asking changes that.

What belongs here: the transitions. What does not: intervals (`planner`), and the document (`store.players`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from wrapped_shared.vocabulary import AccountType

from hiscores.domain.planner import RECHECK_TYPE_SECONDS, Candidate, due_at, quiet_days_after
from hiscores.domain.roster import Tracked

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""When a player is due who is not tracked."""


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What is remembered of one player between runs; slots and times are UTC."""

    key: str
    player: str
    outcome: str | None = None
    """Of the last asking; None = never asked."""
    name_changed: bool = False
    """Whether the last snapshot showed another account than the one before."""
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
        """The status of the data contract."""
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
        state: the state before.
        slot: of the snapshot.
        at: when it was taken.
        account_type: as found or known.
        type_checked: whether all tables that tell the type were asked.
        name_changed: whether the snapshot shows another account than the one before.
        active: whether there was telemetry since the snapshot before.
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
    """The state once a player was asked about in vain; whom no table has must have his type checked anew."""
    return replace(
        state,
        outcome=outcome,
        checked_at=at,
        type_checked_at=None if outcome == "not_found" else state.type_checked_at,
        failures=state.failures + 1,
        asked_slot=_later(state.asked_slot, slot),
    )


def after_unranked(state: PlayerState, *, slot: datetime, at: datetime) -> PlayerState:
    """The state once a player was found to be listed without a value: a sound answer, which nothing is stored of."""
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
    """What the planner has to know; an unranked player is planned like a quiet one, whatever their telemetry says."""
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
    """When the player is due again; never where no source names them, as with a stranger asked about by hand."""
    if not tracked.sources:
        return NEVER
    return datetime.fromtimestamp(due_at(candidate(state, tracked, tracked.first_seen)), UTC)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()
