"""Prayer: points used, which is the total decrease of prayer points from one game tick to the next.

Points drained by monsters are included, as the client does not distinguish them.
"""

from typing import Final, TypeAlias

import numpy as np
import polars as pl
from wrapped_shared.collections import GAME_TICKS
from wrapped_shared.stored.report_sections import Prayer

from player_stats.domain.batch import Batch, Codebook, Columns, integers, where
from player_stats.domain.decreases import Decreases, find_decreases, merge_decreases
from player_stats.domain.edges import TickEdge, no_edges
from player_stats.domain.family import Family, ItemNames

MAX_POINTS: Final = 255


class PrayerEdge(TickEdge):
    """A session's first or last tick with valid prayer points."""

    prayer: int


Summary: TypeAlias = Decreases[PrayerEdge]


class Statistics(Family[Summary, Prayer]):
    """The family `prayer`."""

    name = "prayer"
    collection = GAME_TICKS
    fields = ("prayer",)

    def empty(self) -> Summary:
        """Return the summary of no ticks."""
        return {"fallen": 0, "edges": no_edges()}

    def read(self, batch: Batch) -> Columns:
        """Read `prayer`, null where invalid."""
        points, valid = integers(batch.data, "prayer", 0, MAX_POINTS)
        batch.check("prayer", [("prayer", valid)])
        return {"prayer": where(valid, points.astype(np.int32))}

    def summarise(self, ticks: pl.DataFrame, codes: Codebook) -> dict[int, Summary]:
        """Add up the points used by many players."""
        return find_decreases(ticks, "prayer", codes.sessions, PrayerEdge)

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Merge two adjacent spans, with the points used across the cut."""
        return merge_decreases(lambda edge: edge["prayer"], earlier, later)

    def section(self, summary: Summary, _: ItemNames) -> Prayer:
        """Return the section of the report."""
        return {"points_used": summary["fallen"]}
