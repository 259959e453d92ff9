"""Which players a run asks about, and when each is due again.

What belongs here: intervals, back-off, order and budget. What does not: where the facts come from, and
asking.

The rules, all counted from *slots* (a run's nominal time), so that a player does not slip by the minutes
which a run takes to reach him:

- a player never asked about is due at once, before everyone else, in the order of first being seen;
- a player with telemetry since his last snapshot is due a day after it;
- a quiet one after 1, 2, 4 and then always 7 days;
- one whom the hiscores did not know after 1, 2, 4, 8, 16 and then always 28 days from asking;
- one about whom there was no sound answer after 1, 2, 4, 8, 16 and then always 24 hours from asking.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
LONGEST_QUIET_DAYS: Final = 7
LONGEST_NOT_FOUND_DAYS: Final = 28
LONGEST_TROUBLE_HOURS: Final = 24
RECHECK_TYPE_SECONDS: Final = 7 * DAY
OVERDUE_INTERVALS: Final = 3
TROUBLE: Final = ("unavailable", "blocked", "format_changed")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the planner knows of one player; times are seconds since the epoch, None = never."""

    key: str
    first_seen: float
    last_telemetry: float | None = None
    outcome: str | None = None
    """Of the last time he was asked about: `ok`, `not_found`, or trouble; None = never asked."""
    failures: int = 0
    """Consecutive times without a snapshot."""
    asked_slot: float | None = None
    snapshot_slot: float | None = None
    snapshot_at: float | None = None
    """When the last snapshot was really taken; telemetry after it makes him active."""
    quiet_days: int = 1
    """Days until the next snapshot if he stays quiet."""
    known_type: bool = False
    """Whether one request will do: his type is known and was checked within the week."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run does, and how far behind the roster is."""

    chosen: tuple[str, ...]
    """Most overdue first."""
    due: int
    """Players due at the slot."""
    left: int
    """Due players who do not fit into the budget."""
    never_asked: int
    """Of the due, those never asked about."""
    most_overdue_seconds: float
    """How long the most overdue of those asked about before has been waiting."""
    expected_requests: int


def interval(candidate: Candidate) -> float:
    """Seconds between the last asking and the next, from what is known now."""
    if candidate.outcome is None:
        return DAY
    if candidate.outcome == "not_found":
        return _doubling(candidate.failures, LONGEST_NOT_FOUND_DAYS) * DAY
    if candidate.outcome in TROUBLE:
        return _doubling(candidate.failures, LONGEST_TROUBLE_HOURS) * HOUR
    return DAY if is_active(candidate) else candidate.quiet_days * DAY


def is_active(candidate: Candidate) -> bool:
    """Whether there is telemetry since the last snapshot."""
    if candidate.last_telemetry is None:
        return False
    return candidate.snapshot_at is None or candidate.last_telemetry > candidate.snapshot_at


def due_at(candidate: Candidate) -> float:
    """When the player is due; one never asked about has been since he was first seen."""
    if candidate.outcome is None or candidate.asked_slot is None:
        return candidate.first_seen
    start = candidate.snapshot_slot if candidate.outcome == "ok" else candidate.asked_slot
    return (candidate.asked_slot if start is None else start) + interval(candidate)


def quiet_days_after(previous: int, *, active: bool, first: bool) -> int:
    """Days until the next snapshot of a player who stays quiet, after a snapshot was taken.

    Args:
        previous: what it was before.
        active: whether there was telemetry between the snapshot before and this one.
        first: whether this is the first snapshot.
    """
    return 1 if active or first else min(2 * previous, LONGEST_QUIET_DAYS)


def expected_requests(candidate: Candidate) -> int:
    """How many requests a player most likely takes: one once the type is known, else main and ironman table."""
    return 1 if candidate.known_type else 2


def priority(candidate: Candidate) -> tuple[bool, float, str]:
    """Sorts the most urgent first: never asked about, then by how long overdue."""
    return candidate.outcome is not None, due_at(candidate), candidate.key


def overdue_intervals(candidate: Candidate, now: float) -> float:
    """How many of his own intervals a player is overdue; 0 where he is not."""
    return max(0.0, (now - due_at(candidate)) / interval(candidate))


def plan(candidates: Iterable[Candidate], slot: float, budget: int) -> Plan:
    """Choose whom to ask about in a run.

    Args:
        candidates: everyone tracked; whoever was asked about for this slot or a later one is passed over.
        slot: the run's slot, in seconds since the epoch.
        budget: the most requests that the run should need; at least one player is chosen where one is due.
    """
    due = [
        candidate
        for candidate in candidates
        if candidate.outcome is None
        or (due_at(candidate) <= slot and (candidate.asked_slot is None or candidate.asked_slot < slot))
    ]
    due.sort(key=priority)
    chosen: list[str] = []
    requests = 0
    for candidate in due:
        needed = expected_requests(candidate)
        if chosen and requests + needed > budget:
            break
        requests += needed
        chosen.append(candidate.key)
    waiting = [slot - due_at(candidate) for candidate in due if candidate.outcome is not None]
    return Plan(
        tuple(chosen),
        len(due),
        len(due) - len(chosen),
        len(due) - len(waiting),
        max(waiting, default=0.0),
        requests,
    )


def _doubling(failures: int, longest: int) -> int:
    """1, 2, 4, ... capped at `longest`."""
    steps = max(failures, 1) - 1
    return longest if steps > math.log2(longest) else min(2**steps, longest)
