"""One batch of events as the families read it: fields of `data` as columns, and which values are valid.

Reading that several families need belongs here. Which fields a family reads and when it leaves an event out do not.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, Final, NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
import polars as pl
from wrapped_shared.documents import Document, whole
from wrapped_shared.names import player_key

from player_stats.domain.events import Events, column
from player_stats.domain.interning import Owners, Sessions
from player_stats.domain.markup import plain_name
from player_stats.domain.quality import IdKey, Tally
from player_stats.domain.values import Ints, Mask, is_text, whole_column

Columns: TypeAlias = dict[str, pl.Series | npt.NDArray[Any]]
"""Columns by name, each with a row for every event of the batch."""
Rule: TypeAlias = tuple[str, Mask]
"""A field below `data` and the mask of where it is valid."""
Table = TypeVar("Table")

MAX_COORDINATE: Final = 16_383
_PLAYER: Final = 2  # actor.type: 0 unknown, 1 NPC, 2 player


class Position(NamedTuple):
    """Where events happened, and the rules for a valid location."""

    x: Ints
    y: Ints
    rules: list[Rule]

    @property
    def valid(self) -> Mask:
        """Where all rules hold."""
        valid: Mask = np.logical_and.reduce([mask for _, mask in self.rules])
        return valid


class Codebook:
    """What the codes in the columns of one span stand for."""

    def __init__(self, players: Owners, sessions: Sessions) -> None:
        self.players = players
        self.sessions = sessions.hashes
        """The hash of each session code's id."""
        self._tables: dict[type, Any] = {}

    def table(self, of: type[Table]) -> Table:
        """Return the span's only object of a class, which a family needs from batch to batch."""
        if of not in self._tables:
            self._tables[of] = of()
        found: Table = self._tables[of]
        return found


class Batch:
    """Events with a valid envelope and without duplicates, while the families read them."""

    def __init__(self, events: Events, tally: Tally, id_key: IdKey, codes: Codebook) -> None:
        self.codes = codes
        self.data = events.data
        self._events, self._tally, self._id_key = events, tally, id_key
        self._left_out = np.zeros(len(events), dtype=np.bool_)

    def envelope(self) -> Columns:
        """Return the columns that every frame has: player, session, at (ms), tick."""
        events = self._events
        return {"player": events.player, "session": events.session, "at": events.at, "tick": events.tick}

    def field(self, name: str) -> list[Any]:
        """Return one field of `data`; None where it is missing."""
        return column(self.data, name)

    @cached_property
    def position(self) -> Position:
        """The events' `location`; a valid one is an object with integers x, y in 0..16383."""
        places, present = objects(self.field("location"))
        x, valid_x = integers(places, "x", 0, MAX_COORDINATE)
        y, valid_y = integers(places, "y", 0, MAX_COORDINATE)
        return Position(x, y, [("location", present), ("location.x", valid_x), ("location.y", valid_y)])

    @cached_property
    def position_columns(self) -> Columns:
        """The columns `x`, `y` of the position; null where it is invalid."""
        x, y, _ = self.position
        valid = self.position.valid
        return {"x": where(valid, x.astype(np.int32)), "y": where(valid, y.astype(np.int32))}

    def is_player(self, actors: Sequence[Document]) -> Mask:
        """Return the mask of where an actor is the player whose event it is, by name and type.

        The name is compared without markup and normalised. Early telemetry has deaths without a type; an NPC (type 1)
        with the player's name is not the player.
        """
        keys = self.codes.players.keys
        cache: dict[str, str | None] = {}
        found = np.zeros(len(actors), dtype=np.bool_)
        for row, (actor, player) in enumerate(zip(actors, self._events.player.tolist(), strict=True)):
            name = actor.get("name")
            if not is_text(name):
                continue
            key = cache[name] if name in cache else cache.setdefault(name, player_key(plain_name(name)))
            if key == keys[player]:
                actor_type = actor.get("type")
                found[row] = actor_type is None or whole(actor_type) == _PLAYER
        return found

    def check(self, family: str, rules: Iterable[Rule], among: Mask | None = None) -> Mask:
        """Return the mask of where all rules hold, counting any other event under the first rule that fails.

        Args:
            family: prefix of the reasons.
            rules: in order.
            among: the events to check; all by default.
        """
        valid = np.ones(len(self._events), dtype=np.bool_) if among is None else among.copy()
        for name, passed in rules:
            failed = valid & ~passed
            self._tally.left_out(f"{family}.{name}", self._events.player, self._events.ids, failed)
            self._left_out |= failed
            valid &= passed
        return valid

    def id_ranks(self, rows: Mask) -> Ints:
        """Return the rank of each masked event's `_id` within the batch (0 elsewhere).

        It orders events of equal time and tick count; events of one instant are always in one batch.
        """
        ranks = np.zeros(len(self._events), dtype=np.int64)
        ids = self._events.ids
        chosen = sorted(np.flatnonzero(rows).tolist(), key=lambda row: self._id_key(ids[row]))
        ranks[chosen] = np.arange(len(chosen))
        return ranks

    def finish(self) -> None:
        """Count the documents that any family left out."""
        self._tally.documents_left_out(self._events.player, self._left_out)


def where(valid: Mask, values: npt.NDArray[Any]) -> pl.Series:
    """Return a column that is null where its values are invalid."""
    found = pl.Series(values)
    return found if valid.all() else pl.select(pl.when(pl.Series(valid)).then(found)).to_series()


def texts_where(keep: Iterable[bool], values: Iterable[Any]) -> pl.Series:
    """Return a column of texts that is null where its values are not kept."""
    return pl.Series([value if kept else None for value, kept in zip(values, keep, strict=True)], dtype=pl.String)


def objects(values: Sequence[Any]) -> tuple[list[Document], Mask]:
    """Return a column of objects ({} for other values) and the mask of where they are."""
    if set(map(type, values)) <= {dict}:
        return list(values), np.ones(len(values), dtype=np.bool_)
    found = [isinstance(value, dict) for value in values]
    filled = [value if there else {} for value, there in zip(values, found, strict=True)]
    return filled, np.array(found, dtype=np.bool_)


def integers(
    documents: Sequence[Document], name: str, least: int | None = None, most: int | None = None
) -> tuple[Ints, Mask]:
    """Return an integer field of a column of objects and the mask of where it is valid: an integer within bounds."""
    values, valid = whole_column(column(documents, name))
    if least is not None:
        valid = valid & (values >= least)
    if most is not None:
        valid = valid & (values <= most)
    return values, valid
