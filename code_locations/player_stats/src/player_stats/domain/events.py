"""The envelope of events: from decoded documents to columns of the valid ones.

The families read `data`; `player_stats.domain.duplicates` finds duplicates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np
from wrapped_shared.documents import Document

from player_stats.domain.interning import NOBODY, Codes, Owners, Sessions
from player_stats.domain.quality import Tally
from player_stats.domain.values import Ints, Mask, texts, whole_column

Value = TypeVar("Value")


@dataclass(frozen=True)
class Events:
    """Events with a valid envelope, as columns of equal length, in the order they were read."""

    player: Codes
    """Owner codes: a player in one cell of time."""
    session: Codes
    at: Ints
    """Milliseconds since the epoch."""
    tick: Ints
    names: list[str]
    """The usernames as sent."""
    data: list[Document]
    ids: list[Any]

    def __len__(self) -> int:
        """Return the number of events."""
        return len(self.ids)

    def take(self, keep: Mask) -> "Events":
        """Return the masked events."""
        if keep.all():
            return self
        return Events(
            player=self.player[keep],
            session=self.session[keep],
            at=self.at[keep],
            tick=self.tick[keep],
            names=masked(self.names, keep),
            data=masked(self.data, keep),
            ids=masked(self.ids, keep),
        )


def column(documents: Sequence[Document], name: str) -> list[Any]:
    """Return one field of every document, None where it is missing."""
    try:
        return list(map(itemgetter(name), documents))
    except KeyError:
        return [document.get(name) for document in documents]


def masked(values: Iterable[Value], keep: Mask) -> list[Value]:
    """Return the masked values."""
    return list(compress(values, keep.tolist()))


def times_of(documents: Sequence[Document], at: Ints, valid: Mask) -> Ints:
    """Return the time of each document (ms), including those whose timestamp is a number but invalid.

    Args:
        documents: the result of a range query on the timestamp, so each has a number of some type.
        at: their valid timestamps, 0 elsewhere.
        valid: the mask of the valid timestamps.
    """
    if valid.all():
        return at
    found = at.copy()
    for row in np.flatnonzero(~valid).tolist():
        found[row] = int(comparable(documents[row].get("timestamp")) or 0)
    return found


def comparable(timestamp: Any) -> Any:
    """Return a timestamp as a comparable number; None if it contains none.

    MongoDB finds an array by any of its numbers; the smallest is its time.
    """
    if isinstance(timestamp, list):
        return min((found for found in map(comparable, timestamp) if found is not None), default=None)
    if hasattr(timestamp, "to_decimal"):
        number = timestamp.to_decimal()
        return None if number.is_nan() else number  # comparing a signalling NaN would raise an error
    if isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        return None
    return timestamp if timestamp == timestamp else None


def read_events(documents: list[Document], owners: Owners, sessions: Sessions, tally: Tally, first_ms: int) -> Events:
    """Read the envelopes, counting and leaving out invalid documents.

    A document is counted under the first of username, timestamp, tickCount, sessionId and data that is invalid.

    Args:
        documents: decoded raw documents.
        owners: assigns the owner codes.
        sessions: assigns the session codes.
        tally: counts documents that are read and left out.
        first_ms: the start of the first day that counts; earlier timestamps are invalid.
    """
    names = column(documents, "username")
    players = owners.players.codes(names)
    ids = column(documents, "_id")
    at, valid_at = whole_column(column(documents, "timestamp"))
    times = times_of(documents, at, valid_at)
    valid_at &= at >= first_ms
    tick, valid_tick = whole_column(column(documents, "tickCount"))
    valid_tick &= tick >= 0
    session_ids, data = column(documents, "sessionId"), column(documents, "data")
    # A document without a valid time belongs to no period, so it cannot count for a player.
    codes = owners.codes(np.where(valid_at, players, NOBODY), times)
    tally.read(codes)
    valid = np.ones(len(documents), dtype=np.bool_)
    for reason, passed in (
        ("username", players != NOBODY),
        ("timestamp", valid_at),
        ("tickCount", valid_tick),
        ("sessionId", texts(session_ids)),
        ("data", np.array([type(value) is dict for value in data], dtype=np.bool_)),
    ):
        tally.left_out(reason, codes, ids, valid & ~passed)
        valid &= passed
    tally.documents_left_out(codes, ~valid)
    if not valid.all():
        names, ids, session_ids, data = (masked(values, valid) for values in (names, ids, session_ids, data))
        codes, at, tick = codes[valid], at[valid], tick[valid]
    return Events(
        player=codes,
        session=sessions.codes(codes, session_ids),
        at=at,
        tick=tick,
        names=names,
        data=data,
        ids=ids,
    )
