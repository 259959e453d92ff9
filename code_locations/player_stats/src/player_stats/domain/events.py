"""The envelope of events: from decoded documents to columns of those that are sound.

What stands in `data` is read by `player_stats.domain.kinds`; duplicates are `player_stats.domain.duplicates`'.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import compress
from operator import itemgetter
from typing import Any, TypeVar

import numpy as np

from player_stats.domain.interning import NOBODY, Codes, Owners, Sessions
from player_stats.domain.quality import Tally
from player_stats.domain.values import Ints, Mask, texts, whole_column

Document = dict[str, Any]
Value = TypeVar("Value")


@dataclass(frozen=True)
class Events:
    """Events with a sound envelope, as columns of equal length, in the order they were read."""

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
            self.player[keep],
            self.session[keep],
            self.at[keep],
            self.tick[keep],
            masked(self.names, keep),
            masked(self.data, keep),
            masked(self.ids, keep),
        )


def column(documents: Sequence[Document], name: str) -> list[Any]:
    """Return one field of every document, None where it is missing."""
    try:
        return list(map(itemgetter(name), documents))
    except KeyError:
        return [document.get(name) for document in documents]


def masked(values: Iterable[Value], keep: Mask) -> list[Value]:
    """Return the masked ones of some values."""
    return list(compress(values, keep.tolist()))


def moments(documents: Sequence[Document], at: Ints, sound: Mask) -> Ints:
    """Return when each document lies (ms), also where the timestamp is a number but not a sound one.

    Args:
        documents: documents that a range of timestamps brought, so each has a number of some type.
        at: their sound timestamps, 0 elsewhere.
        sound: where `at` holds.
    """
    if sound.all():
        return at
    found = at.copy()
    for row in np.flatnonzero(~sound).tolist():
        found[row] = int(moment(documents[row].get("timestamp")) or 0)
    return found


def moment(timestamp: Any) -> Any:
    """Return a timestamp as a number that compares with others, None where there is none in it.

    MongoDB finds an array by any of its numbers: it lies where the smallest of them does.
    """
    if isinstance(timestamp, list):
        return min((found for found in map(moment, timestamp) if found is not None), default=None)
    if hasattr(timestamp, "to_decimal"):
        timestamp = timestamp.to_decimal()
    elif isinstance(timestamp, bool) or not isinstance(timestamp, int | float):
        return None
    return timestamp if timestamp == timestamp else None


def read_events(documents: list[Document], owners: Owners, sessions: Sessions, tally: Tally, first_ms: int) -> Events:
    """Read the envelopes; unsound documents are counted and left out.

    A document is counted under the first of username, timestamp, tickCount, sessionId, data that is unsound.

    Args:
        documents: raw documents as decoded.
        owners: gives the owner codes.
        sessions: gives the session codes.
        tally: counts what is read and left out.
        first_ms: timestamps before it are unsound (the first day that counts).
    """
    names = column(documents, "username")
    players = owners.players(names)
    ids = column(documents, "_id")
    at, sound_at = whole_column(column(documents, "timestamp"))
    when = moments(documents, at, sound_at)
    sound_at &= at >= first_ms
    tick, sound_tick = whole_column(column(documents, "tickCount"))
    sound_tick &= tick >= 0
    session_ids, data = column(documents, "sessionId"), column(documents, "data")
    # A document without a sound time belongs to no period, so to no player's own figures either.
    codes = owners.codes(np.where(sound_at, players, NOBODY), when)
    tally.read(codes)
    sound = np.ones(len(documents), dtype=np.bool_)
    for reason, good in (
        ("username", players != NOBODY),
        ("timestamp", sound_at),
        ("tickCount", sound_tick),
        ("sessionId", texts(session_ids)),
        ("data", np.array([type(value) is dict for value in data], dtype=np.bool_)),
    ):
        tally.left_out(reason, codes, ids, sound & ~good)
        sound &= good
    tally.documents_left_out(codes, ~sound)
    if not sound.all():
        names, ids, session_ids, data = (masked(values, sound) for values in (names, ids, session_ids, data))
        codes, at, tick = codes[sound], at[sound], tick[sound]
    return Events(codes, sessions.codes(codes, session_ids), at, tick, names, data, ids)
