"""Gains between snapshots, and nothing that was not seen to be gained.

What belongs here: a player's snapshots in, the gains of every period out. What does not: MongoDB, where one
account's snapshots end and another's begin (`series`), and the thresholds (`gain_rules`).

The gain of a row in a period is the highest value known within the period less the baseline, so a dip and its
recovery count nothing. The baseline is the highest value known before the period, where one from shortly before
is known: what is first seen in January counts for the new year. Else it is the first value known within.
Unranked (absent, -1) says nothing and is skipped, it is not zero; a row that turns up later brings no gain by
turning up; Overall is a row like any other. Of a name that changed hands only the last account counts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime
from typing import Final, Literal, TypeAlias

from wrapped_shared.vocabulary import GainFlag

from hiscores.domain import gain_rules as rules
from hiscores.domain.rows import OVERALL, Kind
from hiscores.domain.series import split
from hiscores.domain.snapshots import Snapshot
from hiscores.domain.table import Row, Table, seasons, table_of, within

ALL: Final = "all"
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)

Basis: TypeAlias = Literal["before", "first", "gap"]
"""What a baseline is: a value from before the period, or the first within, with or without an older one."""


@dataclass(frozen=True, slots=True)
class Rating:
    """What was known of a rating in a period."""

    first: int
    last: int
    best: int


@dataclass
class Gains:
    """What one player gained in one period."""

    first: datetime
    """The last snapshot before the period where a baseline comes from there, else the first that counts within."""
    last: datetime
    skills: dict[str, int] = field(default_factory=dict)
    """Experience gained, above zero only."""
    bosses: dict[str, int] = field(default_factory=dict)
    """Kills gained, above zero only."""
    activities: dict[str, int] = field(default_factory=dict)
    """Score gained, above zero only."""
    ratings: dict[str, Rating] = field(default_factory=dict)
    points: list[tuple[datetime, int]] = field(default_factory=list)
    """Total experience at the last snapshot of each UTC day of the period that tells it."""
    flags: list[GainFlag] = field(default_factory=list)
    """Sorted. `name_changed`: another account has the name since some time in the period; `rollback`: experience
    was lost; `straddles`: a baseline may lie well before the period; `gap`: the values known before are too old
    for a baseline; `new_metric`: a row was first seen after the series began, what it held then is no gain;
    `rank_cutoff`: a skill that was known fell off the table for a while."""


def gains_by_period(snapshots: Iterable[Snapshot], kind_of: Callable[[str], Kind | None]) -> dict[str, Gains]:
    """The gains of one player for every calendar year (UTC) with a snapshot, and for `all`.

    Args:
        snapshots: all of the player's, in any order.
        kind_of: the kind of an activity where it is known; where not, the latest snapshot that has the row says
            whether it is a boss.
    """
    ordered = sorted(snapshots, key=lambda snapshot: (snapshot.at, snapshot.order))
    told = {name: name in snapshot.bosses for snapshot in ordered for name in snapshot.activities}
    bosses = {name for name, boss in told.items() if (boss if (kind := kind_of(name)) is None else kind == "boss")}
    tables = [table_of(one) for one in split(ordered, bosses.__contains__)]
    years = sorted({snapshot.at.astimezone(UTC).year for snapshot in ordered})
    periods = {f"{year:04d}": (_new_year(year), _new_year(year + 1)) for year in years}
    if ordered:
        periods[ALL] = (_FIRST, _LAST)
    return {period: _gains(tables, start, end, bosses) for period, (start, end) in periods.items()}


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC) if year <= MAXYEAR else _LAST


def _gains(tables: Sequence[Table], start: datetime, end: datetime, bosses: set[str]) -> Gains:
    """The gains of a period that has a snapshot, by the last series that reaches into it."""
    table = [one for one in tables if one.times[0] < end][-1]
    part = within(table.times, start, end)
    gains = Gains(table.times[part.start], table.times[part.stop - 1], points=_points(table.series.snapshots[part]))
    skills, skill_bases = _counted(table.skills, start, end)
    others, other_bases = _counted(table.activities, start, end)
    gains.skills = skills
    gains.bosses = {name: gained for name, gained in others.items() if name in bosses}
    gains.activities = {name: gained for name, gained in others.items() if name not in bosses}
    gains.ratings = _ratings(table.activities, start, end)
    bases = skill_bases | other_bases
    if "before" in bases:
        gains.first = table.times[part.start - 1]
    turned_up = [row.times[0] for row in (*table.skills.values(), *table.activities.values())]
    flags: dict[GainFlag, bool] = {
        "gap": "gap" in bases,
        "name_changed": any(start <= one.times[0] < end for one in tables[1:]),
        "new_metric": any(start <= at < end and at != table.times[0] for at in turned_up),
        "rank_cutoff": any(start <= at < end for at in table.cutoffs),
        "rollback": any(start <= at < end for at in table.series.rollbacks),
        "straddles": "before" in bases and start - gains.first > rules.STRADDLE,
    }
    gains.flags = [flag for flag, stands in flags.items() if stands]
    return gains


def _counted(rows: Mapping[str, Row], start: datetime, end: datetime) -> tuple[dict[str, int], set[Basis]]:
    """What rows gained in a period, above zero, and on what their baselines rest."""
    gained: dict[str, int] = {}
    bases: set[Basis] = set()
    for name in sorted(rows.keys() - rules.RATINGS):
        part = within(rows[name].times, start, end)
        if part.start == part.stop:
            continue
        recent = part.start > 0 and start - rows[name].times[part.start - 1] <= rules.OLDEST_BASELINE
        bases.add("before" if recent else "gap" if part.start else "first")
        before = rows[name].values[: part.start] if recent else []
        rise = _rise(before, rows[name].values[part], seasonal=name in rules.SEASONAL)
        if rise > 0:
            gained[name] = rise
    return gained, bases


def _rise(before: list[int], during: list[int], *, seasonal: bool) -> int:
    """The gain of one row.

    Args:
        before: what was known before the period, empty where that makes no baseline.
        during: what was known in it, at least one value.
        seasonal: whether the row begins again at zero with each season; then only the season that was under way
            before the period has a baseline.
    """
    if not seasonal:
        return max(during) - (max(before) if before else during[0])
    under_way = seasons(before)[-1] if before else during[:1]
    first, *later = seasons([under_way[-1], *during])
    return max(0, max(first) - max(under_way)) + sum(max(season) for season in later)


def _ratings(rows: Mapping[str, Row], start: datetime, end: datetime) -> dict[str, Rating]:
    found: dict[str, Rating] = {}
    for name in sorted(rules.RATINGS & rows.keys()):
        values = rows[name].values[within(rows[name].times, start, end)]
        if values:
            found[name] = Rating(values[0], values[-1], max(values))
    return found


def _points(snapshots: Sequence[Snapshot]) -> list[tuple[datetime, int]]:
    days: dict[date, tuple[datetime, int]] = {}
    for snapshot in snapshots:
        overall = snapshot.skills.get(OVERALL)
        if overall is not None:
            days[snapshot.at.astimezone(UTC).date()] = (snapshot.at, overall)
    return list(days.values())
