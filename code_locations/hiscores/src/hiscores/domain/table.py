"""A series of snapshots transposed to rows: the known values of each, and when.

What belongs here: the rows, their part in a period, and their seasons. What does not: gains (`gains`).
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from hiscores.domain import gain_rules as rules
from hiscores.domain.series import Series


@dataclass
class Row:
    """The known values of one row along a series."""

    times: list[datetime] = field(default_factory=list)
    values: list[int] = field(default_factory=list)


@dataclass
class Table:
    """All rows of a series; `times` are the times of its snapshots."""

    series: Series
    times: list[datetime]
    skills: dict[str, Row] = field(default_factory=dict)
    activities: dict[str, Row] = field(default_factory=dict)
    cutoffs: list[datetime] = field(default_factory=list)
    """When a previously known skill was unranked."""


def table_of(series: Series) -> Table:
    """Transpose a series to rows."""
    table = Table(series, [snapshot.at for snapshot in series.snapshots])
    for snapshot in series.snapshots:
        listed = table.skills.keys() if snapshot.complete else table.skills.keys() & snapshot.skills.keys()
        if any(snapshot.skills.get(name) is None for name in listed):
            table.cutoffs.append(snapshot.at)
        for rows, values in ((table.skills, snapshot.skills), (table.activities, snapshot.activities)):
            for name, value in values.items():
                if value is not None:
                    row = rows.setdefault(name, Row())
                    row.times.append(snapshot.at)
                    row.values.append(value)
    return table


def within(times: Sequence[datetime], start: datetime, end: datetime) -> slice:
    """Return which of some ascending times are in a period, `start <= time < end`."""
    return slice(bisect_left(times, start), bisect_left(times, end))


def seasons(values: Sequence[int]) -> list[list[int]]:
    """Split the values of a seasonal row, at least one, where a season starts."""
    found = [[values[0]]]
    for old, new in pairwise(values):
        if new < rules.SEASON_SHARE * old:
            found.append([])
        found[-1].append(new)
    return found
