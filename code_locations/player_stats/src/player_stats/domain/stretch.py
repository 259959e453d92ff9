"""One pass over one raw collection's events: batches in, a summary of each player out, in bounded memory.

Events come in the order of their time, so duplicates lie side by side: only the events of a batch's newest instant
wait for the next one, and summaries of pieces merge.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final

import numpy as np
import polars as pl

from player_stats.domain.events import Document, Events, column, read_events
from player_stats.domain.interning import NOBODY, Players, Sessions
from player_stats.domain.kinds.base import Kind, Soundness
from player_stats.domain.pile import Pile
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
        self.families: dict[int, dict[str, Pile[dict[str, Any]]]] = {}
        self.last: dict[int, dict[str, Any]] = {}
        self._first_ms = first_ms
        self._sessions = Sessions()
        self._kind = kind(self.players, self._sessions, id_key)
        self._newest = -1
        self._held: list[Document] = []
        """The events of the newest instant so far."""
        self._pieces: list[tuple[pl.DataFrame, ...]] = []
        self._events = 0

    def feed(self, documents: list[Document]) -> None:
        """Take the next documents, in the order of their timestamps."""
        at, sound = whole_column(column(documents, "timestamp"))
        newest = max(self._newest, int(at.max(initial=-1, where=sound)))
        waiting = sound & (at == newest)
        ready = [documents[row] for row in np.flatnonzero(~waiting).tolist()]
        if newest > self._newest:
            ready, self._held, self._newest = self._held + ready, [], newest
        self._held += [documents[row] for row in np.flatnonzero(waiting).tolist()]
        self._take(ready)

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
                known.setdefault(family, Pile(FAMILIES[family].merge)).add(summary)

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
    """The result of one or more stretches by player key."""

    def __init__(self) -> None:
        self.families: dict[str, dict[str, dict[str, Any]]] = {}
        self.last: dict[str, dict[str, Any]] = {}
        """For each player with a sound event {at, tick, name}."""
        self.tallies: dict[str | None, PlayerTally] = {}
        """By player key; None for documents without a usable username or time."""

    def take(self, stretch: Stretch) -> None:
        """Take over the results of a finished stretch; no player is in two of them."""
        keys = stretch.players.keys
        for code, tally in stretch.tally.players.items():
            self.tallies[keys[code] if code != NOBODY else None] = tally
        for code, last in stretch.last.items():
            self.last[keys[code]] = last
            piles = stretch.families.get(code, {})
            self.families[keys[code]] = {family: pile.whole() for family, pile in piles.items()}


def read_stretch(
    kind: type[Kind],
    batches: Iterable[list[Document]],
    id_key: IdKey,
    first_ms: int,
    wanted: Callable[[str], bool] | None = None,
) -> Reading:
    """Read one collection over one stretch of time.

    Args:
        kind: the collection's kind.
        batches: the documents, in the order of their timestamps.
        id_key: sorts `_id`s of any type.
        first_ms: the first timestamp that counts, in ms.
        wanted: which player keys to read; all by default.
    """
    stretch = Stretch(kind, id_key, first_ms, wanted)
    for batch in batches:
        stretch.feed(batch)
    stretch.finish()
    reading = Reading()
    reading.take(stretch)
    return reading
