"""Prayer: points used, as the falls of prayer points from one game tick to the next.

What monsters drain falls, too: the client tells no one apart.
"""

from typing import Final, TypedDict

import numpy as np
import polars as pl
from wrapped_shared.collections import GAME_TICKS

from player_stats.domain.batch import Batch, Codebook, Columns, integers, where
from player_stats.domain.falls import Falls, find_falls, merge_falls, no_falls
from player_stats.domain.family import Family, ItemNames

MAX_POINTS: Final = 255


class Prayer(TypedDict):
    """See `report_sections.Prayer`."""

    points_used: int


def read(batch: Batch) -> Columns:
    """Read `prayer`, null where unsound."""
    points, sound = integers(batch.data, "prayer", 0, MAX_POINTS)
    batch.check("prayer", [("prayer", sound)])
    return {"prayer": where(sound, points.astype(np.int32))}


def summarise(ticks: pl.DataFrame, codes: Codebook) -> dict[int, Falls]:
    """Add up many players' falls."""
    return find_falls(ticks, "prayer", codes.sessions)


def merge(earlier: Falls, later: Falls) -> Falls:
    """Merge two adjacent stretches."""
    return merge_falls("prayer", earlier, later)


def section(summary: Falls, _: ItemNames) -> Prayer:
    """Return the section of the report."""
    return {"points_used": summary["fallen"]}


FAMILY: Final = Family(
    name="prayer",
    collection=GAME_TICKS,
    fields=("prayer",),
    read=read,
    summarise=summarise,
    empty=no_falls,
    merge=merge,
    section=section,
)
