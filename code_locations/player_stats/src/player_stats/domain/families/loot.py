"""Loot: drops of mobs by name and combat level, and the items in them.

A drop is what the client saw fall, so drops are a lower bound of kills. A boss has a new NPC id for each form, and
several mobs share a name at different levels: mobs are told apart by (name, combat level), ids are only listed.
"""

from collections import defaultdict
from typing import Any, Final

import polars as pl

from player_stats.domain.mappings import add_rows, merge_rows
from player_stats.domain.values import MAX_SUM

Summary = dict[str, Any]

NPC: Final = 1
PLAYER: Final = 2


def empty() -> Summary:
    """Return the summary of no loot."""
    return {"mobs": [], "players_looted": 0}


def summarise(drops: pl.DataFrame, stacks: pl.DataFrame) -> dict[int, Summary]:
    """Summarise many players' drops.

    Args:
        drops: one row a drop with `player`, `kind` (`actor.type`), and for mobs `name`, `level`, `npc`.
        stacks: one row a stack in a mob's drop with `player`, `name`, `level`, `item`, `quantity`.

    Returns:
        For each player {mobs: [{name, level, npc_ids, kills, items: [{item, quantity}]}], players_looted}.
    """
    summaries: dict[int, Summary] = defaultdict(empty)
    looted = drops.filter(pl.col("kind") == PLAYER).group_by("player").len()
    for player, count in looted.iter_rows():
        summaries[player]["players_looted"] = count
    by_mob = drops.filter(pl.col("kind") == NPC).group_by("player", "name", "level")
    found: dict[tuple[int, str, int], dict[str, Any]] = {}
    for player, name, level, npc_ids, kills in by_mob.agg(
        pl.col("npc").unique().sort().alias("npc_ids"), pl.len().alias("kills")
    ).iter_rows():
        mob = {"name": name, "level": level, "npc_ids": npc_ids, "kills": kills, "items": []}
        found[player, name, level] = mob
        summaries[player]["mobs"].append(mob)
    quantity = pl.col("quantity").cast(pl.Int128).sum().clip(upper_bound=MAX_SUM).cast(pl.Int64)
    for player, name, level, item, looted_quantity in (
        stacks.group_by("player", "name", "level", "item").agg(quantity).sort("item").iter_rows()
    ):
        found[player, name, level]["items"].append({"item": item, "quantity": looted_quantity})
    for summary in summaries.values():
        summary["mobs"].sort(key=lambda mob: (mob["name"], mob["level"]))
    return summaries


def merge(earlier: Summary, later: Summary) -> Summary:
    """Add two stretches."""
    return {
        "mobs": merge_rows(earlier["mobs"], later["mobs"], ("name", "level"), _add_mobs),
        "players_looted": earlier["players_looted"] + later["players_looted"],
    }


def _add_mobs(a: Any, b: Any) -> dict[str, Any]:
    return {
        "npc_ids": sorted({*a["npc_ids"], *b["npc_ids"]}),
        "kills": a["kills"] + b["kills"],
        "items": add_rows(a["items"], b["items"], ("item",), ("quantity",)),
    }
