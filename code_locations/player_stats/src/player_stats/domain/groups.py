"""Reports of named groups of players: totals and leaders over their members' reports.

Members' values come one after the other; of each stat the sum and the five best are kept. What is kept does not grow
with the members, only with their kinds of mobs: of 5,000 members and 300 kinds a report has about 0.2 MiB.
"""

from collections.abc import Iterable, Mapping
from heapq import heappush, heapreplace
from itertools import islice
from typing import Any, Final

from wrapped_shared.names import player_key
from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.ranks import STATS, shown
from player_stats.domain.values import saturated

LEADERS: Final = 5
_MOB: Final = "kills:"


def members_of(group: Mapping[str, Any]) -> list[str]:
    """Return the unique player keys of a group's members, sorted; what is no name is ignored."""
    listed = group.get("members")
    keys = {player_key(name) for name in listed} if isinstance(listed, list) else set()
    return sorted(key for key in keys if key is not None)


def field_name(stat: str) -> str:
    """Return a stat as the name of a field: BSON allows all but NUL there, and mob names may hold anything."""
    return stat.replace("\x00", "\ufffd")


class GroupSums:
    """The totals and leaders of a group in one period: members' values in, in any order, a report out."""

    def __init__(self, members: list[str]) -> None:
        """Begin without values; `members` are player keys, sorted."""
        self.members = members
        self._place = {key: place for place, key in enumerate(members)}
        self._player: dict[str, str] = {}
        self._totals: dict[str, int] = {}
        self._best: dict[str, list[tuple[int, int]]] = {}

    def add(self, key: str, player: str, values: Mapping[str, int]) -> None:
        """Take the values (`stat_values`) of a member with a report.

        Args:
            key: the member.
            player: how their report calls them.
            values: by stat, play time in ticks.
        """
        self._player[key] = player
        place = -self._place[key]  # of equal values the smaller key is the better one
        for stat, value in values.items():
            self._totals[stat] = self._totals.get(stat, 0) + value
            best = self._best.setdefault(stat, [])
            if not value:
                continue
            if len(best) < LEADERS:
                heappush(best, (value, place))
            elif (value, place) > best[0]:
                heapreplace(best, (value, place))

    def report(self, group: str, period: str, most_mobs: int | None = None) -> dict[str, Any]:
        """Return the `group_reports` document; members without a report are listed under their key, with zeros.

        Args:
            group: the group's name.
            period: "YYYY" or "all".
            most_mobs: how many kinds of mobs the report may tell of: those that most members met (five of them or
                more count alike), then those killed most often. None for all.
        """
        stats, left_out = self._stats(most_mobs)
        return {
            "_id": f"{period}/{group}",
            "schema_version": SCHEMA_VERSION,
            "group": group,
            "period": period,
            "members": self.members,
            "totals": {field_name(stat): shown(stat, saturated(self._totals.get(stat, 0))) for stat in stats},
            "leaders": [{"stat": stat, "top": self._leaders(stat)} for stat in stats],
            **({"mobs_left_out": left_out} if left_out else {}),
        }

    def _stats(self, most_mobs: int | None) -> tuple[list[str], int]:
        """The stats to tell of, in order, and how many kinds of mobs are not among them."""
        stats = _ordered(self._totals)
        mobs = [stat for stat in stats if stat.startswith(_MOB)]
        if most_mobs is None or len(mobs) <= most_mobs:
            return stats, 0
        mobs.sort(key=lambda stat: (-len(self._best[stat]), -self._totals[stat], stat))
        left_out = set(mobs[most_mobs:])
        return [stat for stat in stats if stat not in left_out], len(left_out)

    def _leaders(self, stat: str) -> list[dict[str, Any]]:
        best = [(self.members[-place], value) for value, place in sorted(self._best.get(stat, ()), reverse=True)]
        known = {key for key, _ in best}
        zeros = ((key, 0) for key in self.members if key not in known)
        return [
            {"player": self._player.get(key, key), "value": shown(stat, value)}
            for key, value in (*best, *islice(zeros, LEADERS - len(best)))
        ]


def _ordered(found: Iterable[str]) -> list[str]:
    """All plain stats in the contract's order, mobs and skills by name in their places."""
    many = sorted(stat for stat in found if ":" in stat)
    return [
        name
        for stat in STATS
        for name in ([name for name in many if name.startswith(stat.name)] if stat.is_many else [stat.name])
    ]
