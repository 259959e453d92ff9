"""Estimating how many events the owed hours of a portion have, to cut it into equal pieces.

The ledger knows this for hours that were read before. Days that were never read are counted on the server, one range
of days at a time.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Final, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.periods import day_of_ms

from player_stats.domain.cells import covers, hour_label, hour_of
from player_stats.domain.mappings import summed
from player_stats.store.counting import hours_between
from player_stats.store.ledger import DayWork
from player_stats.work.pieces import adjacent_days

Hours: TypeAlias = Mapping[str, int]
"""Events by hour "HH"."""

_GROWTH: Final = 4
_MAX_RANGES: Final = 8
"""Maximum number of ranges counted for one portion: enough for thousands of days with few gaps."""


def weigh(
    raw: Database[Document], portion: Sequence[DayWork], budget: int, today: str
) -> tuple[list[DayWork], dict[str, Hours]]:
    """Return the first days of a portion with about `budget` events, at least one, and the events of their hours.

    Args:
        raw: the database with raw telemetry.
        portion: owed days, newest first.
        budget: how many events the days may have together; at least one day is taken, whatever its size.
        today: the current UTC day.
    """
    hours = {work.day: known_hours(work, today) for work in portion if not _unknown(work)}
    total = ranges = length = 0
    taken: list[DayWork] = []
    for at, work in enumerate(portion):
        if work.day not in hours:
            if taken and ranges == _MAX_RANGES:
                break
            ranges += 1
            # Long enough to fill the budget, if its days are like those counted so far.
            expected = (budget - total) * len(taken) // total if total else _GROWTH * length
            length = max(1, min(_GROWTH * length, expected))
            unread = [other.day for other in takewhile(_unknown, portion[at : at + length])]
            hours |= _counted(raw, adjacent_days(unread))
        events = sum(hours[work.day].values())
        if total and total + events > budget:
            break
        taken.append(work)
        total += events
    return taken, {work.day: hours[work.day] for work in taken}


def known_hours(work: DayWork, today: str) -> Hours:
    """Return the known events of the hours that will be read: as last read, or as counted when they were marked."""
    cells = work.cells if work.kept_until >= today else None  # if hours are not kept, all are read
    ledger = work.ledger or {}
    seen = ((label, part["n"]) for parts in ledger.get("seen", {}).values() for label, part in parts.items())
    last_read, marked = (
        Counter(summed((hour_of(label), n) for label, n in counts if cells is None or covers(cells, label)))
        for counts in (seen, ledger.get("expected", {}).items())
    )
    return last_read | marked  # the greater of the two


def _unknown(work: DayWork) -> bool:
    """Return whether a day to read whole was never read; a scan may have counted only a small part of it."""
    return work.cells is None and not (work.ledger or {}).get("seen")


def _counted(raw: Database[Document], days: Sequence[str]) -> dict[str, Hours]:
    hours: dict[str, Counter[str]] = {day: Counter() for day in days}
    for collection in names.RAW_EVENT_COLLECTIONS:
        for at, number, _ in hours_between(raw[collection], days[-1], days[0]):
            hours[day_of_ms(at)][hour_label(at)] += number
    return dict(hours)
