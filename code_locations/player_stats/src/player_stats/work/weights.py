"""How many events the owed hours of a portion have, as far as it takes to cut it into equal pieces.

Of hours read before, the ledger knows it. Days never read are counted on the server, a stretch of them at a time.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import day_of_ms, previous_day

from player_stats.domain.cells import covers, hour_label, hour_of
from player_stats.store.counting import hours_between
from player_stats.store.ledger import DayWork

Document: TypeAlias = dict[str, Any]
Hours: TypeAlias = Mapping[str, int]
"""Events by hour "HH"."""

_GROWTH: Final = 4
_MOST_STRETCHES: Final = 8
"""Stretches that are counted for one portion: thousands of days, or as many gaps between them."""


def weigh(
    raw: Database[Document], portion: Sequence[DayWork], budget: int, today: str
) -> tuple[list[DayWork], dict[str, Hours]]:
    """Return the first days of a portion, at least one, that hold about `budget` events, and by day their hours.

    Args:
        raw: the database with raw telemetry.
        portion: owed days, newest first.
        budget: how many events they may hold together; one day is taken however many it has.
        today: the current UTC day.
    """
    hours = {work.day: known_hours(work, today) for work in portion if not _unknown(work)}
    total = stretches = length = 0
    taken: list[DayWork] = []
    for at, work in enumerate(portion):
        if work.day not in hours:
            if taken and stretches == _MOST_STRETCHES:
                break
            stretches += 1
            # As long a stretch as is likely to fill the budget, if it is like what was counted so far.
            likely = (budget - total) * len(taken) // total if total else _GROWTH * length
            length = max(1, min(_GROWTH * length, likely))
            hours |= _counted(raw, _adjacent(portion[at : at + length]))
        events = sum(hours[work.day].values())
        if total and total + events > budget:
            break
        taken.append(work)
        total += events
    return taken, {work.day: hours[work.day] for work in taken}


def known_hours(work: DayWork, today: str) -> Hours:
    """Return what is known of the hours that are read of a day: what was read, or counted when it was noted."""
    cells = work.cells if work.kept_until >= today else None  # without the other hours all are read
    ledger = work.ledger or {}
    seen, expected = Counter[str](), Counter[str]()
    for parts in ledger.get("seen", {}).values():
        for label, part in parts.items():
            if cells is None or covers(cells, label):
                seen[hour_of(label)] += part["n"]
    for label, number in ledger.get("expected", {}).items():
        if cells is None or covers(cells, label):
            expected[hour_of(label)] += number
    return seen | expected  # the greater of both


def _unknown(work: DayWork) -> bool:
    """Whether nothing is known of a day that is read whole; what a look counted there may be the least of it."""
    return work.cells is None and not (work.ledger or {}).get("seen")


def _adjacent(works: Sequence[DayWork]) -> list[str]:
    """The days that were never read as far as each is the day before the one before it."""
    days = [works[0].day]
    for work in takewhile(_unknown, works[1:]):
        if work.day != previous_day(days[-1]):
            break
        days.append(work.day)
    return days


def _counted(raw: Database[Document], days: Sequence[str]) -> dict[str, Hours]:
    hours: dict[str, Counter[str]] = {day: Counter() for day in days}
    for collection in names.RAW_EVENT_COLLECTIONS:
        for at, number, _ in hours_between(raw[collection], days[-1], days[0]):
            hours[day_of_ms(at)][hour_label(at)] += number
    return dict(hours)
