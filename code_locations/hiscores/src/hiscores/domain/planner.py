"""Which players a run looks up, and when each is due again.

What belongs here: intervals, back-off, order and budget. What does not: where the facts come from, and HTTP.

The rules, all counted from *slots* (a run's nominal time), so that a player's schedule does not drift by the minutes
that a run takes to reach them:

- a player who was never looked up is due at once;
- a player with telemetry since their last snapshot is due a day after it;
- a quiet player after 1, 2, 4 and then always 7 days;
- a player not found on the hiscores after 1, 2, 4, 8, 16 and then always 28 days from the lookup;
- a player without a valid response after 1, 2, 4, 8, 16 and then always 24 hours from the lookup;
- everyone is due when a sweep around New Year begins (`new_year`).

If the budget does not suffice for everyone, active players go first and a fixed share is reserved for the others: the
number of inactive players does not slow down the active ones, and nobody waits forever. In both groups, players never
looked up come first, then those due the longest. In a sweep, players not yet looked up in it go first, starting with
those who played most recently: a year's gains depend on their snapshots.
"""

import heapq
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from hiscores.domain.new_year import next_sweep, sweep_began
from hiscores.domain.roster import Tracked
from hiscores.domain.states import ALWAYS, NEVER, PlayerState

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
LONGEST_NOT_FOUND_DAYS: Final = 28
LONGEST_TROUBLE_HOURS: Final = 24
OVERDUE_INTERVALS: Final = 3
QUIET_SHARE: Final = 1 / 8
"""The share of a run's requests reserved for inactive players when both groups are waiting: enough that everyone is
looked up eventually, and small enough to leave active players what they need."""
TROUBLE: Final = ("unavailable", "blocked", "format_changed")


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


def interval(state: PlayerState) -> timedelta:
    """Return the time between the last lookup and the next, from what is known now."""
    if state.outcome is None:
        return DAY
    if state.outcome == "not_found":
        return _doubling(state.failures, LONGEST_NOT_FOUND_DAYS) * DAY
    if state.outcome in TROUBLE:
        return _doubling(state.failures, LONGEST_TROUBLE_HOURS) * HOUR
    return DAY if _plays(state) else state.quiet_days * DAY


def goes_first(state: PlayerState) -> bool:
    """Return whether a player's snapshot is urgent: they play, and some table may have them."""
    return _plays(state) and state.outcome != "not_found"


def _plays(state: PlayerState) -> bool:
    """Return whether telemetry brings the next lookup forward; an unranked player is planned like a quiet one."""
    return state.is_active and state.outcome != "unranked"


def due_at(state: PlayerState) -> datetime:
    """Return when the player is due; one never looked up has been due since they were first seen."""
    if state.outcome is None or state.asked_slot is None:
        return state.first_seen
    start = state.snapshot_slot if state.outcome == "ok" else state.asked_slot
    due = (state.asked_slot if start is None else start) + interval(state)
    return min(due, next_sweep(state.asked_slot))


def next_due(state: PlayerState, tracked: Tracked) -> datetime:
    """Return when the player is due again; never if no source names them, such as a stranger looked up by hand."""
    return due_at(state.tracked_as(tracked)) if tracked.sources else NEVER


def expected_requests(state: PlayerState, slot: datetime) -> int:
    """Return how many requests a player most likely takes: one if the type is known, else main and ironman table."""
    return 1 if state.type_is_fresh(slot) else 2


def overdue_intervals(state: PlayerState, now: datetime) -> float:
    """Return how many of their own intervals a player is overdue; 0 if they are not."""
    return max(0.0, (now - due_at(state)) / interval(state))


def plan(players: Iterable[PlayerState], slot: datetime, budget: int) -> Plan:
    """Choose the players to look up in a run.

    Args:
        players: everyone tracked; players already looked up for this slot or a later one are skipped.
        slot: the run's slot.
        budget: the maximum number of requests for the run; at least one player is chosen if any is due.
    """
    due = [
        (moment, state)
        for state in players
        if (moment := due_at(state)) <= slot or state.outcome is None
        if state.asked_slot is None or state.asked_slot < slot
    ]
    chosen: list[str] = []
    requests = 0
    for state in _in_order(due, slot, budget):
        needed = expected_requests(state, slot)
        if chosen and requests + needed > budget:
            break
        requests += needed
        chosen.append(state.key)
    waiting = [slot - moment for moment, state in due if state.outcome is not None]
    return Plan(
        chosen=tuple(chosen),
        due=len(due),
        left=len(due) - len(chosen),
        never_asked=len(due) - len(waiting),
        most_overdue_seconds=max(waiting, default=timedelta()).total_seconds(),
    )


def _in_order(due: Sequence[tuple[datetime, PlayerState]], slot: datetime, most: int) -> Iterator[PlayerState]:
    """Yield the players who are due, most urgent first; at most `most` active ones and `most` others."""
    began = sweep_began(slot)
    if began is not None:
        swept = heapq.nsmallest(most, due, key=lambda item: _sweep_order(item[1], began))
        yield from (state for _, state in swept)
        return

    first: list[tuple[datetime, PlayerState]] = []
    others: list[tuple[datetime, PlayerState]] = []
    for item in due:
        (first if goes_first(item[1]) else others).append(item)
    queues = (heapq.nsmallest(most, queue, key=_queue_order) for queue in (first, others))
    yield from _shared_out(slot, *(deque(state for _, state in queue) for queue in queues))


def _queue_order(item: tuple[datetime, PlayerState]) -> tuple[bool, datetime, str]:
    due, state = item
    return state.outcome is not None, due, state.key


def _sweep_order(state: PlayerState, began: datetime) -> tuple[bool, bool, timedelta, str]:
    looked_up = state.asked_slot is not None and state.asked_slot >= began
    latest = state.last_telemetry if state.outcome != "unranked" else None
    return looked_up, state.outcome == "not_found", NEVER - (latest or ALWAYS), state.key


def _shared_out(slot: datetime, first: deque[PlayerState], others: deque[PlayerState]) -> Iterator[PlayerState]:
    """Merge both queues: the others go next whenever they have had less than their share of the requests so far."""
    spent = on_others = 0
    while first or others:
        if others and (not first or on_others < QUIET_SHARE * spent):
            state = others.popleft()
            on_others += expected_requests(state, slot)
        else:
            state = first.popleft()
        spent += expected_requests(state, slot)
        yield state


def _doubling(failures: int, longest: int) -> int:
    """Return 1, 2, 4, ... capped at `longest`."""
    steps = min(max(failures, 1) - 1, longest.bit_length())
    return min(1 << steps, longest)
