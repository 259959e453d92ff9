"""Equipment: ticks with each item in each slot.

A slot's value is 0 (empty), a body kit, or an item id plus an offset. The game update of 2024-08-14 (client revision
224) changed that offset from 512 to 2048; the event's time decides which one applies.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final, TypedDict, get_args

import numpy as np
import polars as pl
from wrapped_shared.collections import GAME_TICKS
from wrapped_shared.documents import whole
from wrapped_shared.stored.report_sections import Gear
from wrapped_shared.stored.reports import Slide
from wrapped_shared.vocabulary import EquipmentSlot
from wrapped_shared.words import duration

from player_stats.domain.batch import Batch, Codebook, Columns, where
from player_stats.domain.events import masked
from player_stats.domain.family import Family, ItemNames, slide
from player_stats.domain.interning import Codes, Interned
from player_stats.domain.mappings import add_rows
from player_stats.domain.numbers import joint, seconds
from player_stats.domain.values import Mask


class WornTicks(TypedDict):
    """Ticks with an item in a slot."""

    slot: int
    """0..11."""
    item: int
    ticks: int


class Summary(TypedDict):
    """Ticks with each item in each slot."""

    worn: list[WornTicks]
    """Sorted by slot and item."""


SLOTS: Final[tuple[EquipmentSlot, ...]] = get_args(EquipmentSlot)
"""Slots in the order of `equipmentIds`; rings and ammunition are not visible there."""
OLD_OFFSET: Final = 512
NEW_OFFSET: Final = 2048
OFFSET_CHANGED_MS: Final = int(datetime(2024, 8, 14, 11, tzinfo=UTC).timestamp() * 1000)


class Statistics(Family[Summary, list[Gear]]):
    """The family `equipment`."""

    name = "equipment"
    collection = GAME_TICKS
    fields = ("equipmentIds",)

    def empty(self) -> Summary:
        """Return the summary of nothing worn."""
        return {"worn": []}

    def read(self, batch: Batch) -> Columns:
        """Read `gear`: the code of what is worn; null where there is no list."""
        gear, valid = batch.codes.table(Outfits).codes(batch.field("equipmentIds"))
        batch.check("equipment", [("equipmentIds", valid)])
        return {"gear": where(gear >= 0, gear)}

    def summarise(self, ticks: pl.DataFrame, codes: Codebook) -> dict[int, Summary]:
        """Count the ticks of many players by slot and item."""
        outfits = codes.table(Outfits).values
        counts: dict[int, Counter[tuple[int, int]]] = defaultdict(Counter)
        worn = ticks.filter(pl.col("gear").is_not_null()).group_by(
            "player", "gear", (pl.col("at") >= OFFSET_CHANGED_MS).alias("new")
        )
        for player, gear, new, ticked in worn.len().iter_rows():
            offset = NEW_OFFSET if new else OLD_OFFSET
            for slot, value in enumerate(outfits[gear]):
                if value >= offset:
                    counts[player][slot, value - offset] += ticked
        return {
            player: {"worn": [{"slot": slot, "item": item, "ticks": items[slot, item]} for slot, item in sorted(items)]}
            for player, items in counts.items()
        }

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Add the ticks of two spans."""
        return {"worn": add_rows(earlier["worn"], later["worn"], ("slot", "item"), ("ticks",))}

    def section(self, summary: Summary, items: ItemNames) -> list[Gear]:
        """Return the section of the report: most ticks first."""
        gear: list[Gear] = [
            {
                "slot": SLOTS[row["slot"]],
                "item_id": row["item"],
                "name": items.get(row["item"]),
                "ticks": row["ticks"],
                "seconds": seconds(row["ticks"]),
            }
            for row in summary["worn"]
        ]
        return sorted(gear, key=lambda row: (-row["ticks"], row["slot"], row["item_id"]))

    def item_ids(self, summary: Summary) -> Iterable[int]:
        """Return the items worn."""
        return (row["item"] for row in summary["worn"])

    def slides(self, worn: list[Gear]) -> Iterator[Slide]:
        """Show what was worn longest."""
        if worn:
            gear = worn[0]
            name = gear["name"] or f"Item {gear['item_id']}"
            # An item may have been worn in several slots: its longest time counts.
            longest = {row["item_id"]: row["ticks"] for row in reversed(worn)}
            text = f"{name}: worn for {duration(gear['seconds'])}{joint(longest.values(), 'item')}."
            yield slide("favourite_gear", "Favourite gear", text, gear["item_id"], f"item:{gear['item_id']}")


class Outfits:
    """Codes for lists of worn items, which repeat from tick to tick."""

    def __init__(self) -> None:
        self.values: list[tuple[int, ...]] = []
        """The first 12 values of each code; -1 for an invalid one."""
        self._valid: list[bool] = []
        self._codes: Interned[Hashable] = Interned()

    def codes(self, lists: Sequence[Any]) -> tuple[Codes, Mask]:
        """Return the codes (-1 where there is no list) and the mask of lists without invalid values."""
        listed = np.array([type(value) is list for value in lists], dtype=np.bool_)
        worn = [value[: len(SLOTS)] for value in masked(lists, listed)]
        # 1, 1.0 and true are equal keys but not equally valid: lists with other values than integers are keyed by text.
        key_of: Callable[[list[Any]], Hashable] = tuple if set(map(type, chain.from_iterable(worn))) <= {int} else repr
        found = [self._codes[key] for key in map(key_of, worn)]
        for code, items in dict(zip(found, worn, strict=True)).items():
            if code == len(self.values):
                numbers = [whole(item) for item in items]
                self.values.append(tuple(-1 if number is None else number for number in numbers))
                self._valid.append(None not in numbers)
        codes = np.full(len(lists), -1, dtype=np.int32)
        valid = np.array([value is None for value in lists], dtype=np.bool_)
        codes[listed] = found
        valid[listed] = np.array(self._valid, dtype=np.bool_)[codes[listed]]
        return codes, valid
