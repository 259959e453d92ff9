"""A raw collection's events: from batches to a frame of columns, and from frames to summaries.

Which fields of `data` are read, and when they are invalid, is up to the families that read the collection.
"""

from collections.abc import Mapping
from typing import Any

import polars as pl
from wrapped_shared import collections as names

from player_stats.domain.batch import Batch, Codebook, Columns
from player_stats.domain.duplicates import unique
from player_stats.domain.events import Events
from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import Owners, Sessions
from player_stats.domain.quality import IdKey, Tally
from player_stats.domain.values import Mask


class RawCollection:
    """One raw collection's events within one span of time."""

    def __init__(self, collection: str, players: Owners, sessions: Sessions, id_key: IdKey) -> None:
        self.codes = Codebook(players, sessions)
        self._families = [family for family in FAMILIES.values() if family.collection == collection]
        self._ticks = collection == names.GAME_TICKS
        self._id_key = id_key

    def unique(self, events: Events) -> Mask:
        """Return the mask of the events that are not duplicates; for ticks, `data` is not compared."""
        return unique(events, self._id_key, by_data=not self._ticks)

    def frame(self, events: Events, tally: Tally) -> pl.DataFrame:
        """Read the families' columns; the frames of several batches are stacked before they are summarised."""
        batch = Batch(events, tally, self._id_key, self.codes)
        columns: Columns = batch.envelope()
        for family in self._families:
            columns |= family.read(batch)
        batch.finish()
        return pl.DataFrame(columns)

    def summarise(self, frame: pl.DataFrame) -> dict[str, Mapping[int, Any]]:
        """Return the summaries of each family by player code."""
        events = frame.sort("session", "at", "tick") if self._ticks else frame
        return {family.name: family.summarise(events, self.codes) for family in self._families}
