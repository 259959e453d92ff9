"""One batch of events as the families read it: fields of `data` as columns, and which values are sound.

Belongs here: reading that families share. What a family takes from `data`, and when it leaves an event out, is its own.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl

from player_stats.domain.events import Events, column
from player_stats.domain.identity import is_himself
from player_stats.domain.interning import Owners, Sessions
from player_stats.domain.quality import IdKey, Tally
from player_stats.domain.values import Ints, Mask, whole_column

Columns: TypeAlias = dict[str, pl.Series | npt.NDArray[Any]]
"""Columns by name, each with a row for every event of the batch."""
Rule: TypeAlias = tuple[str, Mask]
"""A field below `data` and where it is sound."""
Kept = TypeVar("Kept")

MAX_COORDINATE: Final = 16_383


class Position(NamedTuple):
    """Where events happened, and the rules of a sound location."""

    x: Ints
    y: Ints
    rules: list[Rule]

    @property
    def sound(self) -> Mask:
        """Where all rules hold."""
        sound: Mask = np.logical_and.reduce([good for _, good in self.rules])
        return sound


class Codebook:
    """What the codes in the columns of one stretch of reading stand for."""

    def __init__(self, players: Owners, sessions: Sessions) -> None:
        self.players = players
        self.sessions = sessions.marks
        """The mark of each session code."""
        self._kept: dict[type, Any] = {}

    def kept(self, kind: type[Kept]) -> Kept:
        """Return the stretch's one object of a class: what a family must remember from batch to batch."""
        if kind not in self._kept:
            self._kept[kind] = kind()
        found: Kept = self._kept[kind]
        return found


class Batch:
    """Events with a sound envelope, duplicates gone, while their families read them."""

    def __init__(self, events: Events, tally: Tally, id_key: IdKey, codes: Codebook) -> None:
        self.codes = codes
        self.data = events.data
        self._events, self._tally, self._id_key = events, tally, id_key
        self._left_out = np.zeros(len(events), dtype=np.bool_)

    def envelope(self) -> Columns:
        """Return the columns of every frame: player, session, at (ms), tick."""
        events = self._events
        return {"player": events.player, "session": events.session, "at": events.at, "tick": events.tick}

    def field(self, name: str) -> list[Any]:
        """Return one field of `data`, None where it is missing."""
        return column(self.data, name)

    @cached_property
    def position(self) -> Position:
        """The events' `location`: a sound one is an object with integers x, y in 0..16383."""
        places, present = objects(self.field("location"))
        x, sound_x = integers(places, "x", 0, MAX_COORDINATE)
        y, sound_y = integers(places, "y", 0, MAX_COORDINATE)
        return Position(x, y, [("location", present), ("location.x", sound_x), ("location.y", sound_y)])

    @cached_property
    def position_columns(self) -> Columns:
        """The columns `x`, `y` of the position, null where it is not sound; several families take them."""
        x, y, _ = self.position
        sound = self.position.sound
        return {"x": where(sound, x.astype(np.int32)), "y": where(sound, y.astype(np.int32))}

    def himself(self, actors: Sequence[dict[str, Any]]) -> Mask:
        """Return where an actor is the player the event is of."""
        return is_himself(actors, self._events.player, self.codes.players)

    def check(self, family: str, rules: Iterable[Rule], among: Mask | None = None) -> Mask:
        """Return where all rules hold, counting each other event under the first rule that does not.

        Args:
            family: prefix of the reasons.
            rules: in the order they are looked at.
            among: the events that the family looks at; all by default.
        """
        sound = np.ones(len(self._events), dtype=np.bool_) if among is None else among.copy()
        for name, good in rules:
            bad = sound & ~good
            if bad.any():
                self._tally.left_out(f"{family}.{name}", self._events.player, self._events.ids, bad)
                self._left_out |= bad
            sound &= good
        return sound

    def id_ranks(self, rows: Mask) -> Ints:
        """Return each masked event's place in the order of `_id`s within the batch (0 elsewhere).

        Events of equal time and tick count are ordered by it, and events of one instant are never parted by a batch.
        """
        ranks = np.zeros(len(self._events), dtype=np.int64)
        ids = self._events.ids
        chosen = sorted(np.flatnonzero(rows).tolist(), key=lambda row: self._id_key(ids[row]))
        ranks[chosen] = np.arange(len(chosen))
        return ranks

    def finish(self) -> None:
        """Count the documents that any family left out."""
        if self._left_out.any():
            self._tally.documents_left_out(self._events.player, self._left_out)


def where(sound: Mask, values: npt.NDArray[Any]) -> pl.Series:
    """Return a column that is null where its values are not sound."""
    found = pl.Series(values)
    return found if sound.all() else pl.select(pl.when(pl.Series(sound)).then(found)).to_series()


def objects(values: Sequence[Any]) -> tuple[list[dict[str, Any]], Mask]:
    """Return a column of objects ({} where there is none) and the mask of where they are."""
    if set(map(type, values)) <= {dict}:
        return list(values), np.ones(len(values), dtype=np.bool_)
    found = [isinstance(value, dict) for value in values]
    filled = [value if good else {} for value, good in zip(values, found, strict=True)]
    return filled, np.array(found, dtype=np.bool_)


def integers(
    documents: Sequence[dict[str, Any]], name: str, least: int | None = None, most: int | None = None
) -> tuple[Ints, Mask]:
    """Return one integer field of a column of objects and the mask of where it is sound: an integer within bounds."""
    values, sound = whole_column(column(documents, name))
    if least is not None:
        sound = sound & (values >= least)
    if most is not None:
        sound = sound & (values <= most)
    return values, sound
