"""The seal: up to which day results are never recomputed, because their events may have been deleted.

What counts events that arrive for sealed days is the business of `player_stats`.
"""

from typing import Any, Final

from pymongo.database import Database

from wrapped_shared.collections import SEALED
from wrapped_shared.periods import is_day
from wrapped_shared.stored.player_stats import SealFields

_RAW: Final = {"_id": "raw"}


class SealRefused(Exception):
    """Days cannot be sealed or their events removed now; the message is one line that says what to do."""


def sealed_before(analytics: Database[Any]) -> str | None:
    """Return the first day that is not sealed, or None if nothing is sealed."""
    before = (analytics[SEALED].find_one(_RAW) or {}).get("before")
    return before if is_day(before) else None


def first_open_day(analytics: Database[Any], first_day: str) -> str:
    """Return the first day that may be computed: the later of the first day that counts and the first not sealed."""
    return max(first_day, sealed_before(analytics) or first_day)


def seal(analytics: Database[Any], before: str) -> None:
    """Seal the days before one, forever: the seal never moves back."""
    analytics[SEALED].update_one(_RAW, {"$max": SealFields(before=before)}, upsert=True)
