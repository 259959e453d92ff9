"""Shapes of the charts: pure geometry from numbers. The templates and the stylesheet draw them."""

import calendar
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from wrapped_shared.periods import days_of_months, next_day
from wrapped_shared.words import counted

from wrapped_cli.preview.words import day_text, ticks_span

LEVELS: Final = 5
_YEARS: Final = 3
CELL: Final = 14
"""Pixels from one day of the calendar to the next, in the drawing's own units."""
_INNER: Final = 46
_OUTER: Final = 118
"""The radii of the clock's ring."""


@dataclass(frozen=True)
class Cell:
    """One day of a calendar; `level` 0 = no play."""

    x: int
    y: int
    level: int
    title: str
    streak: bool
    """Whether it is a day of the longest streak."""


@dataclass(frozen=True)
class Half:
    """Half a year as a calendar: a column per week, a row per weekday starting on Monday."""

    width: int
    cells: Sequence[Cell]
    months: Sequence[tuple[int, str]]
    """Where each month begins, and its short name."""


@dataclass(frozen=True)
class Year:
    """A year in two halves, side by side if there is room."""

    year: int
    halves: Sequence[Half]
    summary: str


def longest_streak(days: Iterable[str]) -> list[str]:
    """Return the longest run of consecutive days, the earliest of equals."""
    longest: list[str] = []
    run: list[str] = []
    for day in sorted(days):
        run = [*run, day] if run and day == next_day(run[-1]) else [day]
        longest = run if len(run) > len(longest) else longest
    return longest


def calendar_years(ticks: Mapping[str, int], streak: Collection[str] = ()) -> list[Year]:
    """Return calendars of the newest years with play, the newest first.

    Args:
        ticks: game ticks by day "YYYY-MM-DD".
        streak: days to frame.
    """
    played = {day: count for day, count in ticks.items() if count > 0}
    most = max(played.values(), default=0)
    years = sorted({int(day[:4]) for day in played}, reverse=True)[:_YEARS]
    return [_year(year, played, frozenset(streak), most) for year in years]


def level(value: int, most: int) -> int:
    """Return 0 for nothing, else 1 to `LEVELS` by the share of the maximum."""
    return 0 if value <= 0 or most <= 0 else max(1, math.ceil(value / most * LEVELS))


def _year(year: int, played: Mapping[str, int], streak: frozenset[str], most: int) -> Year:
    days = [day for day in played if day.startswith(f"{year:04d}-")]
    best = max(sorted(days), key=lambda day: played[day])
    summary = (
        f"Calendar of {year}: play on {counted(len(days), 'day')}, most on {day_text(best, year=False)} "
        f"({ticks_span(played[best])})."
    )
    return Year(year, [_half(year, month, played, streak, most) for month in (1, 7)], summary)


def _half(year: int, month: int, played: Mapping[str, int], streak: frozenset[str], most: int) -> Half:
    offset = date(year, month, 1).weekday()
    cells, months = [], []
    for place, day in enumerate(
        days_of_months([f"{year:04d}-{m:02d}" for m in range(month, month + 6)], "9999-12-31"), offset
    ):
        column, row = divmod(place, 7)
        if day.endswith("-01"):
            months.append((column * CELL, calendar.month_abbr[int(day[5:7])]))
        count = played.get(day, 0)
        title = f"{day_text(day, year=False)}: {ticks_span(count)}" if count else ""
        cells.append(Cell(column * CELL, row * CELL, level(count, most), title, day in streak))
    return Half((column + 1) * CELL, cells, months)


@dataclass(frozen=True)
class Spoke:
    """One hour of the clock, as the path of a ring's sector."""

    path: str
    share: float
    hour: int
    played: str


def clock(hours: Sequence[int]) -> list[Spoke]:
    """Return the 24 sectors of a clock around the origin, midnight at the top; longer = more play."""
    most = max(hours, default=0) or 1
    spokes = []
    for hour, ticks in enumerate(hours):
        share = ticks / most
        radius = _INNER + 3 + (_OUTER - _INNER - 3) * share
        start, stop = (math.radians(15 * hour - 90 + edge) for edge in (1.2, 13.8))
        points = [
            (math.cos(angle) * r, math.sin(angle) * r)
            for angle, r in ((start, _INNER), (start, radius), (stop, radius), (stop, _INNER))
        ]
        a, b, c, d = (f"{x:.1f} {y:.1f}" for x, y in points)
        path = f"M{a}L{b}A{radius:.1f} {radius:.1f} 0 0 1 {c}L{d}A{_INNER:.1f} {_INNER:.1f} 0 0 0 {a}Z"
        spokes.append(Spoke(path, share, hour, ticks_span(ticks)))
    return spokes


@dataclass(frozen=True)
class Line:
    """A curve in a 600 by 200 box, and the same curve closed to an area."""

    path: str
    area: str
    end: tuple[float, float]


def curve(points: Sequence[tuple[datetime, int]]) -> Line | None:
    """Return the curve through points in time, or None if there are fewer than two different times."""
    ordered = sorted(points)
    if len(ordered) < 2 or ordered[0][0] == ordered[-1][0]:
        return None
    begin, length = ordered[0][0], (ordered[-1][0] - ordered[0][0]).total_seconds()
    low, high = min(value for _, value in ordered), max(value for _, value in ordered)
    rise = (high - low) or 1
    places = [
        (6 + 588 * (moment - begin).total_seconds() / length, 188 - 172 * (value - low) / rise)
        for moment, value in ordered
    ]
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return Line(path, f"{path}L594 200L6 200Z", places[-1])
