"""Gains between snapshots, and nothing that was not seen to be gained.

What belongs here: a player's snapshots in, the gains of a period out. What does not: MongoDB.

A gain is the sum of the rises between consecutive *known* values of a row within the period. The first
known value of a row is its baseline; unranked (absent, -1) says nothing and is skipped, it is not zero; a
row that turns up later brings no gain by turning up; Overall is a row like any other. Two or more skills
(Overall not counted, which falls with any) lower than before mean that another account has the name: the
series starts anew from there, with nothing carried over, since the two are different players. A single fall
is never a loss.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from hiscores.domain.rows import OVERALL, Kind
from hiscores.domain.snapshots import Snapshot

NAME_CHANGED: Final = "name_changed"
NEW_METRIC: Final = "new_metric"
RANK_CUTOFF: Final = "rank_cutoff"
FALLEN_SKILLS: Final = 2
"""So many skills below their earlier values mean another account."""
ALL: Final = "all"


@dataclass
class Series:
    """What one player gained in one period."""

    first: datetime
    last: datetime
    skills: dict[str, int] = field(default_factory=dict)
    """Experience gained, above zero only."""
    bosses: dict[str, int] = field(default_factory=dict)
    """Kills gained, above zero only."""
    activities: dict[str, int] = field(default_factory=dict)
    """Score gained, above zero only."""
    points: list[tuple[datetime, int]] = field(default_factory=list)
    """Total experience at the last snapshot of each UTC day that tells it."""
    flags: list[str] = field(default_factory=list)
    """Sorted: `name_changed`, `new_metric` (a row was first seen after the series began; what it held then is
    no gain), `rank_cutoff` (a skill that was known fell off the table for a while)."""


def fallen_skills(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> list[str]:
    """The skills, Overall aside, that are known both times and lower the second time."""
    return [
        name
        for name, value in after.items()
        if name != OVERALL and value is not None and (old := before.get(name)) is not None and value < old
    ]


def name_changed_hands(before: Mapping[str, int | None], after: Mapping[str, int | None]) -> bool:
    """Whether the name belongs to another account than before."""
    return len(fallen_skills(before, after)) >= FALLEN_SKILLS


def gains_by_period(snapshots: Iterable[Snapshot], kind_of: Callable[[str], Kind | None]) -> dict[str, Series]:
    """The gains of one player for every calendar year (UTC) with a snapshot, and for `all`.

    Args:
        snapshots: all of the player's, in any order.
        kind_of: the kind of an activity where it is known; where not, the latest snapshot says whether the
            row is a boss.
    """
    ordered = sorted(snapshots, key=lambda snapshot: (snapshot.at, snapshot.order))
    periods: dict[str, list[Snapshot]] = {}
    for snapshot in ordered:
        periods.setdefault(f"{snapshot.at.astimezone(UTC).year:04d}", []).append(snapshot)
    if ordered:
        periods[ALL] = ordered
    return {period: _series(chosen, kind_of) for period, chosen in periods.items()}


class _Rows:
    """The rows of one kind along a series: last known values and what was gained."""

    def __init__(self) -> None:
        self.last: dict[str, int] = {}
        self.gained: dict[str, int] = {}

    def take(self, values: Mapping[str, int | None]) -> bool:
        """Take the next values; tell whether a row turned up that was not known before."""
        turned_up = False
        for name, value in values.items():
            if value is None:
                continue
            if name not in self.last:
                turned_up = True
            elif value > self.last[name]:
                self.gained[name] = self.gained.get(name, 0) + value - self.last[name]
            self.last[name] = value
        return turned_up

    def lost(self, values: Mapping[str, int | None], *, complete: bool) -> bool:
        """Whether a row that was known is unranked now."""
        return any(values.get(name) is None for name in self.last if complete or name in values)


def _series(ordered: list[Snapshot], kind_of: Callable[[str], Kind | None]) -> Series:
    skills, activities = _Rows(), _Rows()
    flags: set[str] = set()
    points: dict[str, tuple[datetime, int]] = {}
    bosses: dict[str, bool] = {}
    first = ordered[0]
    for snapshot in ordered:
        if name_changed_hands(skills.last, snapshot.skills):
            skills, activities, points, bosses = _Rows(), _Rows(), {}, {}
            flags, first = {NAME_CHANGED}, snapshot
        if skills.lost(snapshot.skills, complete=snapshot.complete):
            flags.add(RANK_CUTOFF)
        new_rows = [skills.take(snapshot.skills), activities.take(snapshot.activities)]
        if any(new_rows) and snapshot is not first:
            flags.add(NEW_METRIC)
        bosses.update({name: name in snapshot.bosses for name in snapshot.activities})
        overall = snapshot.skills.get(OVERALL)
        if overall is not None:
            points[snapshot.at.astimezone(UTC).strftime("%Y-%m-%d")] = (snapshot.at, overall)

    def is_boss(name: str) -> bool:
        kind = kind_of(name)
        return bosses[name] if kind is None else kind == "boss"

    return Series(
        first.at,
        ordered[-1].at,
        dict(sorted(skills.gained.items())),
        {name: value for name, value in sorted(activities.gained.items()) if is_boss(name)},
        {name: value for name, value in sorted(activities.gained.items()) if not is_boss(name)},
        list(points.values()),
        sorted(flags),
    )
