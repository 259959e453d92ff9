"""Loot: drops of mobs by name and combat level, the items in them, and what those were worth.

Drops are those that the client saw, so they are a lower bound of kills. A boss has an NPC id for each form, and mobs of
different levels share names: a mob is identified by (name, combat level), and its ids are only listed. Prices are those
of the month of the drop, so whole months are valued, and years add their months.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypedDict

import numpy as np
import polars as pl
from wrapped_shared.collections import LOOT_RECEIVED
from wrapped_shared.documents import whole
from wrapped_shared.stored.report_sections import Loot, LootItem, Mob
from wrapped_shared.stored.reports import Slide
from wrapped_shared.words import counted

from player_stats.domain.batch import Batch, Codebook, Columns, integers, objects, texts_where, where
from player_stats.domain.drops import (
    MobSummary,
    TopDrop,
    add_mobs,
    kills_by_name,
    known_total,
    mobs_killed,
    valued_mobs,
    worth_most,
)
from player_stats.domain.events import column
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.mappings import merge_rows
from player_stats.domain.markup import plain_name
from player_stats.domain.numbers import joint
from player_stats.domain.prices import Prices
from player_stats.domain.values import MAX_SUM, is_text


class Summary(TypedDict):
    """Drops of mobs and of other players."""

    mobs: list[MobSummary]
    """Sorted by name and level."""
    players_looted: int
    best: TopDrop | None
    """Once the month is valued, if any item has a price."""


NPC: Final = 1
PLAYER: Final = 2


class Statistics(Family[Summary, Loot]):
    """The family `loot`."""

    name = "loot"
    collection = LOOT_RECEIVED
    stats = (
        Stat("loot.kills", ("kills",)),
        Stat("loot.value", ("value",)),
        Stat("kills:", ("mobs.name", "mobs.kills")),
    )

    def empty(self) -> Summary:
        """Return the summary of no loot."""
        return {"mobs": [], "players_looted": 0, "best": None}

    def read(self, batch: Batch) -> Columns:
        """Read `from_type` (null where invalid), and for mobs `name`, `level`, `npc` and `stacks` (bytes)."""
        actors, present = objects(batch.field("actor"))
        actor_type, valid_type = integers(actors, "type")
        stacks = [_stacks(items) for items in batch.field("items")]
        valid_items = np.array([found is not None for found in stacks], dtype=np.bool_)
        valid = batch.check("loot", [("actor", present), ("actor.type", valid_type), ("items", valid_items)])
        level, valid_level = integers(actors, "combatLevel")
        npc, valid_npc = integers(actors, "id")
        names = [plain_name(name) if is_text(name) else "" for name in column(actors, "name")]
        valid_name = np.array([name != "" for name in names], dtype=np.bool_)
        mobs = batch.check(
            "loot",
            [("actor.name", valid_name), ("actor.combatLevel", valid_level), ("actor.id", valid_npc)],
            among=valid & (actor_type == NPC),
        )
        of_mobs = [found if is_mob else None for found, is_mob in zip(stacks, mobs.tolist(), strict=True)]
        return {
            "from_type": where(mobs | (valid & (actor_type == PLAYER)), actor_type),
            "name": texts_where(mobs, names),
            "level": level,
            "npc": npc,
            "stacks": pl.Series(of_mobs, dtype=pl.Binary),
        }

    def summarise(self, events: pl.DataFrame, _: Codebook) -> dict[int, Summary]:
        """Count the drops of many players and the items in them."""
        drops = events.filter(pl.col("from_type").is_not_null())
        summaries: dict[int, Summary] = defaultdict(self.empty)
        looted = drops.filter(pl.col("from_type") == PLAYER).group_by("player").len()
        for player, count in looted.iter_rows():
            summaries[player]["players_looted"] = count
        by_mob = drops.filter(pl.col("from_type") == NPC).group_by("player", "name", "level")
        found: dict[tuple[int, str, int], MobSummary] = {}
        mobs = by_mob.agg(pl.col("npc").unique().sort().alias("npc_ids"), pl.len().alias("kills")).sort("name", "level")
        for player, name, level, npc_ids, kills in mobs.iter_rows():
            mob: MobSummary = {"name": name, "level": level, "npc_ids": npc_ids, "kills": kills, "items": []}
            found[player, name, level] = mob
            summaries[player]["mobs"].append(mob)
        for player, name, level, item, total, most in _looted(drops).iter_rows():
            found[player, name, level]["items"].append({"item": item, "quantity": total, "most": most})
        return summaries

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Add the drops of two spans."""
        found = [summary["best"] for summary in (earlier, later) if summary["best"] is not None]
        return {
            "mobs": merge_rows(earlier["mobs"], later["mobs"], ("name", "level"), add_mobs),
            "players_looted": earlier["players_looted"] + later["players_looted"],
            "best": min(found, key=worth_most, default=None),
        }

    def valued(self, summary: Summary, month: str, prices: Prices) -> Summary:
        """Value the drops of a month at its prices, and choose the best one."""
        mobs, best = valued_mobs(summary["mobs"], month, prices)
        return {**summary, "mobs": mobs, "best": best}

    def section(self, summary: Summary, items: ItemNames) -> Loot:
        """Return the section of the report: mobs and items by value, those without one by kills and quantity."""
        mobs = [_mob(mob, items) for mob in summary["mobs"]]
        best = summary["best"]
        return {
            "kills": sum(mob["kills"] for mob in mobs),
            "value": known_total(mob["value"] for mob in mobs),
            "best_drop": None
            if best is None
            else {
                "item_id": best["item"], "name": items.get(best["item"]), "quantity": best["quantity"],
                "value": best["value"], "mob": best["name"], "combat_level": best["level"], "month": best["month"],
            },
            "mobs": sorted(mobs, key=lambda mob: (*_by_value(mob), -mob["kills"], mob["name"], mob["combat_level"])),
            "players_looted": summary["players_looted"],
        }  # fmt: skip

    def item_ids(self, summary: Summary) -> Iterable[int]:
        """Return the items of all drops."""
        return (item["item"] for mob in summary["mobs"] for item in mob["items"])

    def values(self, loot: Loot) -> Iterator[tuple[str, int]]:
        """Yield the ranked values; a mob's kills are added up over its combat levels."""
        yield "loot.kills", loot["kills"]
        yield "loot.value", loot.get("value") or 0  # absent from reports made before loot was valued
        for name, kills in kills_by_name(loot.get("mobs", ())).items():
            yield f"kills:{name}", kills

    def slides(self, loot: Loot) -> Iterator[Slide]:
        """Show the mob killed most over its combat levels, the number of drops with their value, and the best drop."""
        if loot["mobs"]:
            mobs = mobs_killed(loot["mobs"])
            name, level, kills = mobs[0]
            levels = sum(mob["name"] == name for mob in loot["mobs"])
            called, over = (_called(name, level), "") if levels == 1 else (name, f" over {levels} combat levels")
            text = f"{called}: {counted(kills, 'kill')}{over}{joint([count for _, _, count in mobs], 'mob')}."
            yield slide("favourite_mob", "Most killed", text, name, f"npc:{name}#{level}")
        if loot["kills"]:
            kinds = counted(len({mob["name"] for mob in loot["mobs"]}), "kind of mob", "kinds of mobs")
            text = f"{counted(loot['kills'], 'loot drop')} from {kinds}{_worth(loot)}."
            yield slide("loot", "Loot", text, loot["kills"])
        best = loot["best_drop"]
        if best is not None and best["value"]:
            item = best["name"] or f"Item {best['item_id']}"
            many = f"{best['quantity']:,} × " if best["quantity"] > 1 else ""
            text = f"{many}{item} from {_called(best['mob'], best['combat_level'])}: {counted(best['value'], 'coin')}."
            yield slide("best_drop", "Best drop", text, best["value"], f"item:{best['item_id']}")


