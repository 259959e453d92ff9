"""From a player's merged summary of a period to their Wrapped report.

Each family builds its section. Slides, ranks and the hiscores section are added by their own modules.
"""

from collections.abc import Mapping
from typing import Any, TypeAlias, cast

from wrapped_shared.collections import WRAPPED_REPORTS
from wrapped_shared.stored.reports import WrappedReportFields
from wrapped_shared.version import SCHEMA_VERSIONS

from player_stats.domain.families import FAMILIES
from player_stats.domain.family import ItemNames
from player_stats.domain.summaries import Summary

Report: TypeAlias = WrappedReportFields
"""A report that is being made, or some fields of a stored one."""


def report_id(period: str, player_key: str) -> str:
    """Return the `_id` of a report."""
    return f"{period}/{player_key}"


def build_report(player_key: str, period: str, summary: Summary, items: ItemNames) -> Report:
    """Return the report of a player and period, without slides, ranks, hiscores and `generated_at`.

    Args:
        player_key: the normalised name.
        period: "YYYY" or "all".
        summary: the merge of all their days of the period; at least one.
        items: names by item id, where they are known.
    """
    days, last, read = summary["days"], summary["last"], summary["quality"]
    families: Mapping[str, Any] = summary
    report: Report = {
        "_id": report_id(period, player_key),
        "schema_version": SCHEMA_VERSIONS[WRAPPED_REPORTS],
        "player": last["name"] if last else player_key,
        "player_key": player_key,
        "period": period,
        "coverage": {"first_day": days[0], "last_day": days[-1], "days_tracked": len(days)},
    }
    report.update(cast("Report", {name: family.section(families[name], items) for name, family in FAMILIES.items()}))
    report["quality"] = {"events_read": read["read"], "events_left_out": dict(sorted(read["left_out"].items()))}
    return report


def item_ids(summary: Mapping[str, Any]) -> set[int]:
    """Return the ids of all items in a summary."""
    return {item for name, family in FAMILIES.items() for item in family.item_ids(summary[name])}
