"""The sweeps around New Year: when the whole roster is looked up once more.

What belongs here: the two time ranges. What does not: who comes first in them (`planner`).

A player's gains in a year are measured from their last snapshot before it. To get one close to New Year (UTC), everyone
is due once in the last 36 hours before it and once in the first 36 hours after it, regardless of their interval.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

SWEEP_SECONDS: Final = 36 * 3600.0


@lru_cache(maxsize=4_096)
def next_sweep(looked_up: float) -> float:
    """The start of the first sweep that starts after a player was looked up, in seconds since the epoch."""
    new_year = _new_year(_year(looked_up) + 1)
    before = new_year - SWEEP_SECONDS
    return before if before > looked_up else new_year


def sweep_began(slot: float) -> float | None:
    """The start of the sweep that contains a slot; None outside both."""
    last, coming = _new_year(_year(slot)), _new_year(_year(slot) + 1)
    if slot < last + SWEEP_SECONDS:
        return last
    return coming - SWEEP_SECONDS if slot >= coming - SWEEP_SECONDS else None


def _year(seconds: float) -> int:
    return datetime.fromtimestamp(seconds, UTC).year


@lru_cache(maxsize=64)
def _new_year(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()
