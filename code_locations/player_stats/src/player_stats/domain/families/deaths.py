"""Deaths: the player's own, each told once however often the client saw it.

The client reports every actor whose health bar empties, and may report one death twice: a death joined to the one
before it in its session and less than ten ticks after it is the same death, which lies where its first event lies.
"""

from collections import Counter
from typing import Any, Final

import polars as pl

from player_stats.domain.edges import JOIN_MS, Edge, find_edges, merge_edges, no_edges
from player_stats.domain.mappings import add_rows

Summary = dict[str, Any]

SAME_DEATH_TICKS: Final = 10
NO_COORDINATES: Final = -2
"""The region of a death without sound coordinates."""


def empty() -> Summary:
    """Return the summary of no deaths."""
    return {"count": 0, "regions": [], "edges": no_edges()}


def summarise(deaths: pl.DataFrame, sessions: list[bytes]) -> dict[int, Summary]:
    """Summarise many players' own deaths.

    Args:
        deaths: rows with `player`, `session`, `at` (ms), `tick`, `order` (among equals) and `region` (-1 instance,
            -2 no coordinates), in any order.
        sessions: the mark of each session code.

    Returns:
        For each player {count, regions: [{region, count}], edges (with tick and region)}.
    """
    if deaths.is_empty():
        return {}
    ordered = deaths.sort("player", "session", "at", "tick", "order")
    gap = pl.col("tick") - pl.col("tick").shift(1)
    again = (
        (pl.col("session") == pl.col("session").shift(1))
        & (pl.col("at") - pl.col("at").shift(1) <= JOIN_MS)
        & (gap >= 0)
        & (gap < SAME_DEATH_TICKS)
    ).fill_null(False)
    summaries: dict[int, Summary] = {
        player: {"count": 0, "regions": [], "edges": edges}
        for player, edges in find_edges(ordered, sessions, ["tick", "region"]).items()
    }
    counted = ordered.filter(~again).group_by("player", "region").len().sort("player", "region")
    for player, number, count in counted.iter_rows():
        summaries[player]["count"] += count
        summaries[player]["regions"].append({"region": number, "count": count})
    return summaries


def merge(earlier: Summary, later: Summary) -> Summary:
    """Merge two adjacent stretches: a death told on both sides of the cut is the earlier one."""
    seam = merge_edges(earlier["edges"], later["edges"])
    repeated = Counter(head["region"] for tail, head in seam.joins if _same_death(tail, head))
    regions = add_rows(earlier["regions"], later["regions"], ("region",), ("count",))
    regions = [{**row, "count": row["count"] - repeated[row["region"]]} for row in regions]
    return {
        "count": earlier["count"] + later["count"] - repeated.total(),
        "regions": [row for row in regions if row["count"]],
        "edges": seam.merged,
    }


def _same_death(before: Edge, after: Edge) -> bool:
    return 0 <= int(after["tick"]) - int(before["tick"]) < SAME_DEATH_TICKS
