"""Reports of named groups of players: totals and leaders over their members' reports.

Members are added one by one, and only the sum and the five best values of each stat are kept. Memory therefore grows
with the number of different mobs, not of members: with 5,000 members and 300 mobs, a report takes about 0.2 MiB.
"""

from collections.abc import Callable, Iterable, Mapping
from heapq import heappush, heapreplace
from itertools import islice
from typing import Any, Final

from wrapped_shared.collections import GROUP_REPORTS
from wrapped_shared.names import player_key
from wrapped_shared.stored.player_stats import GroupReport, LeaderEntry
from wrapped_shared.version import SCHEMA_VERSIONS

from player_stats.domain.ranks import STATS, shown
from player_stats.domain.values import saturated

LEADERS: Final = 5
_MOB: Final = "kills:"


def members_of(group: Mapping[str, Any], whose: Callable[[str], str]) -> list[str]:
    """Return the unique player keys of a group's members, sorted; invalid names are ignored.

    Args:
        group: a document of `player_groups`.
        whose: returns the key of the player who held a name last.
    """
    listed = group.get("members")
    keys = {player_key(name) for name in listed} if isinstance(listed, list) else set()
    return sorted({whose(key) for key in keys if key is not None})


def field_name(stat: str) -> str:
    """Return a stat as a field name: BSON does not allow NUL there, and mob names may contain anything."""
    return stat.replace("\x00", "\ufffd")


class GroupSums:
    """The totals and leaders of a group in one period; members may be added in any order."""

    def __init__(self, members: list[str]) -> None:
        """Start without values; `members` are player keys, sorted."""
        self.members = members
        self._place = {key: place for place, key in enumerate(members)}
        self._player: dict[str, str] = {}
        self._totals: dict[str, int] = {}
        self._best: dict[str, list[tuple[int, int]]] = {}

    def add(self, key: str, player: str, values: Mapping[str, int]) -> None:
        """Add the values of a member with a report.

        Args:
            key: the member's player key.
            player: the name that their report shows.
            values: by stat, as `stat_values` returns them.
        """
        self._player[key] = player
        place = -self._place[key]  # of equal values, the smaller key is better
        for stat, value in values.items():
            self._totals[stat] = self._totals.get(stat, 0) + value
            best = self._best.setdefault(stat, [])
            if not value:
                continue
            if len(best) < LEADERS:
                heappush(best, (value, place))
            elif (value, place) > best[0]:
                heapreplace(best, (value, place))

    def report(self, group: str, period: str, most_mobs: int | None = None) -> GroupReport:
        """Return the `group_reports` document; members without a report appear under their key, with zeros.

        Args:
            group: the group's name.
            period: "YYYY" or "all".
            most_mobs: how many mobs the report may include: those that most members killed (five or more are
                equal), then those killed most often. None for all.
        """
        stats, left_out = self._stats(most_mobs)
        report: GroupReport = {
            "_id": f"{period}/{group}",
            "schema_version": SCHEMA_VERSIONS[GROUP_REPORTS],
            "group": group,
            "period": period,
            "members": self.members,
            "totals": {field_name(stat): shown(stat, saturated(self._totals.get(stat, 0))) for stat in stats},
            "leaders": [{"stat": stat, "top": self._leaders(stat)} for stat in stats],
        }
        if left_out:
            report["mobs_left_out"] = left_out
        return report

    def _stats(self, most_mobs: int | None) -> tuple[list[str], int]:
        """Return the stats to include, in order, and the number of mobs that are left out."""
        stats = _ordered(self._totals)
        mobs = [stat for stat in stats if stat.startswith(_MOB)]
        if most_mobs is None or len(mobs) <= most_mobs:
            return stats, 0
        mobs.sort(key=lambda stat: (-len(self._best[stat]), -self._totals[stat], stat))
        left_out = set(mobs[most_mobs:])
        return [stat for stat in stats if stat not in left_out], len(left_out)

    def _leaders(self, stat: str) -> list[LeaderEntry]:
        best = [(self.members[-place], value) for value, place in sorted(self._best.get(stat, ()), reverse=True)]
        known = {key for key, _ in best}
        zeros = ((key, 0) for key in self.members if key not in known)
        return [
            {"player": self._player.get(key, key), "value": shown(stat, value)}
            for key, value in (*best, *islice(zeros, LEADERS - len(best)))
        ]


def _ordered(found: Iterable[str]) -> list[str]:
    """Return all plain stats in the contract's order, with mobs and skills by name in their places."""
    many = sorted(stat for stat in found if ":" in stat)
    return [
        name
        for stat in STATS
        for name in ([name for name in many if name.startswith(stat.name)] if stat.is_many else [stat.name])
    ]
