"""Decides when a player is logged in on a UTC day.

Belongs here: splitting a day's ticks into sessions. `player` decides what happens on them.
"""

import random
from dataclasses import dataclass

from wrapped_shared.periods import DAY_MS

TICK_MS = 600
EDGE_MS = 300
MAX_TICKS_PER_DAY = 140_000
TICKS_PER_SESSION = 1500


@dataclass(frozen=True)
class Span:
    """Ticks without a pause; `begins` is false if play continues from the day before over midnight."""

    start: int
    ticks: int
    begins: bool


def plan_day(rng: random.Random, day_start: int, ticks: int, *, goes_on: bool) -> tuple[list[Span], bool]:
    """Split a day's ticks into spans with pauses in between.

    Args:
        rng: the day's randomness.
        day_start: the day's first millisecond since the epoch.
        ticks: game ticks of the day, 1..140,000.
        goes_on: whether the player was still logged in when the day began.

    Returns:
        The spans in order, and whether the last one continues past midnight.
    """
    count = min(ticks, 1 + min(4, int(ticks / TICKS_PER_SESSION + rng.random())))
    crosses = rng.random() < 0.3 and (count > 1 or not goes_on)
    cuts = sorted(rng.sample(range(1, ticks), count - 1)) if count > 1 else []
    lengths = [end - begin for begin, end in zip([0, *cuts], [*cuts, ticks], strict=True)]
    weights = [rng.random() + (2.0 if gap == 0 else 0.1) for gap in range(count + 1)]
    if goes_on:
        weights[0] = 0.0
    if crosses:
        weights[-1] = 0.0
    free = DAY_MS - 2 * EDGE_MS - ticks * TICK_MS
    unit = free / sum(weights)
    spans = []
    at = float(day_start + EDGE_MS)
    for number, (length, weight) in enumerate(zip(lengths, weights, strict=False)):
        at += weight * unit
        last = crosses and number == count - 1
        start = day_start + DAY_MS - EDGE_MS - length * TICK_MS if last else int(at)
        spans.append(Span(start, length, number > 0 or not goes_on))
        at += length * TICK_MS
    return spans, crosses
