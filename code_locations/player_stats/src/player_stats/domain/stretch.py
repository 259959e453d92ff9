"""One pass over one raw collection's events: batches in, a summary of each player out, in bounded memory.

Events come in the order of their time. A batch is cut a moment before its newest event, so that whatever could be
a duplicate or a neighbour in time stays together; summaries of pieces merge, so no piece is ever held.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import polars as pl

from player_stats.domain.duplicates import Rising
from player_stats.domain.events import Document, Events, column, read_events
from player_stats.domain.interning import NOBODY, Players, Sessions
from player_stats.domain.kinds.base import Kind, Soundness
from player_stats.domain.quality import IdKey, PlayerTally, Tally
from player_stats.domain.summaries import FAMILIES, latest
from player_stats.domain.values import whole_column

PIECE_EVENTS: Final = 200_000
"""Events that are summarised at once: many enough that merging costs little, few enough to be small."""


class Stretch:
    """Summaries of one raw collection over a stretch of time."""

    def __init__(
        self,
        kind: type[Kind],
        id_key: IdKey,
        first_ms: int,
        wanted: Callable[[str], bool] | None = None,
    ) -> None:
        """Begin a stretch.

        Args:
            kind: which collection's events come in.
            id_key: sorts `_id`s of any type.
            first_ms: the first timestamp that counts, in ms.
            wanted: which player keys the stretch is about; all by default.
        """
        self.players = Players(wanted)
        self.tally = Tally(id_key)
        self.read_again: set[int] = set()
        """Player codes whose tick counts did not rise: their summaries here may hold duplicates."""
        self.families: dict[int, dict[str, dict[str, Any]]] = {}
        self.last: dict[int, dict[str, Any]] = {}
        self._first_ms = first_ms
        self._sessions = Sessions()
        self._kind = kind(self.players, self._sessions, id_key)
        self._rising = Rising()
        self._held: list[Document] = []
        self._pieces: list[tuple[pl.DataFrame, ...]] = []
        self._events = 0

    def feed(self, documents: list[Document]) -> None:
        """Take the next documents, in the order of their timestamps."""
        documents = self._held + documents
        at, sound = whole_column(column(documents, "timestamp"))
        if not sound.any():
            self._held = documents
            return
        cut = at[sound].max() - self._kind.hold_ms
        ready = ~sound | (at < cut)
        self._held = [documents[row] for row in np.flatnonzero(~ready).tolist()]
        self._take([documents[row] for row in np.flatnonzero(ready).tolist()])

    def feed_whole(self, documents: list[Document]) -> None:
        """Take all documents of the stretch at once, in any order, and finish."""
        self._take(documents)
        self._summarise()

    def finish(self) -> None:
        """Take what is still held and summarise the rest."""
        held, self._held = self._held, []
        self._take(held)
        self._summarise()

    def _take(self, documents: list[Document]) -> None:
        if not documents:
            return
        events = read_events(documents, self.players, self._sessions, self.tally, self._first_ms)
        if not len(events):
            return
        self.read_again |= self._rising.check(events, len(self._sessions.ids))
        keep = self._kind.unique(events)
        self.tally.duplicates(events.player[~keep])
        events = events.take(keep)
        self._note_names(events)
        soundness = Soundness(events, self.tally)
        self._pieces.append(self._kind.frames(events, soundness))
        soundness.finish()
        self._events += len(events)
        if self._events >= PIECE_EVENTS:
            self._summarise()

    def _summarise(self) -> None:
        if not self._pieces:
            return
        frames = [pl.concat(parts) for parts in zip(*self._pieces, strict=True)]
        self._pieces, self._events = [], 0
        for family, summaries in self._kind.summarise(*frames).items():
            for player, summary in summaries.items():
                known = self.families.setdefault(player, {})
                known[family] = FAMILIES[family].merge(known[family], summary) if family in known else summary

    def _note_names(self, events: Events) -> None:
        """Remember each player's name at his greatest (timestamp, tick count)."""
        order = np.lexsort((events.tick, events.at, events.player))
        player, at, tick = events.player[order], events.at[order], events.tick[order]
        newest = np.append(player[1:] != player[:-1], True)
        tied = np.append((player[1:] == player[:-1]) & (at[1:] == at[:-1]) & (tick[1:] == tick[:-1]), False)
        for row in np.flatnonzero(newest).tolist():
            first = row
            while first > 0 and tied[first - 1]:
                first -= 1
            name = min(events.names[index] for index in order[first : row + 1].tolist())
            seen = {"at": int(at[row]), "tick": int(tick[row]), "name": name}
            code = int(player[row])
            self.last[code] = latest(self.last[code], seen) if code in self.last else seen


class Reading:
    """The result of a stretch by player key."""

    def __init__(self) -> None:
        self.families: dict[str, dict[str, dict[str, Any]]] = {}
        self.last: dict[str, dict[str, Any]] = {}
        """For each player with a sound event {at, tick, name}."""
        self.tallies: dict[str | None, PlayerTally] = {}
        """By player key; None for documents without a usable username or time."""

    def take(self, stretch: Stretch, codes: Iterable[int]) -> None:
        """Take over the results of some players of a finished stretch."""
        keys = stretch.players.keys
        for code in codes:
            key = keys[code] if code >= 0 else None
            if code in stretch.tally.players:
                self.tallies[key] = stretch.tally.players[code]
            if key is not None and code in stretch.last:
                self.last[key] = stretch.last[code]
                self.families[key] = stretch.families.get(code, {})


def read_stretch(
    kind: type[Kind],
    batches: Iterable[list[Document]],
    read_player: Callable[[list[str]], Iterable[list[Document]]],
    id_key: IdKey,
    first_ms: int,
    wanted: Callable[[str], bool] | None = None,
) -> Reading:
    """Read one collection over one stretch of time.

    Args:
        kind: the collection's kind.
        batches: the documents, in the order of their timestamps.
        read_player: gives all documents of the stretch with one of the given usernames; called for the few players
            whose tick counts do not rise, whose duplicates may lie far apart.
        id_key: sorts `_id`s of any type.
        first_ms: the first timestamp that counts, in ms.
        wanted: which player keys to read; all by default.
    """
    stretch = Stretch(kind, id_key, first_ms, wanted)
    for batch in batches:
        stretch.feed(batch)
    stretch.finish()
    reading = Reading()
    reading.take(stretch, {*stretch.tally.players, *stretch.last} - stretch.read_again)
    for code in sorted(stretch.read_again):
        whole = Stretch(kind, id_key, first_ms)
        forms = stretch.players.forms(code)
        whole.feed_whole([document for batch in read_player(forms) for document in batch])
        # What belongs to nobody was counted the first time already.
        reading.take(whole, {*whole.tally.players, *whole.last} - {NOBODY})
    return reading
