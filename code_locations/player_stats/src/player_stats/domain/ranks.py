"""The ranks of each player among all reports of a period.

Values come from finished reports, over which `player_stats.store` iterates. No report is kept: ranking, and finding
stored ranks that differ, takes 21 bytes per value.
"""

import math
from array import array
from collections.abc import Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from wrapped_shared.stored.reports import Rank

from player_stats.domain.families import FAMILIES
from player_stats.domain.families.play import PLAY_SECONDS
from player_stats.domain.numbers import seconds
from player_stats.domain.report import Report

MIN_REPORTS: Final = 5
"""With fewer reports in a period there are no ranks."""

Column: TypeAlias = npt.NDArray[Any]

STATS: Final = tuple(stat for family in FAMILIES.values() for stat in family.stats)
"""All ranked stats, in order."""
_RANKED: Final = tuple((name, family.values) for name, family in FAMILIES.items() if family.stats)
RANKED_FIELDS: Final = {"player_key": 1} | {
    f"{name}.{field}": 1 for name, family in FAMILIES.items() for stat in family.stats for field in stat.fields
}
"""The projection of a report that `stat_values` needs."""


def stat_values(report: Mapping[str, Any]) -> dict[str, int]:
    """Return the ranked stats of a report in order, including zeros and every plain stat.

    Play time is in ticks, which compare exactly; `shown` converts it to seconds. A family that was added after the
    report was made has no section and no stats.
    """
    return {stat: value for name, values in _RANKED if name in report for stat, value in values(report[name])}


def shown(stat: str, value: int) -> float:
    """Return a stat's value in its unit: play time in seconds, others unchanged."""
    return seconds(value) if stat == PLAY_SECONDS else value


def with_current_values(ranks: Sequence[Rank], report: Report) -> list[Rank]:
    """Return the ranks of an earlier ranking with the report's current values, leaving out those that are now 0."""
    values = stat_values(report) if ranks else {}
    return [
        {**rank, "value": shown(rank["stat"], values[rank["stat"]])}
        for rank in ranks
        if values.get(rank["stat"], 0) > 0
    ]


class Standings:
    """The ranked values of all reports of one period, as compact columns."""

    def __init__(self) -> None:
        self.stats: dict[str, int] = {}
        """A code for each stat."""
        self.columns: tuple[array[Any], ...] = tuple(array(typecode) for typecode in "iqdbqq")
        """For each value its stat, the value, the stored percentage and `joint`; then, for each report, the stored
        number of players, and where its values end."""

    def add(self, report: Report) -> None:
        """Add a report's values and its stored `ranks`; reports are numbered from 0 in the order they are added."""
        values = {stat: value for stat, value in stat_values(report).items() if value > 0}
        stats, ranks = self.stats, report.get("ranks", ())
        stat_codes, numbers, percents, joints, of_players, ends = self.columns
        stat_codes.extend([stats.setdefault(stat, len(stats)) for stat in values])
        numbers.extend(values.values())
        stored = _stored(values, ranks)
        percents.extend([percent for percent, _ in stored])
        joints.extend([joint for _, joint in stored])
        of_players.append(int(ranks[0]["of_players"]) if ranks else 0)
        ends.append(len(stat_codes))


def _stored(values: Mapping[str, int], ranks: Sequence[Mapping[str, Any]]) -> list[tuple[float, bool]]:
    """Return the stored `top_percent` and `joint` of each value; NaN, which equals nothing, if they are out of date."""
    current = (
        [rank["stat"] for rank in ranks] == [*values]
        and [rank["value"] for rank in ranks] == [shown(stat, value) for stat, value in values.items()]
        and len({rank["of_players"] for rank in ranks}) == 1
        and all("joint" in rank for rank in ranks)
    )
    return [(rank["top_percent"], rank["joint"]) for rank in ranks] if current else [(math.nan, False)] * len(values)


class Ranking:
    """The ranks of all reports of one period, by report number."""

    def __init__(self, standings: Standings) -> None:
        """Rank the values of all reports."""
        stat, value, stored, stored_joint, of_players, ends = map(np.asarray, standings.columns)
        self._stats, self._stat, self._value, self._ends = list(standings.stats), stat, value, ends
        self._reports = len(ends)
        self._percent, self._joint = np.empty(0), np.empty(0, dtype=np.bool_)
        wanted = np.zeros(self._reports, dtype=np.int64)
        if self._reports >= MIN_REPORTS:
            self._percent, self._joint = _places(stat, value, self._reports)
            wanted[np.diff(ends, prepend=0) > 0] = self._reports
        stale = wanted != of_players
        if self._reports >= MIN_REPORTS:
            differs = (self._percent != stored) | (self._joint != stored_joint.astype(np.bool_))
            stale[np.searchsorted(ends, np.flatnonzero(differs), side="right")] = True
        self.stale: list[int] = np.flatnonzero(stale).tolist()
        """The numbers of the reports whose stored ranks differ."""

    def of(self, number: int) -> list[Rank]:
        """Return the ranks of a report; there are none if fewer than five reports were added."""
        start, end = (int(self._ends[number - 1]) if number else 0), int(self._ends[number])
        if self._reports < MIN_REPORTS:
            return []
        names = [self._stats[stat] for stat in self._stat[start:end].tolist()]
        columns = (self._value, self._percent, self._joint)
        rows = zip(names, *(column[start:end].tolist() for column in columns), strict=True)
        return [
            {
                "stat": name,
                "value": shown(name, value),
                "top_percent": percent,
                "joint": joint,
                "of_players": self._reports,
            }
            for name, value, percent, joint in rows
        ]


def _places(stat: Column, value: Column, reports: int) -> tuple[Column, Column]:
    """Return for each value 100 x (1 + players with a greater value) / reports, and whether others have the same value.

    The percentage is rounded up to one decimal; integer arithmetic up to the last division keeps that exact.
    """
    percents = np.full(len(stat), -(-1000 // reports) / 10)  # of a stat that only one player has, such as made-up mobs
    joint = np.zeros(len(stat), dtype=np.bool_)
    by_stat = np.argsort(stat, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(stat[by_stat])) + 1, len(stat))
    starts = np.append(0, ends[:-1])
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        rows = by_stat[start:end]
        values, ordered = value[rows], np.sort(value[rows])
        upto = np.searchsorted(ordered, values, side="right")
        percents[rows] = -(-1000 * (1 + len(rows) - upto) // reports) / 10
        joint[rows] = upto - np.searchsorted(ordered, values, side="left") > 1
    return percents, joint
