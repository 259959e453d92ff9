"""One pass over one raw collection's events: batches in, a summary of each player and cell out, in bounded memory.

Events arrive in order of time, so duplicates are adjacent: only the events of a batch's newest instant wait for the
next batch. Events are summarised in chunks whose summaries are merged.
"""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Final

import numpy as np
import polars as pl
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten

from player_stats.domain.balanced_merge import BalancedMerge
from player_stats.domain.cells import Cell, Cut, cell_of
from player_stats.domain.events import Events, column, masked, read_events, times_of
from player_stats.domain.interning import Owners, Players, Sessions
from player_stats.domain.quality import IdKey, PlayerTally, Tally, total
from player_stats.domain.raw_collections import RawCollection
from player_stats.domain.seen import Counts, IsAbove, Seen
from player_stats.domain.skipping import NOBODY_FORGOTTEN, Skipping
from player_stats.domain.summaries import Families, Last, latest, merge_families
from player_stats.domain.values import Ints, Mask, whole_column

CHUNK_EVENTS: Final = 200_000
"""Events that are summarised at once: enough that merging is cheap, few enough for little memory."""


class CellReading:
    """What one collection contains for one cell."""

    def __init__(self) -> None:
        self.families: dict[str, Families] = {}
        """By player key."""
        self.last: dict[str, Last] = {}
        """By player key, for players with a valid event."""
        self.tallies: dict[str | None, PlayerTally] = {}
        """By player key; None for documents without a usable username or time."""


class Reading:
    """What one collection contains for a span of time."""

    def __init__(self) -> None:
        self.cells: dict[Cell, CellReading] = {}
        self.seen: dict[Cell, Seen] = {}
        """By hour, or by five minutes where hours are cut."""

    @cached_property
    def tallies(self) -> dict[Cell, PlayerTally]:
        """What became of all documents by cell, with or without a player; of a reading that is complete."""
        return {cell: total(found.tallies.values()) for cell, found in self.cells.items()}

    def join(self, other: "Reading") -> None:
        """Add the reading of other cells."""
        self.cells |= other.cells
        self.seen |= other.seen


class SpanReader:
    """Reads one raw collection over a span of time."""

    def __init__(
        self,
        collection: str,
        id_key: IdKey,
        first_ms: int,
        cut: Cut,
        is_above: IsAbove,
        players: Players | None = None,
        forgotten: Forgotten = NOBODY_FORGOTTEN,
    ) -> None:
        """Prepare a pass.

        Args:
            collection: the name of the raw collection.
            id_key: sorts `_id`s of any type.
            first_ms: the first timestamp that counts (ms).
            cut: the cells to summarise by.
            is_above: whether an `_id` is above the collection's watermark.
            players: names that are known already.
            forgotten: players whose documents are counted as seen, and then skipped.
        """
        self._skipping = Skipping(forgotten)
        self._owners = Owners(cut, players)
        self._sessions = Sessions()
        self._tally = Tally(id_key)
        self._counts = Counts(cut, id_key, is_above)
        self._collection = RawCollection(collection, self._owners, self._sessions, id_key)
        self._families: dict[int, BalancedMerge[Families]] = defaultdict(lambda: BalancedMerge(merge_families))
        self._last: dict[int, Last] = {}
        self._first_ms = first_ms
        self._newest = -1
        self._held: list[Document] = []
        """The documents of the newest instant so far."""
        self._frames: list[pl.DataFrame] = []
        self._events = 0

    def read(self, batches: Iterable[list[Document]]) -> Reading:
        """Read batches of documents in order of their timestamps; once."""
        for documents in batches:
            self._feed(documents)
        self._take(self._held)
        self._summarise()
        return self._reading()

    def _feed(self, documents: list[Document]) -> None:
        at, valid = whole_column(column(documents, "timestamp"))
        self._count(documents, at, valid)
        newest = max(self._newest, int(at.max(initial=-1, where=valid)))
        waiting = valid & (at == newest)
        ready = masked(documents, ~waiting)
        if newest > self._newest:
            ready, self._held, self._newest = self._held + ready, [], newest
        self._held += masked(documents, waiting)
        self._take(ready)

    def _count(self, documents: list[Document], at: Ints, valid: Mask) -> None:
        """Count what was seen, except arrays of timestamps: the server's counts by hour do not include them."""
        if not valid.all():
            numbers = np.array([not isinstance(document.get("timestamp"), list) for document in documents])
            at, documents = times_of(documents, at, valid)[numbers], masked(documents, numbers)
        if documents:
            self._counts.add(at, column(documents, "_id"))

    def _take(self, documents: list[Document]) -> None:
        documents = self._skipping.kept(documents)
        if not documents:
            return
        events = read_events(documents, self._owners, self._sessions, self._tally, self._first_ms)
        if not len(events):
            return
        keep = self._collection.unique(events)
        self._tally.duplicates(events.player[~keep])
        events = events.take(keep)
        self._note_names(events)
        self._frames.append(self._collection.frame(events, self._tally))
        self._events += len(events)
        if self._events >= CHUNK_EVENTS:
            self._summarise()

    def _summarise(self) -> None:
        if not self._frames:
            return
        frame = pl.concat(self._frames)
        self._frames, self._events = [], 0
        found: dict[int, Families] = defaultdict(dict)
        for family, summaries in self._collection.summarise(frame).items():
            for player, summary in summaries.items():
                found[player][family] = summary
        for player, families in found.items():
            self._families[player].add(families)

    def _note_names(self, events: Events) -> None:
        """Remember each player's name at their greatest (timestamp, tick count)."""
        order = np.lexsort((events.tick, events.at, events.player))
        player, at, tick = events.player[order], events.at[order], events.tick[order]
        newest = np.flatnonzero(np.append(player[1:] != player[:-1], True))
        # The first event with a player's greatest (timestamp, tick count), which is usually the only one.
        new = np.append(True, (player[1:] != player[:-1]) | (at[1:] != at[:-1]) | (tick[1:] != tick[:-1]))
        firsts = np.flatnonzero(new)[np.cumsum(new)[newest] - 1]
        columns = (player[newest], at[newest], tick[newest], firsts, newest)
        for code, when, count, first, last in zip(*(values.tolist() for values in columns), strict=True):
            name = min([events.names[index] for index in order[first : last + 1].tolist()])
            seen: Last = {"at": when, "tick": count, "name": name}
            self._last[code] = latest(self._last.get(code), seen) or seen

    def _reading(self) -> Reading:
        reading = Reading()
        reading.seen = self._counts.by_cell()
        keys, cells = self._owners.keys, self._owners.cells
        by_code = {code: CellReading() for code in dict.fromkeys(cells)}
        reading.cells = {cell_of(code): found for code, found in by_code.items()}
        for code, tally in self._tally.players.items():
            by_code[cells[code]].tallies[keys[code]] = tally
        for code, last in self._last.items():
            found, key = by_code[cells[code]], keys[code]
            if key is not None:
                found.last[key] = last
                if code in self._families:
                    found.families[key] = self._families[code].result()
        return reading
