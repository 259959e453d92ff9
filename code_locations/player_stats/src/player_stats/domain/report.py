"""From a player's merged summary of a period to their Wrapped report.

A family's section is the family's business. Slides, ranks and the hiscores section are added by their own modules.
"""

from typing import Any

from wrapped_shared.report_types import Coverage, Quality
from wrapped_shared.version import SCHEMA_VERSION

from player_stats.domain.families import FAMILIES
from player_stats.domain.family import ItemNames
from player_stats.domain.summaries import Summary

Report = dict[str, Any]


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
    days, quality = summary["days"], summary["quality"]
    coverage: Coverage = {"first_day": days[0], "last_day": days[-1], "days_tracked": len(days)}
    read: Quality = {"events_read": quality["read"], "events_left_out": dict(sorted(quality["left_out"].items()))}
    return {
        "_id": report_id(period, player_key),
        "schema_version": SCHEMA_VERSION,
        "player": summary["last"]["name"],
        "player_key": player_key,
        "period": period,
        "coverage": coverage,
        **{name: family.section(summary[name], items) for name, family in FAMILIES.items()},
        "quality": read,
    }


def item_ids(summary: Summary) -> set[int]:
    """Return the ids of all items that a summary names."""
    return {item for name, family in FAMILIES.items() for item in family.item_ids(summary[name])}
