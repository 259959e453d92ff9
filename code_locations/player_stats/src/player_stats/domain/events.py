"""The envelope of events: from decoded documents to columns of those that are sound.

What stands in `data` is read by `player_stats.domain.kinds`; duplicates are `player_stats.domain.duplicates`'.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from player_stats.domain.interning import NOBODY, Codes, Players, Sessions
from player_stats.domain.quality import Tally
from player_stats.domain.values import Ints, texts, whole_column

Document = dict[str, Any]


@dataclass(frozen=True)
class Events:
    """Events with a sound envelope, as columns of equal length, in the order they were read."""

    player: Codes
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

    def take(self, keep: npt.NDArray[np.bool_]) -> "Events":
        """Return the masked events."""
        if keep.all():
            return self
        rows = np.flatnonzero(keep).tolist()
        return Events(
            self.player[keep],
            self.session[keep],
            self.at[keep],
            self.tick[keep],
            [self.names[row] for row in rows],
            [self.data[row] for row in rows],
            [self.ids[row] for row in rows],
        )


def column(documents: Sequence[Document], name: str) -> list[Any]:
    """Return one field of every document, None where it is missing."""
    return [document.get(name) for document in documents]


def read_events(documents: list[Document], players: Players, sessions: Sessions, tally: Tally, first_ms: int) -> Events:
    """Read the envelopes; documents of unwanted players vanish, unsound ones are counted and left out.

    A document is counted under the first of username, timestamp, tickCount, sessionId, data that is unsound.

    Args:
        documents: raw documents as decoded.
        players: gives the player codes, and tells which players are wanted.
        sessions: gives the session codes.
        tally: counts what is read and left out.
        first_ms: timestamps before it are unsound (the first day that counts).
    """
    codes = players.codes(column(documents, "username"))
    wanted = players.wanted(codes)
    if not wanted.all():
        documents = [document for document, keep in zip(documents, wanted.tolist(), strict=True) if keep]
        codes = codes[wanted]
    ids = column(documents, "_id")
    at, sound_at = whole_column(column(documents, "timestamp"))
    sound_at &= at >= first_ms
    tick, sound_tick = whole_column(column(documents, "tickCount"))
    sound_tick &= tick >= 0
    session_ids, data = column(documents, "sessionId"), column(documents, "data")
    # A document without a sound time belongs to no period, so to no player's own figures either.
    owners = np.where(sound_at, codes, NOBODY).astype(np.int32)
    tally.read(owners, ids)
    sound = np.ones(len(documents), dtype=np.bool_)
    for reason, good in (
        ("username", codes != NOBODY),
        ("timestamp", sound_at),
        ("tickCount", sound_tick),
        ("sessionId", texts(session_ids)),
        ("data", np.array([type(value) is dict for value in data], dtype=np.bool_)),
    ):
        tally.left_out(reason, owners, ids, sound & ~good)
        sound &= good
    tally.documents_left_out(owners, ~sound)
    if not sound.all():
        rows = np.flatnonzero(sound).tolist()
        documents, ids, session_ids, data = (
            [values[row] for row in rows] for values in (documents, ids, session_ids, data)
        )
        codes, at, tick = codes[sound], at[sound], tick[sound]
    names = column(documents, "username")
    return Events(codes, sessions.codes(codes, session_ids), at, tick, names, data, ids)
