"""Damage: hitpoints dealt and taken, and the biggest hit.

The client marks a hitsplat as `mine` if the player dealt or took it; the actor is the target. Two equal hitsplats on
one target in one tick cannot be distinguished from a re-sent event, so damage is a lower bound.
"""

from collections.abc import Iterator
from typing import Final, TypeAlias

import numpy as np
import polars as pl
from wrapped_shared.collections import HITSPLAT_APPLIED
from wrapped_shared.stored.report_sections import Damage
from wrapped_shared.stored.reports import Slide

from player_stats.domain.batch import Batch, Codebook, Columns, integers, objects, where
from player_stats.domain.events import column
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.values import MAX_SUM, saturated

Summary: TypeAlias = Damage
"""The section shows the summary unchanged."""

NO_DAMAGE_TYPES: Final = (4, 6, 60)
"""Hitsplat types that are not damage: disease, heal, prayer drain."""


class Statistics(Family[Summary, Damage]):
    """The family `damage`."""

    name = "damage"
    collection = HITSPLAT_APPLIED
    stats = (Stat("damage.dealt", ("dealt",)),)

    def empty(self) -> Summary:
        """Return the summary of no damage."""
        return {"dealt": 0, "taken": 0, "biggest_hit": 0}

    def read(self, batch: Batch) -> Columns:
        """Read `amount` (null where invalid), `hitsplat` (its type), `mine` (only true counts), `on_player`."""
        actors, has_actor = objects(batch.field("actor"))
        hits, has_hit = objects(batch.field("hitsplat"))
        amount, valid_amount = integers(hits, "amount", 0)
        hit_type, valid_type = integers(hits, "hitsplatType")
        valid = batch.check(
            "damage",
            [
                ("actor", has_actor),
                ("hitsplat", has_hit),
                ("hitsplat.amount", valid_amount),
                ("hitsplat.hitsplatType", valid_type),
            ],
        )
        mine = np.array([value is True for value in column(hits, "mine")], dtype=np.bool_)
        return {
            "amount": where(valid, amount),
            "hitsplat": hit_type,
            "mine": mine,
            "on_player": batch.is_player(actors),
        }

    def summarise(self, hits: pl.DataFrame, _: Codebook) -> dict[int, Summary]:
        """Add up the hitsplats of many players."""
        damage = hits.filter(pl.col("amount").is_not_null() & ~pl.col("hitsplat").is_in(NO_DAMAGE_TYPES))
        amount = pl.col("amount").cast(pl.Int128)
        by_player = pl.col("mine") & ~pl.col("on_player")
        sums = damage.group_by("player").agg(
            amount.filter(by_player).sum().clip(upper_bound=MAX_SUM).cast(pl.Int64).alias("dealt"),
            amount.filter(pl.col("on_player")).sum().clip(upper_bound=MAX_SUM).cast(pl.Int64).alias("taken"),
            pl.col("amount").filter(by_player).max().fill_null(0).alias("biggest_hit"),
        )
        return {
            player: {"dealt": dealt, "taken": taken, "biggest_hit": biggest}
            for player, dealt, taken, biggest in sums.iter_rows()
        }

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Add the damage of two spans."""
        return {
            "dealt": saturated(earlier["dealt"] + later["dealt"]),
            "taken": saturated(earlier["taken"] + later["taken"]),
            "biggest_hit": max(earlier["biggest_hit"], later["biggest_hit"]),
        }

    def section(self, summary: Summary, _: ItemNames) -> Damage:
        """Return the section of the report."""
        return summary

    def slides(self, damage: Damage) -> Iterator[Slide]:
        """Show the damage dealt and taken."""
        if damage["dealt"]:
            taken = f"{damage['taken']:,}" if damage["taken"] else "none"
            text = f"{damage['dealt']:,} damage dealt, {taken} taken. Biggest hit: {damage['biggest_hit']:,}."
            yield slide("damage", "Damage", text, damage["dealt"])
