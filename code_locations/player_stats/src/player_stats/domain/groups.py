"""Reports of named groups of players: totals and leaders over their members' reports."""

from collections.abc import Iterable, Mapping
from heapq import nsmallest
from itertools import islice
from typing import Any, Final

from wrapped_shared.names import player_key
from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.ranks import PLAIN_STATS, shown, stat_values
from player_stats.domain.values import saturated

LEADERS: Final = 5


def members_of(group: Mapping[str, Any]) -> list[str]:
    """Return the unique player keys of a group's members, sorted; what is no name is ignored."""
    listed = group.get("members")
    keys = {player_key(name) for name in listed} if isinstance(listed, list) else set()
    return sorted(key for key in keys if key is not None)


def field_name(stat: str) -> str:
    """Return a stat as the name of a field: BSON allows all but NUL there, and mob names may hold anything."""
    return stat.replace("\x00", "\ufffd")


def group_report(group: str, period: str, members: list[str], reports: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the `group_reports` document of a group and period.

    Args:
        group: the group's name.
        period: "YYYY" or "all".
        members: player keys; those without a report are listed under their key, with zeros.
        reports: the reports of members of that period, at least their ranked fields and `player`.
    """
    found = {report["player_key"]: report for report in reports}
    names = {key: found[key]["player"] if key in found else key for key in members}
    values = {key: stat_values(found[key]) if key in found else {} for key in members}
    # Only the members who have a stat are looked at for it: a clan has many members, and they many kinds of mobs.
    having: dict[str, list[tuple[int, str]]] = {}
    for key in members:
        for stat, value in values[key].items():
            having.setdefault(stat, []).append((-value, key))
    totals, leaders = {}, []
    for stat in _ordered(values.values()):
        totals[stat] = saturated(-sum(value for value, _ in having.get(stat, ())))
        zeros = [(0, key) for key in islice((key for key in members if stat not in values[key]), LEADERS)]
        first = nsmallest(LEADERS, [*having.get(stat, ()), *zeros])
        top = [{"player": names[key], "value": shown(stat, -value)} for value, key in first]
        leaders.append({"stat": stat, "top": top})
    return {
        "_id": f"{period}/{group}",
        "schema_version": SCHEMA_VERSION,
        "group": group,
        "period": period,
        "members": members,
        "totals": {field_name(stat): shown(stat, total) for stat, total in totals.items()},
        "leaders": leaders,
    }


def _ordered(values: Iterable[Mapping[str, int]]) -> list[str]:
    """All plain stats in the contract's order, mobs and skills by name in their places."""
    found = {stat for stats in values for stat in stats}
    mobs = sorted(stat for stat in found if stat.startswith("kills:"))
    skills = sorted(stat for stat in found if stat.startswith("xp:"))
    after_mobs, after_skills = PLAIN_STATS.index("loot.kills") + 1, PLAIN_STATS.index("experience.total") + 1
    return [
        *PLAIN_STATS[:after_mobs], *mobs, *PLAIN_STATS[after_mobs:after_skills], *skills, *PLAIN_STATS[after_skills:],
    ]  # fmt: skip
