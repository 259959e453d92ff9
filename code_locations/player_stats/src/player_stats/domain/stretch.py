"""One pass over one raw collection's events: batches in, a summary of each player and cell out, in bounded memory.

Events come in the order of their time, so duplicates lie side by side: only the events of a batch's newest instant
wait for the next one, and summaries of pieces merge.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import polars as pl

from player_stats.domain.cells import Cell, Cut, cell
from player_stats.domain.events import Document, Events, column, masked, moments, read_events
from player_stats.domain.interning import Owners, Players, Sessions
from player_stats.domain.kinds import MakeKind
from player_stats.domain.pile import Pile
from player_stats.domain.quality import IdKey, PlayerTally, Tally, total
from player_stats.domain.seen import Counts, IsAbove, Seen
from player_stats.domain.summaries import Families, latest, merge_families
from player_stats.domain.values import Ints, Mask, whole_column

PIECE_EVENTS: Final = 200_000
"""Events that are summarised at once: many enough that merging costs little, few enough to be small."""


class Stretch:
    """Summaries of one raw collection over a stretch of time."""

    def __init__(
        self,
        kind: MakeKind,
        id_key: IdKey,
        first_ms: int,
        cut: Cut,
        is_above: IsAbove,
        players: Players | None = None,
    ) -> None:
        """Begin a stretch.

        Args:
            kind: which collection's events come in.
            id_key: sorts `_id`s of any type.
            first_ms: the first timestamp that counts, in ms.
            cut: the cells that summaries are made for.
            is_above: tells which `_id`s lie above the collection's watermark.
            players: the names that are known already.
        """
        self.owners = Owners(cut, players)
        self.tally = Tally(id_key)
        self.counts = Counts(cut, id_key, is_above)
        self.families: dict[int, Pile[Families]] = defaultdict(lambda: Pile(merge_families))
        self.last: dict[int, dict[str, Any]] = {}
        self._first_ms = first_ms
        self._sessions = Sessions()
        self._kind = kind(self.owners, self._sessions, id_key)
        self._newest = -1
        self._held: list[Document] = []
        """The events of the newest instant so far."""
        self._pieces: list[pl.DataFrame] = []
        self._events = 0

    def feed(self, documents: list[Document]) -> None:
        """Take the next documents, in the order of their timestamps."""
        if not documents:
            return
        at, sound = whole_column(column(documents, "timestamp"))
        self._count(documents, at, sound)
        newest = max(self._newest, int(at.max(initial=-1, where=sound)))
        waiting = sound & (at == newest)
        ready = masked(documents, ~waiting)
        if newest > self._newest:
            ready, self._held, self._newest = self._held + ready, [], newest
        self._held += masked(documents, waiting)
        self._take(ready)

    def _count(self, documents: list[Document], at: Ints, sound: Mask) -> None:
        """Count what was seen; an array of timestamps lies in no hour for who counts on the server."""
        if not sound.all():
            numbers = np.array([not isinstance(document.get("timestamp"), list) for document in documents])
            at, documents = moments(documents, at, sound)[numbers], masked(documents, numbers)
        if documents:
            self.counts.add(at, column(documents, "_id"))

    def finish(self) -> None:
        """Take what is still held and summarise the rest."""
        held, self._held = self._held, []
        self._take(held)
        self._summarise()

    def _take(self, documents: list[Document]) -> None:
        if not documents:
            return
        events = read_events(documents, self.owners, self._sessions, self.tally, self._first_ms)
        if not len(events):
            return
        keep = self._kind.unique(events)
        self.tally.duplicates(events.player[~keep])
        events = events.take(keep)
        self._note_names(events)
        self._pieces.append(self._kind.frame(events, self.tally))
        self._events += len(events)
        if self._events >= PIECE_EVENTS:
            self._summarise()

    def _summarise(self) -> None:
        if not self._pieces:
            return
        frame = pl.concat(self._pieces)
        self._pieces, self._events = [], 0
        found: dict[int, Families] = defaultdict(dict)
        for family, summaries in self._kind.summarise(frame).items():
            for player, summary in summaries.items():
                found[player][family] = summary
        for player, families in found.items():
            self.families[player].add(families)

    def _note_names(self, events: Events) -> None:
        """Remember each player's name at their greatest (timestamp, tick count)."""
        order = np.lexsort((events.tick, events.at, events.player))
        player, at, tick = events.player[order], events.at[order], events.tick[order]
        newest = np.flatnonzero(np.append(player[1:] != player[:-1], True))
        # The first of the events that share a player's greatest (timestamp, tick count): nearly always the only one.
        new = np.append(True, (player[1:] != player[:-1]) | (at[1:] != at[:-1]) | (tick[1:] != tick[:-1]))
        firsts = np.flatnonzero(new)[np.cumsum(new)[newest] - 1]
        columns = (player[newest], at[newest], tick[newest], firsts, newest)
        for code, when, count, first, last in zip(*(values.tolist() for values in columns), strict=True):
            name = min([events.names[index] for index in order[first : last + 1].tolist()])
            seen = {"at": when, "tick": count, "name": name}
            self.last[code] = latest(self.last.get(code), seen) or seen


class CellReading:
    """What one collection holds of one cell."""

    def __init__(self) -> None:
        self.families: dict[str, Families] = {}
        """By player key."""
        self.last: dict[str, dict[str, Any]] = {}
        """For each player with a sound event {at, tick, name}."""
        self.tallies: dict[str | None, PlayerTally] = {}
        """By player key; None for documents without a usable username or time."""


class Reading:
    """The result of a stretch of one collection, cell by cell."""

    def __init__(self) -> None:
        self.cells: dict[Cell, CellReading] = {}
        self.seen: dict[Cell, Seen] = {}
        """By hour, or five minutes where hours are cut so."""

    def tallies(self) -> dict[Cell, PlayerTally]:
        """Return by cell what became of the documents of all players and of nobody."""
        return {piece: total(found.tallies.values()) for piece, found in self.cells.items()}

    def join(self, other: "Reading") -> None:
        """Add what was read of other cells."""
        self.cells |= other.cells
        self.seen |= other.seen

    def take(self, stretch: Stretch) -> None:
        """Take over the results of a finished stretch."""
        keys, cells = stretch.owners.keys, stretch.owners.cells
        self.seen = stretch.counts.by_cell()
        of_cell = {code: CellReading() for code in dict.fromkeys(cells)}
        self.cells = {cell(code): found for code, found in of_cell.items()}
        for code, tally in stretch.tally.players.items():
            of_cell[cells[code]].tallies[keys[code]] = tally
        for code, last in stretch.last.items():
            found, key = of_cell[cells[code]], keys[code]
            if key is not None:
                found.last[key] = last
                if code in stretch.families:
                    found.families[key] = stretch.families[code].whole()


def read_stretch(
    kind: MakeKind,
    batches: Iterable[list[Document]],
    id_key: IdKey,
    first_ms: int,
    cut: Cut,
    is_above: IsAbove,
    players: Players | None = None,
) -> Reading:
    """Read one collection over one stretch of time.

    Args:
        kind: the collection's kind.
        batches: the documents, in the order of their timestamps.
        id_key: sorts `_id`s of any type.
        first_ms: the first timestamp that counts, in ms.
        cut: the cells that summaries are made for.
        is_above: tells which `_id`s lie above the collection's watermark.
        players: the names that are known already.
    """
    stretch = Stretch(kind, id_key, first_ms, cut, is_above, players)
    for batch in batches:
        stretch.feed(batch)
    stretch.finish()
    reading = Reading()
    reading.take(stretch)
    return reading
