"""Where each player stands among all reports of a period.

Values come from finished reports; the pass over all reports of a period is driven by `player_stats.store`. It keeps
no report: 20 bytes a value, in columns, are all that is needed to rank, and to tell which stored ranks differ.
"""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt
from wrapped_shared.report_types import Rank

from player_stats.domain.families import FAMILIES
from player_stats.domain.families.play import PLAY_SECONDS
from player_stats.domain.numbers import seconds

MIN_REPORTS: Final = 5
"""With fewer reports in a period there are no ranks."""

Report: TypeAlias = Mapping[str, Any]
Column: TypeAlias = npt.NDArray[Any]

STATS: Final = tuple(stat for family in FAMILIES.values() for stat in family.stats)
"""All ranked stats, in order."""
PLAIN_STATS: Final = tuple(stat.name for stat in STATS if not stat.is_many)
"""Those that every report has."""
_RANKED: Final = tuple((name, family.values) for name, family in FAMILIES.items() if family.stats)
RANKED_FIELDS: Final = {"player_key": 1} | {
    f"{name}.{field}": 1
    for name, family in FAMILIES.items()
    for stat in family.stats
    for field in stat.fields or (stat.name.removeprefix(f"{name}."),)
}
"""The projection of a report that `stat_values` needs."""


def stat_values(report: Report) -> dict[str, int]:
    """Return the ranked stats of a report in their order, zeros included; every plain stat is there.

    Play time is given in ticks, so that equal values are equal numbers; `shown` turns it into seconds.
    """
    return {stat: value for name, values in _RANKED for stat, value in values(report[name])}


def stat_title(stat: str) -> str:
    """Return a ranked stat in words."""
    beginning, colon, name = stat.partition(":")
    found = next(known for known in STATS if known.name == beginning + colon)
    return found.title.format(found.spelled(name))


def shown(stat: str, value: int) -> float:
    """Return a stat's value in its unit: seconds for play time, else the number itself."""
    return seconds(value) if stat == PLAY_SECONDS else value


def standing(report: Report, ranks: Iterable[Rank]) -> list[Rank]:
    """Return the ranks of an earlier ranking with the report's values of now; those that are zero now are left out."""
    values = stat_values(report)
    return [
        {**rank, "value": shown(rank["stat"], values[rank["stat"]])}
        for rank in ranks
        if values.get(rank["stat"], 0) > 0
    ]


class Standings:
    """All reports of one period, as compact columns: report by report in, a ranking out."""

    def __init__(self) -> None:
        """Begin without reports."""
        self._stats: dict[str, int] = {}
        self._stat = array("i")
        self._value = array("q")
        self._stored = array("d")
        self._of_players = array("q")
        self._ends = array("q")

    def add(self, report: Report) -> None:
        """Take a report's values and its stored `ranks`; its position among those added is its number."""
        values = {stat: value for stat, value in stat_values(report).items() if value > 0}
        stats, ranks = self._stats, report.get("ranks", ())
        self._stat.extend([stats.setdefault(stat, len(stats)) for stat in values])
        self._value.extend(values.values())
        self._stored.extend(_stored_percents(values, ranks))
        self._of_players.append(int(ranks[0]["of_players"]) if ranks else 0)
        self._ends.append(len(self._stat))

    def ranking(self) -> "Ranking":
        """Rank what was added; nothing is added afterwards."""
        columns = (self._stat, self._value, self._stored, self._of_players, self._ends)
        return Ranking(list(self._stats), *map(np.asarray, columns))


def _stored_percents(values: Mapping[str, int], ranks: Sequence[Mapping[str, Any]]) -> list[float]:
    """Return the stored `top_percent` of each value; NaN, which equals nothing, where the ranks are not of these."""
    of_these = (
        [rank["stat"] for rank in ranks] == [*values]
        and [rank["value"] for rank in ranks] == [shown(stat, value) for stat, value in values.items()]
        and len({rank["of_players"] for rank in ranks}) == 1
    )
    return [rank["top_percent"] for rank in ranks] if of_these else [math.nan] * len(values)


class Ranking:
    """The ranks of all reports of one period, by the numbers of the reports."""

    def __init__(
        self, stats: list[str], stat: Column, value: Column, stored: Column, of_players: Column, ends: Column
    ) -> None:
        """Rank the columns of `Standings`."""
        self._stats, self._stat, self._value, self._ends = stats, stat, value, ends
        self._reports = len(ends)
        self._percent = np.empty(0)
        wanted = np.zeros(self._reports, dtype=np.int64)
        if self._reports >= MIN_REPORTS:
            self._percent = _percents(stat, value, self._reports)
            wanted[np.diff(ends, prepend=0) > 0] = self._reports
        stale = wanted != of_players
        if self._reports >= MIN_REPORTS:
            stale[np.searchsorted(ends, np.flatnonzero(self._percent != stored), side="right")] = True
        self.stale: list[int] = np.flatnonzero(stale).tolist()
        """The numbers of the reports whose stored ranks differ."""

    def of(self, number: int) -> list[Rank]:
        """Return the ranks of a report; none with fewer than five reports."""
        start, end = (int(self._ends[number - 1]) if number else 0), int(self._ends[number])
        if self._reports < MIN_REPORTS:
            return []
        names = [self._stats[stat] for stat in self._stat[start:end].tolist()]
        values, percents = self._value[start:end].tolist(), self._percent[start:end].tolist()
        return [
            {"stat": name, "value": shown(name, value), "top_percent": percent, "of_players": self._reports}
            for name, value, percent in zip(names, values, percents, strict=True)
        ]


def _percents(stat: Column, value: Column, reports: int) -> Column:
    """Return 100 x (1 + players strictly above) / reports of each value, rounded up to one decimal.

    In whole numbers up to the last division, so that equal values are told exactly and rounding never is off.
    """
    percents = np.full(len(stat), -(-1000 // reports) / 10)  # of a stat that one player has, as of made-up mobs
    by_stat = np.argsort(stat, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(stat[by_stat])) + 1, len(stat))
    starts = np.append(0, ends[:-1])
    several = ends - starts > 1
    for start, end in zip(starts[several].tolist(), ends[several].tolist(), strict=True):
        rows = by_stat[start:end]
        values = value[rows]
        above = len(rows) - np.searchsorted(np.sort(values), values, side="right")
        percents[rows] = -(-1000 * (1 + above) // reports) / 10
    return percents
