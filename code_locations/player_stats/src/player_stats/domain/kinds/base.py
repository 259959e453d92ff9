"""What every kind of event has in common: its frame, its rules of soundness, its summaries."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import polars as pl

from player_stats.domain.duplicates import unique_events
from player_stats.domain.events import Events, column
from player_stats.domain.interning import Owners, Sessions
from player_stats.domain.quality import IdKey, Tally
from player_stats.domain.values import Ints, Mask, whole_column

Summaries: TypeAlias = Mapping[str, Mapping[int, dict[str, Any]]]
"""For each family the summary of each player code."""


class Soundness:
    """Counts events that a family leaves out, each once a family and once as a document."""

    def __init__(self, events: Events, tally: Tally) -> None:
        self._events = events
        self._tally = tally
        self._any = np.zeros(len(events), dtype=np.bool_)

    def check(self, family: str, rules: Sequence[tuple[str, Mask]], among: Mask | None = None) -> Mask:
        """Return where all rules hold, counting each other event under the first rule that does not.

        Args:
            family: prefix of the reasons.
            rules: (field, mask of where it is sound), in the order they are looked at.
            among: the events that the family looks at; all by default.
        """
        sound = np.ones(len(self._events), dtype=np.bool_) if among is None else among.copy()
        for name, good in rules:
            bad = sound & ~good
            if bad.any():
                self._tally.left_out(f"{family}.{name}", self._events.player, self._events.ids, bad)
                self._any |= bad
            sound &= good
        return sound

    def finish(self) -> None:
        """Count the documents that any family left out."""
        if self._any.any():
            self._tally.documents_left_out(self._events.player, self._any)


class Kind(ABC):
    """One raw collection's events within one stretch of reading."""

    def __init__(self, players: Owners, sessions: Sessions, id_key: IdKey) -> None:
        self.players = players
        self.sessions = sessions
        self.id_key = id_key

    def unique(self, events: Events) -> Mask:
        """Return the mask of the events that are no duplicates."""
        return unique_events(events, self.id_key)

    def id_ranks(self, events: Events, rows: Mask) -> Ints:
        """Return each masked event's place in the order of `_id`s within the batch (0 elsewhere).

        Events of equal time and tick count are ordered by it, and events of one instant are never parted by a batch.
        """
        ranks = np.zeros(len(events), dtype=np.int64)
        chosen = sorted(np.flatnonzero(rows).tolist(), key=lambda row: self.id_key(events.ids[row]))
        ranks[chosen] = np.arange(len(chosen))
        return ranks

    @abstractmethod
    def frames(self, events: Events, soundness: Soundness) -> tuple[pl.DataFrame, ...]:
        """Read columns from `data`; the frames of several batches are stacked before they are summarised."""

    @abstractmethod
    def summarise(self, *frames: pl.DataFrame) -> Summaries:
        """Summarise stacked frames for all players in them."""


def base_columns(events: Events) -> dict[str, Any]:
    """Return the columns of every frame: player, session, at, tick."""
    return {"player": events.player, "session": events.session, "at": events.at, "tick": events.tick}


def objects(values: Sequence[Any]) -> tuple[list[dict[str, Any]], Mask]:
    """Return a column of objects ({} where there is none) and the mask of where they are."""
    if set(map(type, values)) <= {dict}:
        return list(values), np.ones(len(values), dtype=np.bool_)
    found = [isinstance(value, dict) for value in values]
    filled = [value if good else {} for value, good in zip(values, found, strict=True)]
    return filled, np.array(found, dtype=np.bool_)


def integers(documents: Sequence[dict[str, Any]], name: str) -> tuple[Ints, Mask]:
    """Return one integer field of a column of objects and the mask of where it is sound."""
    return whole_column(column(documents, name))


def not_negative(numbers: tuple[Ints, Mask]) -> tuple[Ints, Mask]:
    """Return a column with the mask narrowed to values of 0 and more."""
    values, sound = numbers
    return values, sound & (values >= 0)


MAX_COORDINATE = 16_383


def coordinates(locations: Sequence[Any]) -> tuple[Ints, Ints, list[tuple[str, Mask]]]:
    """Return x, y and the rules of a sound location: an object with integers x, y in 0..16383."""
    places, present = objects(locations)
    x, sound_x = integers(places, "x")
    y, sound_y = integers(places, "y")
    sound_x = sound_x & (x >= 0) & (x <= MAX_COORDINATE)
    sound_y = sound_y & (y >= 0) & (y <= MAX_COORDINATE)
    return x, y, [("location", present), ("location.x", sound_x), ("location.y", sound_y)]
