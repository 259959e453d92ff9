"""Where each player stands among all reports of a period.

Values come from finished reports; the pass over all reports of a period is driven by `player_stats.store`.
"""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import numpy as np

from player_stats.domain.numbers import seconds

MIN_REPORTS: Final = 5
"""With fewer reports in a period there are no ranks."""

Report = Mapping[str, Any]

RANKED_FIELDS: Final = {
    "player_key": 1, "play.ticks": 1, "play.days_played": 1, "play.longest_streak_days": 1, "movement.tiles": 1,
    "loot.kills": 1, "loot.mobs.name": 1, "loot.mobs.kills": 1, "experience.total": 1, "experience.skills": 1,
    "deaths.count": 1, "damage.dealt": 1, "exchange.earned": 1,
}  # fmt: skip
"""The projection of a report that `stat_values` needs."""

PLAY_SECONDS: Final = "play.seconds"
PLAIN_STATS: Final = (
    PLAY_SECONDS, "play.days_played", "play.longest_streak_days", "movement.tiles", "loot.kills",
    "experience.total", "deaths.count", "damage.dealt", "exchange.earned",
)  # fmt: skip
"""Every ranked stat but the mobs' and the skills', in order: mobs follow `loot.kills`, skills `experience.total`."""


def stat_values(report: Report) -> dict[str, int]:
    """Return the ranked stats of a report in their order, zeros included; every plain stat is there.

    Play time is given in ticks, so that equal values are equal numbers; `shown` turns it into seconds. A mob's kills
    are added up over its combat levels.
    """
    values = {
        PLAY_SECONDS: report["play"]["ticks"],
        "play.days_played": report["play"]["days_played"],
        "play.longest_streak_days": report["play"]["longest_streak_days"],
        "movement.tiles": report["movement"]["tiles"],
        "loot.kills": report["loot"]["kills"],
    }
    kills: dict[str, int] = {}
    for mob in report["loot"].get("mobs", ()):
        kills[mob["name"]] = kills.get(mob["name"], 0) + mob["kills"]
    values |= {f"kills:{name}": kills[name] for name in sorted(kills)}
    values["experience.total"] = report["experience"]["total"]
    skills = report["experience"].get("skills", {})
    values |= {f"xp:{skill}": skills[skill]["gained"] for skill in sorted(skills)}
    values["deaths.count"] = report["deaths"]["count"]
    values["damage.dealt"] = report["damage"]["dealt"]
    values["exchange.earned"] = report["exchange"]["earned"]
    return values


def shown(stat: str, value: int) -> float:
    """Return a stat's value in its unit: seconds for play time, else the number itself."""
    return seconds(value) if stat == PLAY_SECONDS else value


def standing(report: Report, ranks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the ranks of an earlier ranking with the report's values of now; those that are zero now are left out."""
    values = stat_values(report)
    return [
        {**rank, "value": shown(rank["stat"], values[rank["stat"]])}
        for rank in ranks
        if values.get(rank["stat"], 0) > 0
    ]


class Standings:
    """All reports of one period, as compact columns: report by report in, ranks by report out."""

    def __init__(self) -> None:
        self._stats: dict[str, int] = {}
        self._stat = array("q")
        self._value = array("q")
        self._ends = array("q")

    def add(self, report: Report) -> None:
        """Take a report's values; its position among those added is its number."""
        for stat, value in stat_values(report).items():
            if value > 0:
                self._stat.append(self._stats.setdefault(stat, len(self._stats)))
                self._value.append(value)
        self._ends.append(len(self._stat))

    def ranks(self) -> Iterator[list[dict[str, Any]]]:
        """Yield each report's ranks in the order of adding; empty lists with fewer than five reports.

        `top_percent` = 100 x (1 + players strictly above) / reports, rounded up to one decimal, in whole numbers.
        """
        reports = len(self._ends)
        names = list(self._stats)
        above = self._strictly_above()
        start = 0
        for end in self._ends:
            rows = range(start, end) if reports >= MIN_REPORTS else ()
            yield [
                {
                    "stat": names[self._stat[row]],
                    "value": shown(names[self._stat[row]], self._value[row]),
                    "top_percent": -(-1000 * (1 + int(above[row])) // reports) / 10,
                    "of_players": reports,
                }
                for row in rows
            ]
            start = end

    def _strictly_above(self) -> np.ndarray[Any, np.dtype[np.int64]]:
        stat, value = np.frombuffer(self._stat, dtype=np.int64), np.frombuffer(self._value, dtype=np.int64)
        above = np.zeros(len(stat), dtype=np.int64)
        if not len(stat):
            return above
        order = np.lexsort((-value, stat))
        place = np.arange(len(order))
        new_stat = np.insert(np.diff(stat[order]) != 0, 0, True)
        new_value = new_stat | np.insert(np.diff(value[order]) != 0, 0, True)
        first_of_stat = np.maximum.accumulate(np.where(new_stat, place, 0))
        first_of_value = np.maximum.accumulate(np.where(new_value, place, 0))
        above[order] = first_of_value - first_of_stat
        return above
