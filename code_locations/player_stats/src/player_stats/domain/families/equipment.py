"""Equipment: ticks with each item in each slot.

A slot's value is nothing (0), a body kit, or an item id plus an offset. The game's update of 2024-08-14 (client
revision 224) moved that offset from 512 to 2048; the event's own time tells which one holds.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final

import polars as pl

from player_stats.domain.mappings import add_rows

Summary = dict[str, Any]

SLOTS: Final = (
    "HEAD", "CAPE", "AMULET", "WEAPON", "TORSO", "SHIELD", "ARMS", "LEGS", "HAIR", "HANDS", "BOOTS", "JAW",
)  # fmt: skip
"""Slots in the order of `equipmentIds`; rings and ammunition are not visible there."""
OLD_OFFSET: Final = 512
NEW_OFFSET: Final = 2048
OFFSET_CHANGED_MS: Final = int(datetime(2024, 8, 14, 11, tzinfo=UTC).timestamp() * 1000)


def empty() -> Summary:
    """Return the summary of nothing worn."""
    return {"worn": []}


def summarise(ticks: pl.DataFrame, outfits: Sequence[tuple[int, ...]]) -> dict[int, Summary]:
    """Count many players' ticks by slot and item.

    Args:
        ticks: rows with `player`, `at` (ms) and `gear` (a code, null where there was no list).
        outfits: the slot values of each gear code, at most 12, with -1 for an unsound one.

    Returns:
        For each player {worn: [{slot (0..11), item, ticks}]}, sorted by slot and item.
    """
    counts: dict[int, dict[tuple[int, int], int]] = {}
    worn = ticks.filter(pl.col("gear").is_not_null()).group_by(
        "player", "gear", (pl.col("at") >= OFFSET_CHANGED_MS).alias("new")
    )
    for player, gear, new, ticked in worn.len().iter_rows():
        offset = NEW_OFFSET if new else OLD_OFFSET
        items = counts.setdefault(player, {})
        for slot, value in enumerate(outfits[gear]):
            if value >= offset:
                key = slot, value - offset
                items[key] = items.get(key, 0) + ticked
    return {
        player: {"worn": [{"slot": slot, "item": item, "ticks": items[slot, item]} for slot, item in sorted(items)]}
        for player, items in counts.items()
        if items
    }


def merge(earlier: Summary, later: Summary) -> Summary:
    """Add two stretches."""
    return {"worn": add_rows(earlier["worn"], later["worn"], ("slot", "item"), ("ticks",))}
