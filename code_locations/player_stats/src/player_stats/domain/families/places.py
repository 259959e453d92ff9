"""Places: ticks by map region; names are given at the end, when a report is made."""

from collections import defaultdict
from typing import Any

import polars as pl

from player_stats.domain.frames import region
from player_stats.domain.mappings import add_rows

Summary = dict[str, Any]


def empty() -> Summary:
    """Return the summary of no ticks with a place."""
    return {"regions": []}


def summarise(ticks: pl.DataFrame) -> dict[int, Summary]:
    """Count many players' ticks with sound `x`, `y` by region.

    Returns:
        For each player {regions: [{region (-1 = instance), ticks}]}, sorted by region.
    """
    summaries: dict[int, Summary] = defaultdict(empty)
    placed = ticks.filter(pl.col("x").is_not_null())
    counted = placed.group_by("player", region().alias("region")).len().sort("player", "region")
    for player, number, count in counted.iter_rows():
        summaries[player]["regions"].append({"region": number, "ticks": count})
    return summaries


def merge(earlier: Summary, later: Summary) -> Summary:
    """Add two stretches."""
    return {"regions": add_rows(earlier["regions"], later["regions"], ("region",), ("ticks",))}
