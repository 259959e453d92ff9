"""Computing days: grouping them into turns, and deciding when to stop.

`player_stats.work.day_turn` does the work of one turn; `player_stats.work.plan` decides which days are owed.
"""

import time
from collections.abc import Container, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from player_stats.domain.cells import span_of_days
from player_stats.work.day_turn import TURN_EVENTS, Computed, DayTurn, OnDay, ignore_day
from player_stats.work.hours import Reader
from player_stats.work.pieces import adjacent_days

_GROWTH: Final = 32
"""The largest factor by which the next turn has more days: they may have far more events than the last ones."""


@dataclass(frozen=True)
class Bounds:
    """Limits after which no further turn is started, even if more is owed."""

    events: float = inf
    seconds: float = inf


UNBOUNDED: Final = Bounds()


def compute(
    reader: Reader,
    days: Sequence[str],
    *,
    whole: Container[str] = (),
    bounds: Bounds = UNBOUNDED,
    players: frozenset[str] | None = None,
    on_day: OnDay = ignore_day,
) -> Computed:
    """Compute days, newest first, small adjacent ones together.

    Args:
        reader: the step that computes.
        days: UTC days, newest first.
        whole: days to compute whole, whatever is owed.
        bounds: when to stop.
        players: chosen player keys, whose days are computed whole; None for everyone, and then only the owed parts.
        on_day: called with each day that was written.
    """
    done, started, length = Computed(), time.monotonic(), 1
    pending = list(days)
    while pending and done.events < bounds.events and time.monotonic() - started < bounds.seconds:
        group = adjacent_days(pending[:length])
        before = done.events
        with reader.take_turn(span_of_days(group[-1], group[0])) as turn:
            computed = DayTurn(turn, reader, players, done, on_day).compute(group, whole)
        events = done.events - before
        longest = _GROWTH * len(group)
        length = max(1, min(longest, len(computed) * TURN_EVENTS // events if events else longest))
        pending = [day for day in pending if day not in computed]
    done.seconds = time.monotonic() - started
    return done
