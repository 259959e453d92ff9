"""Which players a run looks up, and when each is due again.

What belongs here: intervals, back-off, order and budget. What does not: where the facts come from, and HTTP.

The rules, all counted from *slots* (a run's nominal time), so that a player's schedule does not drift by the minutes
that a run takes to reach them:

- a player who was never looked up is due at once;
- a player with telemetry since their last snapshot is due a day after it;
- a quiet player after 1, 2, 4 and then always 7 days;
- a player not found on the hiscores after 1, 2, 4, 8, 16 and then always 28 days from the look-up;
- a player without a valid response after 1, 2, 4, 8, 16 and then always 24 hours from the look-up;
- everyone is due when a sweep around New Year begins (`new_year`).

If the budget does not suffice for everyone, active players go first and a fixed share is reserved for the others: the
number of inactive players does not slow down the active ones, and nobody waits forever. In both groups, players never
looked up come first, then those due the longest. In a sweep, players not yet looked up in it go first, starting with
those who played most recently: a year's gains depend on their snapshots.
"""

import heapq
import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from hiscores.domain.new_year import next_sweep, sweep_began

HOUR: Final = 3600.0
DAY: Final = 24 * HOUR
LONGEST_QUIET_DAYS: Final = 7
LONGEST_NOT_FOUND_DAYS: Final = 28
LONGEST_TROUBLE_HOURS: Final = 24
RECHECK_TYPE_SECONDS: Final = 7 * DAY
OVERDUE_INTERVALS: Final = 3
QUIET_SHARE: Final = 1 / 8
"""The share of a run's requests reserved for inactive players when both groups are waiting: enough that everyone is
looked up eventually, and small enough to leave active players what they need."""
TROUBLE: Final = ("unavailable", "blocked", "format_changed")


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the planner knows about one player; times are seconds since the epoch, None = never."""

    key: str
    first_seen: float
    last_telemetry: float | None = None
    outcome: str | None = None
    """Result of the last look-up: `ok`, `not_found`, or a failure; None = never looked up."""
    failures: int = 0
    """Consecutive look-ups without a snapshot."""
    asked_slot: float | None = None
    snapshot_slot: float | None = None
    snapshot_at: float | None = None
    """When the last snapshot was actually taken; telemetry after it makes the player active."""
    quiet_days: int = 1
    """Days until the next snapshot if the player stays quiet."""
    known_type: bool = False
    """Whether one request is enough: the type is known and was checked within the week."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one run does, and how far behind the roster is."""

    chosen: tuple[str, ...]
    """Most urgent first; any prefix of it is a valid choice too, for a run that runs out of time."""
    due: int
    """Players due at the slot."""
    left: int
    """Due players who do not fit into the budget."""
    never_asked: int
    """Due players who were never looked up."""
    most_overdue_seconds: float
    """How long the most overdue previously looked-up player has been waiting."""
    expected_requests: int


def interval(candidate: Candidate) -> float:
    """Seconds between the last look-up and the next, from what is known now."""
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


def goes_first(candidate: Candidate) -> bool:
    """Whether a player's snapshot is urgent: they play, and some table may have them."""
    return is_active(candidate) and candidate.outcome != "not_found"


def due_at(candidate: Candidate) -> float:
    """When the player is due; one never looked up has been due since they were first seen."""
    if candidate.outcome is None or candidate.asked_slot is None:
        return candidate.first_seen
    start = candidate.snapshot_slot if candidate.outcome == "ok" else candidate.asked_slot
    due = (candidate.asked_slot if start is None else start) + interval(candidate)
    return min(due, next_sweep(candidate.asked_slot))


def quiet_days_after(previous: int, *, active: bool, first: bool) -> int:
    """Days until the next snapshot of a player who stays quiet, after a snapshot was taken.

    Args:
        previous: the previous value.
        active: whether there was telemetry between the snapshot before and this one.
        first: whether this is the first snapshot.
    """
    return 1 if active or first else min(2 * previous, LONGEST_QUIET_DAYS)


def expected_requests(candidate: Candidate) -> int:
    """How many requests a player most likely takes: one if the type is known, else main and ironman table."""
    return 1 if candidate.known_type else 2


def overdue_intervals(candidate: Candidate, now: float) -> float:
    """How many of their own intervals a player is overdue; 0 if they are not."""
    return max(0.0, (now - due_at(candidate)) / interval(candidate))


def plan(candidates: Iterable[Candidate], slot: float, budget: int) -> Plan:
    """Choose the players to look up in a run.

    Args:
        candidates: everyone tracked; players already looked up for this slot or a later one are skipped.
        slot: the run's slot, in seconds since the epoch.
        budget: the maximum number of requests for the run; at least one player is chosen if any is due.
    """
    due = [
        (moment, candidate)
        for candidate in candidates
        if (moment := due_at(candidate)) <= slot or candidate.outcome is None
        if candidate.asked_slot is None or candidate.asked_slot < slot
    ]
    chosen: list[str] = []
    requests = 0
    for candidate in _in_order(due, slot, budget):
        needed = expected_requests(candidate)
        if chosen and requests + needed > budget:
            break
        requests += needed
        chosen.append(candidate.key)
    waiting = [slot - moment for moment, candidate in due if candidate.outcome is not None]
    return Plan(
        tuple(chosen),
        len(due),
        len(due) - len(chosen),
        len(due) - len(waiting),
        max(waiting, default=0.0),
        requests,
    )


def _in_order(due: Sequence[tuple[float, Candidate]], slot: float, most: int) -> Iterator[Candidate]:
    """The players who are due, most urgent first; at most `most` active ones and `most` others."""
    began = sweep_began(slot)
    if began is not None:
        swept = heapq.nsmallest(most, due, key=lambda item: _sweep_order(item[1], began))
        yield from (candidate for _, candidate in swept)
        return

    first: list[tuple[float, Candidate]] = []
    others: list[tuple[float, Candidate]] = []
    for item in due:
        (first if goes_first(item[1]) else others).append(item)
    queues = (heapq.nsmallest(most, queue, key=_queue_order) for queue in (first, others))
    yield from _shared_out(*(deque(candidate for _, candidate in queue) for queue in queues))


def _queue_order(item: tuple[float, Candidate]) -> tuple[bool, float, str]:
    due, candidate = item
    return candidate.outcome is not None, due, candidate.key


def _sweep_order(candidate: Candidate, began: float) -> tuple[bool, bool, float, str]:
    looked_up = candidate.asked_slot is not None and candidate.asked_slot >= began
    latest = -math.inf if candidate.last_telemetry is None else candidate.last_telemetry
    return looked_up, candidate.outcome == "not_found", -latest, candidate.key


def _shared_out(first: deque[Candidate], others: deque[Candidate]) -> Iterator[Candidate]:
    """Merge both queues: the others go next whenever they have had less than their share of the requests so far."""
    spent = on_others = 0
    while first or others:
        if others and (not first or on_others < QUIET_SHARE * spent):
            candidate = others.popleft()
            on_others += expected_requests(candidate)
        else:
            candidate = first.popleft()
        spent += expected_requests(candidate)
        yield candidate


def _doubling(failures: int, longest: int) -> int:
    """1, 2, 4, ... capped at `longest`."""
    steps = max(failures, 1) - 1
    return longest if steps > math.log2(longest) else min(2**steps, longest)
