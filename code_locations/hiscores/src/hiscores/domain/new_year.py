"""The sweeps around New Year: when the whole roster is looked up once more.

What belongs here: the two time ranges. What does not: who comes first in them (`planner`).

A player's gains in a year are measured from their last snapshot before it. To get one close to New Year (UTC), everyone
is due once in the last 36 hours before it and once in the first 36 hours after it, regardless of their interval.
"""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

SWEEP: Final = timedelta(hours=36)


def next_sweep(looked_up: datetime) -> datetime:
    """Return the start of the first sweep that starts after a player was looked up."""
    new_year = _new_year(looked_up.year + 1)
    before = new_year - SWEEP
    return before if before > looked_up else new_year


def sweep_began(slot: datetime) -> datetime | None:
    """Return the start of the sweep that contains a slot; None outside both."""
    last, coming = _new_year(slot.year), _new_year(slot.year + 1)
    if slot < last + SWEEP:
        return last
    return coming - SWEEP if slot >= coming - SWEEP else None


@lru_cache(maxsize=64)
def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC)
