"""The kinds of raw events, one a collection: from batches of events to one frame, and from that to summaries.

What is read from `data`, and what makes it unsound, is told by the families that a collection feeds.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeAlias

import polars as pl
from wrapped_shared import collections as names

from player_stats.domain.batch import Batch, Codebook, Columns
from player_stats.domain.duplicates import unique_events, unique_ticks
from player_stats.domain.events import Events
from player_stats.domain.families import FAMILIES
from player_stats.domain.interning import Owners, Sessions
from player_stats.domain.quality import IdKey, Tally
from player_stats.domain.values import Mask

MakeKind: TypeAlias = "Callable[[Owners, Sessions, IdKey], Kind]"


class Kind:
    """One raw collection's events within one stretch of reading."""

    def __init__(self, collection: str, players: Owners, sessions: Sessions, id_key: IdKey) -> None:
        self.codes = Codebook(players, sessions)
        self._families = [family for family in FAMILIES.values() if family.collection == collection]
        self._ticks = collection == names.GAME_TICKS
        self._id_key = id_key

    def unique(self, events: Events) -> Mask:
        """Return the mask of the events that are no duplicates; ticks are told apart without their data."""
        return unique_ticks(events, self._id_key) if self._ticks else unique_events(events, self._id_key)

    def frame(self, events: Events, tally: Tally) -> pl.DataFrame:
        """Read columns from `data`; the frames of several batches are stacked before they are summarised."""
        batch = Batch(events, tally, self._id_key, self.codes)
        columns: Columns = batch.envelope()
        for family in self._families:
            columns |= family.read(batch)
        batch.finish()
        return pl.DataFrame(columns)

    def summarise(self, frame: pl.DataFrame) -> dict[str, Mapping[int, Any]]:
        """Return for each family the summary of each player code in the stacked frames."""
        events = frame.sort("session", "at", "tick") if self._ticks else frame
        return {family.name: family.summarise(events, self.codes) for family in self._families}


KINDS: Final[dict[str, MakeKind]] = {
    collection: partial(Kind, collection) for collection in names.RAW_EVENT_COLLECTIONS
}
"""The kind of each raw collection."""
