"""Damage: hitpoints dealt and taken, and the biggest hit.

The client marks a hitsplat as `mine` when the player dealt it or took it; the actor is who was hit. Two equal
hitsplats on one target in one tick cannot be told from a re-sent one, so damage is a lower bound.
"""

from typing import Any, Final

import polars as pl

from player_stats.domain.values import MAX_SUM, saturated

Summary = dict[str, Any]

NO_DAMAGE_TYPES: Final = (4, 6, 60)
"""Hitsplat types that are no damage: disease, heal, prayer drain."""


def empty() -> Summary:
    """Return the summary of no damage."""
    return {"dealt": 0, "taken": 0, "biggest_hit": 0}


def summarise(hits: pl.DataFrame) -> dict[int, Summary]:
    """Summarise many players' hitsplats.

    Args:
        hits: rows with `player`, `amount`, `type`, `mine` and `himself` (the player was hit).

    Returns:
        For each player {dealt, taken, biggest_hit}, in hitpoints.
    """
    damage = hits.filter(~pl.col("type").is_in(NO_DAMAGE_TYPES))
    amount = pl.col("amount").cast(pl.Int128)
    dealt = pl.col("mine") & ~pl.col("himself")
    sums = damage.group_by("player").agg(
        amount.filter(dealt).sum().clip(upper_bound=MAX_SUM).cast(pl.Int64).alias("dealt"),
        amount.filter(pl.col("himself")).sum().clip(upper_bound=MAX_SUM).cast(pl.Int64).alias("taken"),
        pl.col("amount").filter(dealt).max().fill_null(0).alias("biggest_hit"),
    )
    return {row.pop("player"): row for row in sums.to_dicts()}


def merge(earlier: Summary, later: Summary) -> Summary:
    """Add two stretches."""
    return {
        "dealt": saturated(earlier["dealt"] + later["dealt"]),
        "taken": saturated(earlier["taken"] + later["taken"]),
        "biggest_hit": max(earlier["biggest_hit"], later["biggest_hit"]),
    }
