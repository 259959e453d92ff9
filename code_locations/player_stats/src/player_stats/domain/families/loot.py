"""Loot: drops of mobs by name and combat level, and the items in them.

Drops are those that the client saw, so they are a lower bound of kills. A boss has an NPC id for each form, and mobs of
different levels share names: a mob is identified by (name, combat level), and its ids are only listed.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final, TypedDict

import numpy as np
import polars as pl
from wrapped_shared.collections import LOOT_RECEIVED
from wrapped_shared.documents import whole
from wrapped_shared.report_types import Slide

from player_stats.domain.batch import Batch, Codebook, Columns, integers, objects, texts_where, where
from player_stats.domain.events import column
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.mappings import add_rows, merge_rows
from player_stats.domain.markup import plain_name
from player_stats.domain.numbers import counted, joint
from player_stats.domain.values import MAX_SUM, is_text


class Stack(TypedDict):
    """An item and how many there were."""

    item: int
    quantity: int


class MobSummary(TypedDict):
    """Drops of one mob."""

    name: str
    level: int
    npc_ids: list[int]
    kills: int
    items: list[Stack]
    """Sorted by item."""


class Summary(TypedDict):
    """Drops of mobs and of other players."""

    mobs: list[MobSummary]
    """Sorted by name and level."""
    players_looted: int


class LootItem(TypedDict):
    """See `report_sections.LootItem`."""

    item_id: int
    name: str | None
    quantity: int


class Mob(TypedDict):
    """See `report_sections.Mob`."""

    name: str
    combat_level: int
    npc_ids: list[int]
    kills: int
    items: list[LootItem]


class Loot(TypedDict):
    """See `report_sections.Loot`."""

    kills: int
    mobs: list[Mob]
    players_looted: int


NPC: Final = 1
PLAYER: Final = 2


def empty() -> Summary:
    """Return the summary of no loot."""
    return {"mobs": [], "players_looted": 0}


def read(batch: Batch) -> Columns:
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


def _stacks(items: Any) -> bytes | None:
    """Return id and quantity of each stack as 64-bit integers, or None unless all are objects with both valid."""
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


def summarise(events: pl.DataFrame, _: Codebook) -> dict[int, Summary]:
    """Count the drops of many players and the items in them."""
    drops = events.filter(pl.col("from_type").is_not_null())
    summaries: dict[int, Summary] = defaultdict(empty)
    looted = drops.filter(pl.col("from_type") == PLAYER).group_by("player").len()
    for player, count in looted.iter_rows():
        summaries[player]["players_looted"] = count
    by_mob = drops.filter(pl.col("from_type") == NPC).group_by("player", "name", "level")
    found: dict[tuple[int, str, int], MobSummary] = {}
    for player, name, level, npc_ids, kills in by_mob.agg(
        pl.col("npc").unique().sort().alias("npc_ids"), pl.len().alias("kills")
    ).iter_rows():
        mob: MobSummary = {"name": name, "level": level, "npc_ids": npc_ids, "kills": kills, "items": []}
        found[player, name, level] = mob
        summaries[player]["mobs"].append(mob)
    quantity = pl.col("quantity").cast(pl.Int128).sum().clip(upper_bound=MAX_SUM).cast(pl.Int64)
    for player, name, level, item, looted_quantity in (
        _exploded(drops).group_by("player", "name", "level", "item").agg(quantity).sort("item").iter_rows()
    ):
        found[player, name, level]["items"].append({"item": item, "quantity": looted_quantity})
    for summary in summaries.values():
        summary["mobs"].sort(key=lambda mob: (mob["name"], mob["level"]))
    return summaries


def _exploded(drops: pl.DataFrame) -> pl.DataFrame:
    """One row per stack in the drops of mobs: player, name, level, item, quantity."""
    stacks = drops["stacks"].fill_null(b"").to_list()
    numbers = np.frombuffer(b"".join(stacks), dtype=np.int64).reshape(-1, 2)
    rows = np.repeat(np.arange(len(stacks)), [len(found) // 16 for found in stacks])
    return drops.select("player", "name", "level")[rows].with_columns(
        pl.Series("item", numbers[:, 0]), pl.Series("quantity", numbers[:, 1])
    )


def merge(earlier: Summary, later: Summary) -> Summary:
    """Add the drops of two spans."""
    return {
        "mobs": merge_rows(earlier["mobs"], later["mobs"], ("name", "level"), _add_mobs),
        "players_looted": earlier["players_looted"] + later["players_looted"],
    }


def _add_mobs(a: MobSummary, b: MobSummary) -> MobSummary:
    return {
        **b,
        "npc_ids": sorted({*a["npc_ids"], *b["npc_ids"]}),
        "kills": a["kills"] + b["kills"],
        "items": add_rows(a["items"], b["items"], ("item",), ("quantity",)),
    }


def section(summary: Summary, items: ItemNames) -> Loot:
    """Return the section of the report: mobs by kills, items by quantity, most first."""
    mobs: list[Mob] = [
        {
            "name": mob["name"],
            "combat_level": mob["level"],
            "npc_ids": list(mob["npc_ids"]),
            "kills": mob["kills"],
            "items": [
                {"item_id": row["item"], "name": items.get(row["item"]), "quantity": row["quantity"]}
                for row in sorted(mob["items"], key=lambda row: (-row["quantity"], row["item"]))
            ],
        }
        for mob in sorted(summary["mobs"], key=lambda mob: (-mob["kills"], mob["name"], mob["level"]))
    ]
    return {
        "kills": sum(mob["kills"] for mob in mobs),
        "mobs": mobs,
        "players_looted": summary["players_looted"],
    }


def item_ids(summary: Summary) -> Iterable[int]:
    """Return the items dropped."""
    return (item["item"] for mob in summary["mobs"] for item in mob["items"])


def values(loot: Loot) -> Iterator[tuple[str, int]]:
    """Yield the ranked values; a mob's kills are added up over its combat levels."""
    yield "loot.kills", loot["kills"]
    kills: dict[str, int] = {}
    for mob in loot.get("mobs", ()):
        kills[mob["name"]] = kills.get(mob["name"], 0) + mob["kills"]
    for name in sorted(kills):
        yield f"kills:{name}", kills[name]


def slides(loot: Loot) -> Iterator[Slide]:
    """Show the mob with the most kills, and the number of drops."""
    if loot["mobs"]:
        mob = loot["mobs"][0]
        name, level = mob["name"], mob["combat_level"]
        tie = joint([other["kills"] for other in loot["mobs"]], "mob")
        called = f"{name} (level {level})" if level > 0 else name
        text = f"{called}: {counted(mob['kills'], 'kill')}{tie}."
        yield slide("favourite_mob", "Most killed", text, name, f"npc:{name}#{level}")
    if loot["kills"]:
        kinds = counted(len({mob["name"] for mob in loot["mobs"]}), "kind of mob", "kinds of mobs")
        yield slide("loot", "Loot", f"{counted(loot['kills'], 'loot drop')} from {kinds}.", loot["kills"])


FAMILY: Final = Family(
    name="loot",
    collection=LOOT_RECEIVED,
    read=read,
    summarise=summarise,
    empty=empty,
    merge=merge,
    section=section,
    item_ids=item_ids,
    stats=(Stat("loot.kills", "loot drops"), Stat("kills:", "{} kills", ("mobs.name", "mobs.kills"))),
    values=values,
    slides=slides,
)