def _stacks(items: Any) -> bytes | None:
    """Return the id and quantity of each stack as 64-bit integers, or None if any stack is invalid."""
    if not isinstance(items, list):
        return None
    stacks = array("q")
    for item in items:
        if not isinstance(item, dict):
            return None
        number, quantity = whole(item.get("id")), whole(item.get("quantity"))
        if number is None or quantity is None or number < 0 or quantity < 0:
            return None
        stacks.extend((number, quantity))
    return stacks.tobytes()


def _looted(drops: pl.DataFrame) -> pl.DataFrame:
    """One row per item of each mob, by item: player, name, level, item, quantity, and the most in one drop."""
    total = pl.col("quantity").cast(pl.Int128).sum().clip(upper_bound=MAX_SUM).cast(pl.Int64)
    of_mob = ["player", "name", "level", "item"]
    by_drop = _exploded(drops).group_by("drop", *of_mob).agg(total)
    return by_drop.group_by(of_mob).agg(total, pl.col("quantity").max().alias("most")).sort("item")


def _exploded(drops: pl.DataFrame) -> pl.DataFrame:
    """One row per stack in the drops of mobs: drop, player, name, level, item, quantity."""
    stacks = drops["stacks"].fill_null(b"").to_list()
    numbers = np.frombuffer(b"".join(stacks), dtype=np.int64).reshape(-1, 2)
    rows = np.repeat(np.arange(len(stacks)), [len(found) // 16 for found in stacks])
    return drops.select("player", "name", "level")[rows].with_columns(
        pl.Series("drop", rows), pl.Series("item", numbers[:, 0]), pl.Series("quantity", numbers[:, 1])
    )


def _mob(mob: MobSummary, items: ItemNames) -> Mob:
    listed: list[LootItem] = [
        {
            "item_id": stack["item"],
            "name": items.get(stack["item"]),
            "quantity": stack["quantity"],
            "value": stack.get("value"),
        }
        for stack in mob["items"]
    ]
    return {
        "name": mob["name"],
        "combat_level": mob["level"],
        "npc_ids": list(mob["npc_ids"]),
        "kills": mob["kills"],
        "value": known_total(item["value"] for item in listed),
        "items": sorted(listed, key=lambda item: (*_by_value(item), -item["quantity"], item["item_id"])),
    }


def _by_value(row: LootItem | Mob) -> tuple[bool, int]:
    return row["value"] is None, -(row["value"] or 0)


def _called(name: str, level: int) -> str:
    return f"{name} (level {level})" if level > 0 else name


def _worth(loot: Loot) -> str:
    """Return the value in words, and how many items have no price; empty without a value."""
    if not loot["value"]:
        return ""
    unpriced = {item["item_id"] for mob in loot["mobs"] for item in mob["items"] if item["value"] is None}
    without = f"; {counted(len(unpriced), 'item')} without a price" if unpriced else ""
    return f", worth {counted(loot['value'], 'coin')}{without}"
