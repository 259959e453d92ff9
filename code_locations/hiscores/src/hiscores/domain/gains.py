"""Gains between snapshots: only what the snapshots prove.

What belongs here: a player's snapshots in, the gains for every period out. What does not: MongoDB, where one account's
snapshots end and another's begin (`series`), and the thresholds (`gain_rules`).

A row's gain in a period is the highest value known in the period minus the baseline, so a dip and its recovery count
as nothing. The baseline is the highest value known before the period, if one from shortly before is known: what is
first seen in January counts for the new year. Otherwise it is the first value known in the period. Unranked (absent,
-1) is unknown, not zero, and is skipped; a row that first appears later gives no gain by appearing; Overall is a row
like any other. If a name changed hands, only the last account counts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, UTC, date, datetime
from typing import Final, Literal, TypeAlias

from wrapped_shared.hiscores_rows import OVERALL
from wrapped_shared.stored.hiscores import Rating
from wrapped_shared.vocabulary import GainFlag, RowKind

from hiscores.domain import gain_rules as rules
from hiscores.domain.series import split
from hiscores.domain.snapshots import Snapshot
from hiscores.domain.table import Row, Table, seasons, table_of, within

ALL: Final = "all"
_FIRST: Final = datetime.min.replace(tzinfo=UTC)
_LAST: Final = datetime.max.replace(tzinfo=UTC)

Basis: TypeAlias = Literal["before", "first", "gap"]
"""Where a baseline comes from: a value from before the period, or the first in it, with or without an older one."""


@dataclass
class Gains:
    """What one player gained in one period."""

    first: datetime
    """The last snapshot before the period if a baseline comes from there, else the first one that counts in it."""
    last: datetime
    skills: dict[str, int] = field(default_factory=dict)
    """Experience gained; only values above zero."""
    bosses: dict[str, int] = field(default_factory=dict)
    """Kills gained; only values above zero."""
    activities: dict[str, int] = field(default_factory=dict)
    """Score gained; only values above zero."""
    ratings: dict[str, Rating] = field(default_factory=dict)
    points: list[tuple[datetime, int]] = field(default_factory=list)
    """Total experience at the last snapshot that has it, for each UTC day of the period."""
    flags: list[GainFlag] = field(default_factory=list)
    """Sorted. `name_changed`: another account took the name during the period; `rollback`: experience was lost;
    `straddles`: a baseline may be from well before the period; `gap`: the earlier values are too old for a baseline;
    `new_metric`: a row was first seen after the series began, its value then is not a gain; `rank_cutoff`: a known
    skill fell off the table for a while."""


def gains_by_period(snapshots: Iterable[Snapshot], kind_of: Callable[[str], RowKind | None]) -> dict[str, Gains]:
    """Return one player's gains for every calendar year (UTC) with a snapshot, and for `all`.

    Args:
        snapshots: all of the player's snapshots, in any order.
        kind_of: the kind of an activity, if known; if not, the latest snapshot that has the row decides whether it is
        a boss.
    """
    ordered = sorted(snapshots, key=lambda snapshot: (snapshot.at, snapshot.order))
    boss_rows = {name: name in snapshot.bosses for snapshot in ordered for name in snapshot.activities}
    bosses = {name for name, boss in boss_rows.items() if (boss if (kind := kind_of(name)) is None else kind == "boss")}
    tables = [table_of(one) for one in split(ordered, bosses.__contains__)]
    years = sorted({snapshot.at.astimezone(UTC).year for snapshot in ordered})
    periods = {f"{year:04d}": (_new_year(year), _new_year(year + 1)) for year in years}
    if ordered:
        periods[ALL] = (_FIRST, _LAST)
    return {period: _gains(tables, start, end, bosses) for period, (start, end) in periods.items()}


def period_of(moment: datetime) -> str:
    """Return the calendar year (UTC) of a time."""
    return f"{moment.astimezone(UTC).year:04d}"


def _new_year(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=UTC) if year <= MAXYEAR else _LAST


def _gains(tables: Sequence[Table], start: datetime, end: datetime, bosses: set[str]) -> Gains:
    """Return the gains for a period with a snapshot, from the last series that reaches into it."""
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
    """Return the rows' gains above zero in a period, and where their baselines come from."""
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
    """Return the gain of one row.

    Args:
        before: the values known before the period; empty if they give no baseline.
        during: the values known in it, at least one.
        seasonal: whether the row restarts at zero each season; then only the season that was in progress before the
        period has a baseline.
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
            found[name] = {"first": values[0], "last": values[-1], "best": max(values)}
    return found


def _points(snapshots: Sequence[Snapshot]) -> list[tuple[datetime, int]]:
    days: dict[date, tuple[datetime, int]] = {}
    for snapshot in snapshots:
        overall = snapshot.skills.get(OVERALL)
        if overall is not None:
            days[snapshot.at.astimezone(UTC).date()] = (snapshot.at, overall)
    return list(days.values())
