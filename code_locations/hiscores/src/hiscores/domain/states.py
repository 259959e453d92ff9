"""The state of one player, and how a lookup changes it.

What belongs here: the transitions. What does not: when a player is due (`planner`), and the document (`store.players`).
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final, Self

from wrapped_shared.vocabulary import AccountType, ScrapeOutcome, ScrapeStatus

from hiscores.domain.roster import Tracked

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""The due time of a player who is not tracked."""
ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
LONGEST_QUIET_DAYS: Final = 7
TYPE_LASTS: Final = timedelta(days=7)
"""How long a checked account type counts as known."""


@dataclass(frozen=True, slots=True)
class PlayerState:
    """What is known about one player, from earlier lookups and from the roster; slots and times are UTC."""

    key: str
    player: str
    outcome: ScrapeOutcome | None = None
    """Result of the last lookup: `ok`, `not_found`, `unranked` or a failure; None = never looked up."""
    name_changed: bool = False
    """Whether the last snapshot showed a different account from the one before."""
    checked_at: datetime | None = None
    account_type: AccountType | None = None
    type_checked_at: datetime | None = None
    failures: int = 0
    """Consecutive lookups without a snapshot."""
    asked_slot: datetime | None = None
    snapshot_slot: datetime | None = None
    snapshot_at: datetime | None = None
    """When the last snapshot was actually taken; telemetry after it makes the player active."""
    quiet_days: int = 1
    """Days until the next snapshot if the player stays quiet."""
    first_seen: datetime = ALWAYS
    """From the roster, like `last_telemetry`; neither is stored with the state."""
    last_telemetry: datetime | None = None

    def tracked_as(self, tracked: Tracked) -> Self:
        """Return the state with what the roster says about the player."""
        return replace(
            self, player=tracked.player, first_seen=tracked.first_seen, last_telemetry=tracked.last_telemetry
        )

    @property
    def is_active(self) -> bool:
        """Whether there is telemetry since the last snapshot."""
        if self.last_telemetry is None:
            return False
        return self.snapshot_at is None or self.last_telemetry > self.snapshot_at

    @property
    def status(self) -> ScrapeStatus:
        """The status as defined in the data contract, of a player who was looked up."""
        if self.outcome == "ok":
            return "name_changed" if self.name_changed else "ok"
        return "unavailable" if self.outcome is None or self.outcome == "format_changed" else self.outcome

    def type_is_fresh(self, now: datetime) -> bool:
        """Return whether the type is known and was checked within the week."""
        return (
            self.account_type is not None
            and self.type_checked_at is not None
            and now - self.type_checked_at < TYPE_LASTS
        )


def after_snapshot(
    state: PlayerState,
    *,
    slot: datetime,
    at: datetime,
    account_type: AccountType,
    type_checked: bool,
    name_changed: bool,
) -> PlayerState:
    """Return the state once a snapshot is stored.

    Args:
        state: the previous state.
        slot: the snapshot's slot.
        at: when it was taken.
        account_type: as found or known.
        type_checked: whether all tables that determine the type were requested.
        name_changed: whether the snapshot shows a different account from the one before.
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
        quiet_days=quiet_days_after(state.quiet_days, active=state.is_active, first=state.snapshot_at is None),
    )


def after_nothing(state: PlayerState, *, slot: datetime, at: datetime, outcome: ScrapeOutcome) -> PlayerState:
    """Return the state after a lookup that found no figures.

    Where no table has any, the type must be checked again. That a player is listed without a value is a valid response
    and no failure: they are planned like a quiet one.
    """
    unranked = outcome == "unranked"
    quiet_days = quiet_days_after(state.quiet_days, active=False, first=state.asked_slot is None)
    return replace(
        state,
        outcome=outcome,
        checked_at=at,
        type_checked_at=None if outcome in ("not_found", "unranked") else state.type_checked_at,
        failures=0 if unranked else state.failures + 1,
        asked_slot=_later(state.asked_slot, slot),
        quiet_days=quiet_days if unranked else state.quiet_days,
    )


def quiet_days_after(previous: int, *, active: bool, first: bool) -> int:
    """Return days until the next snapshot of a player who stays quiet, after a snapshot was taken.

    Args:
        previous: the previous value.
        active: whether there was telemetry between the snapshot before and this one.
        first: whether this is the first snapshot.
    """
    return 1 if active or first else min(2 * previous, LONGEST_QUIET_DAYS)


def _later(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)
