"""Loot drops: what fell where a mob (or another player) died."""

from typing import Any, TypeAlias

import numpy as np
import polars as pl

from player_stats.domain.events import Events, column
from player_stats.domain.families import loot
from player_stats.domain.kinds.base import Kind, Soundness, Summaries, integers, objects
from player_stats.domain.markup import plain_name
from player_stats.domain.values import is_text, whole

Stacks: TypeAlias = list[tuple[int, int]]
"""(item id, quantity) of each stack of a drop."""


class LootReceived(Kind):
    """The collection `loot_received`."""

    def frames(self, events: Events, soundness: Soundness) -> tuple[pl.DataFrame, ...]:
        """Read drops and the stacks in mobs' drops."""
        actors, present = objects(column(events.data, "actor"))
        kind, sound_kind = integers(actors, "type")
        stacks = [_stacks(items) for items in column(events.data, "items")]
        sound_items = np.array([found is not None for found in stacks], dtype=np.bool_)
        sound = soundness.check("loot", [("actor", present), ("actor.type", sound_kind), ("items", sound_items)])
        level, sound_level = integers(actors, "combatLevel")
        npc, sound_npc = integers(actors, "id")
        names = [plain_name(name) if is_text(name) else "" for name in column(actors, "name")]
        sound_name = np.array([name != "" for name in names], dtype=np.bool_)
        mobs = soundness.check(
            "loot",
            [("actor.name", sound_name), ("actor.combatLevel", sound_level), ("actor.id", sound_npc)],
            among=sound & (kind == loot.NPC),
        )
        named = [name if good else None for name, good in zip(names, mobs.tolist(), strict=True)]
        drops = pl.DataFrame(
            {
                "player": events.player,
                "kind": kind,
                "name": pl.Series(named, dtype=pl.String),
                "level": level,
                "npc": npc,
                "kept": mobs | (sound & (kind == loot.PLAYER)),
            }
        )
        return drops.filter("kept").drop("kept"), _stack_frame(drops, stacks, mobs.tolist())

    def summarise(self, *frames: pl.DataFrame) -> Summaries:
        """Summarise loot."""
        return {"loot": loot.summarise(*frames)}


def _stacks(items: Any) -> Stacks | None:
    """Return the stacks of a drop, or None unless all are objects with whole `id` and `quantity` of 0 and more."""
    if not isinstance(items, list):
        return None
    stacks: Stacks = []
    for item in items:
        if not isinstance(item, dict):
            return None
        number, quantity = whole(item.get("id")), whole(item.get("quantity"))
        if number is None or quantity is None or number < 0 or quantity < 0:
            return None
        stacks.append((number, quantity))
    return stacks


def _stack_frame(drops: pl.DataFrame, stacks: list[Stacks | None], mobs: list[bool]) -> pl.DataFrame:
    rows = [
        (row, item, quantity)
        for row, (found, is_mob) in enumerate(zip(stacks, mobs, strict=True))
        if is_mob
        for item, quantity in found or ()
    ]
    schema = {"row": pl.UInt32, "item": pl.Int64, "quantity": pl.Int64}
    exploded = pl.DataFrame(rows, schema=schema, orient="row")
    owners = drops.select("player", "name", "level")[exploded["row"]]
    return pl.concat([owners, exploded.drop("row")], how="horizontal")
