"""The sweeps around New Year: when the whole roster is asked about once more.

What belongs here: the two stretches of time. What does not: who comes first in them (`planner`).

What a player gains in a year is measured from his last snapshot before it. So that it lies close to New Year (UTC),
everyone is due once in the last 36 hours before and once in the first 36 hours after, whatever his interval says.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Final

SWEEP_SECONDS: Final = 36 * 3600.0


@lru_cache(maxsize=4_096)
def next_sweep(asked: float) -> float:
    """When the first sweep begins that begins after a player was asked about, in seconds since the epoch."""
    new_year = _new_year(_year(asked) + 1)
    before = new_year - SWEEP_SECONDS
    return before if before > asked else new_year


def sweep_began(slot: float) -> float | None:
    """When the sweep began in which a slot lies; None outside of both."""
    last, coming = _new_year(_year(slot)), _new_year(_year(slot) + 1)
    if slot < last + SWEEP_SECONDS:
        return last
    return coming - SWEEP_SECONDS if slot >= coming - SWEEP_SECONDS else None


def _year(seconds: float) -> int:
    return datetime.fromtimestamp(seconds, UTC).year


@lru_cache(maxsize=64)
def _new_year(year: int) -> float:
    return datetime(year, 1, 1, tzinfo=UTC).timestamp()
