"""What is computed from finished reports: ranks among all reports of a period, and reports of groups."""

from collections.abc import Iterable, Mapping
from typing import Any

from naive_player_stats.values import name_key, total

MIN_REPORTS = 5
LEADERS = 5
PLAIN_STATS = (
    "play.seconds",
    "play.days_played",
    "play.longest_streak_days",
    "movement.tiles",
    "loot.kills",
    "loot.value",
    "experience.total",
    "deaths.count",
    "damage.dealt",
    "exchange.earned",
)
STAT_ORDER = (
    "play.seconds",
    "play.days_played",
    "play.longest_streak_days",
    "movement.tiles",
    "loot.kills",
    "loot.value",
    "kills:",
    "experience.total",
    "xp:",
    "deaths.count",
    "damage.dealt",
    "exchange.earned",
)


def stats_of(report: Mapping[str, Any]) -> dict[str, Any]:
    """Every ranked stat of a report, including zeros; kills and xp only if there are any.

    A report made before a family was added lacks its section, which counts as empty.
    """
    stats: dict[str, Any] = {}
    for stat in PLAIN_STATS:
        family, field = stat.split(".")
        section = report.get(family, {})
        stats[stat] = section.get(field) or 0  # the value of loot may be null, or absent from older reports
    for mob in report.get("loot", {}).get("mobs", []):
        name = "kills:" + mob["name"]
        stats[name] = stats.get(name, 0) + mob["kills"]
    for skill, gain in report.get("experience", {}).get("skills", {}).items():
        stats["xp:" + skill] = gain["gained"]
    return stats


def stat_order(stat: str) -> tuple[int, str]:
    """The order in which the contract lists the stats; mobs and skills by name."""
    family = stat[: stat.index(":") + 1] if stat.startswith(("kills:", "xp:")) else stat
    return (STAT_ORDER.index(family), stat)


def naive_ranks(reports: Mapping[str, Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """`{player_key: ranks}` for all reports of one period, given by player key.

    There are ranks only with at least five reports, and none for a stat of 0. `top_percent` is 100 x (1 + the number
    of players with a greater value) / the number of reports, rounded up to one decimal.
    """
    all_stats = {key: stats_of(report) for key, report in reports.items()}
    players = len(reports)
    ranks: dict[str, list[dict[str, Any]]] = {key: [] for key in reports}
    if players < MIN_REPORTS:
        return ranks
    for key, stats in all_stats.items():
        for stat in sorted(stats, key=stat_order):
            if stats[stat] <= 0:
                continue
            above = sum(1 for other in all_stats.values() if other.get(stat, 0) > stats[stat])
            tenths = -(-1000 * (1 + above) // players)
            same = sum(1 for other in all_stats.values() if other.get(stat, 0) == stats[stat])
            rank = {"stat": stat, "value": stats[stat], "top_percent": tenths / 10, "joint": same > 1}
            ranks[key].append({**rank, "of_players": players})
    return ranks


def naive_group_report(
    reports: Mapping[str, Mapping[str, Any]],
    group: str,
    members: Iterable[Any],
    period: str,
    last_names: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The report of a named set of players in a period.

    Members are normalised, unique and sorted; invalid names are dropped. Totals are sums (of ticks for seconds, so
    that nothing is rounded twice). A member without a report has zeros, also among the leaders, and is shown by their
    key. Ties among leaders go to the smaller player key.
    """
    keys = sorted({(last_names or {}).get(key, key) for key in map(name_key, members) if key is not None})
    known = {key: stats_of(reports[key]) if key in reports else {} for key in keys}
    names = sorted({*PLAIN_STATS, *(stat for stats in known.values() for stat in stats)}, key=stat_order)
    totals: dict[str, Any] = {}
    leaders = []
    for stat in names:
        totals[stat] = (
            sum(reports[key].get("play", {}).get("ticks", 0) for key in keys if key in reports) * 6 / 10
            if stat == "play.seconds"
            else total(stats.get(stat, 0) for stats in known.values())
        )
        top = sorted(keys, key=lambda key: (-known[key].get(stat, 0), key))[:LEADERS]
        leaders.append(
            {
                "stat": stat,
                "top": [
                    {
                        "player": reports[key]["player"] if key in reports else key,
                        "value": known[key].get(stat, 0),
                    }
                    for key in top
                ],
            }
        )
    return {"group": group, "period": period, "members": keys, "totals": totals, "leaders": leaders}
