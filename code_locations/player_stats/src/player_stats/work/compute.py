"""Computing days: which go together in one turn, and when to stop.

What one turn reads and writes is `player_stats.work.turn_of_days`'; what is owed at all is `player_stats.work.plan`'s.
"""

import time
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, next_day, previous_day

from player_stats.store.scopes import time_scope
from player_stats.store.turns import take_turn
from player_stats.work.turn_of_days import Computed, DaysTurn, Told, nothing_told

TURN_EVENTS: Final = 400_000
"""About how many events one turn reads: a server may hold a whole answer in memory, and a killed turn is repeated."""

_GROWTH: Final = 32
"""How many times as many days the next turn takes at most: they may hold far more events than the last ones."""


@dataclass(frozen=True)
class Bounds:
    """After how much no further turn is begun, though more may be owed."""

    events: int | None = None
    seconds: float | None = None


EVERYTHING: Final = Bounds()


def compute(
    mongo: MongoResource,
    days: Sequence[str],
    first_day: str,
    *,
    whole: Container[str] = (),
    bounds: Bounds = EVERYTHING,
    players: frozenset[str] | None = None,
    run_id: str | None = None,
    told: Told = nothing_told,
    now: datetime | None = None,
) -> Computed:
    """Compute days, newest first, adjacent ones together while they are small.

    Args:
        mongo: the opened resource.
        days: UTC days, newest first.
        first_day: the first day that counts.
        whole: days of which all is computed, whatever is owed.
        bounds: where to stop.
        players: chosen player keys, whose whole days are computed; None for everyone, and then for what is owed.
        run_id: the run this is done for.
        told: called with each day that was written.
        now: the present, UTC; by default that of each turn.
    """
    done, begun, length = Computed(), time.monotonic(), 1
    pending = list(days)
    while pending:
        if bounds.events is not None and done.events >= bounds.events:
            break
        if bounds.seconds is not None and time.monotonic() - begun >= bounds.seconds:
            break
        group = _adjacent(pending[:length])
        before = done.events
        scope = time_scope((day_start_ms(group[-1]), day_start_ms(next_day(group[0]))))
        with take_turn(mongo.analytics, run_id, scope) as turn:
            computed = DaysTurn(turn, mongo, first_day, players, TURN_EVENTS, now).compute(group, whole, done, told)
        events = done.events - before
        most = _GROWTH * len(group)
        length = max(1, min(most, len(computed) * TURN_EVENTS // events if events else most))
        pending = [day for day in pending if day not in computed]
    done.seconds = time.monotonic() - begun
    return done


def _adjacent(days: Sequence[str]) -> list[str]:
    """The first days as far as each is the day before the one before it."""
    group = [days[0]]
    for day in days[1:]:
        if day != previous_day(group[-1]):
            break
        group.append(day)
    return group
