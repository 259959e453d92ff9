"""Reports of named groups of players: totals and leaders over their members' reports."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from wrapped_shared.models.base import SCHEMA_VERSION
from wrapped_shared.names import player_key

from player_stats.domain.ranks import shown, stat_values
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
        members: player keys; those without a report count as zeros.
        reports: the reports of members of that period, at least their ranked fields and `player`.
    """
    totals: dict[str, int] = {}
    entries: dict[str, list[tuple[int, str, str]]] = {}
    for report in reports:
        for stat, value in stat_values(report).items():
            totals[stat] = saturated(totals.get(stat, 0) + value)
            entries.setdefault(stat, []).append((-value, report["player_key"], report["player"]))
    return {
        "_id": f"{period}/{group}",
        "schema_version": SCHEMA_VERSION,
        "group": group,
        "period": period,
        "members": members,
        "totals": {field_name(stat): shown(stat, totals[stat]) for stat in sorted(totals)},
        "leaders": [
            {
                "stat": stat,
                "top": [{"player": name, "value": shown(stat, -value)} for value, _, name in sorted(best)[:LEADERS]],
            }
            for stat, best in sorted(entries.items())
        ],
    }
