"""Codes for what repeats in every event: player names, owners (a player and a cell of time), session ids.

A frame carries small integers; what they stand for is looked up at the end. Codes hold within one stretch of reading.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from wrapped_shared.names import player_key

from player_stats.domain.cells import Cut
from player_stats.domain.values import Ints, is_text

Codes = npt.NDArray[np.int32]

NOBODY: Final = -1
"""The player code of an event whose username names nobody."""


class Players:
    """Player codes by name form, for one stretch of reading."""

    def __init__(self) -> None:
        self.keys: list[str] = []
        """The player key of each code."""
        self._code_of_key: dict[str, int] = {}
        self._code_of_form: dict[str, int] = {}

    def code(self, username: Any) -> int:
        """Return the player code of a username; NOBODY when it is no usable name."""
        if not is_text(username):
            return NOBODY
        code = self._code_of_form.get(username)
        if code is None:
            key = player_key(username)
            code = NOBODY if key is None else self._code_of_key.setdefault(key, len(self.keys))
            if code == len(self.keys) and key is not None:
                self.keys.append(key)
            self._code_of_form[username] = code
        return code

    def codes(self, usernames: Sequence[Any]) -> Codes:
        """Return the player codes of a column of usernames."""
        known = self._code_of_form
        return np.array(
            [known[name] if type(name) is str and name in known else self.code(name) for name in usernames],
            dtype=np.int32,
        )


def session_mark(session_id: str) -> bytes:
    """Return what is stored of a session id: no report shows one, and a client may send one of any length."""
    return blake2b(session_id.encode("utf-8", "surrogatepass"), digest_size=12).digest()


class Owners:
    """Owner codes: an event's owner is its player in one cell of time, whose summary it goes into."""

    def __init__(self, cut: Cut) -> None:
        """Cut time into the cells of `cut`."""
        self.keys: list[str | None] = []
        """The player key of each code; None for what belongs to nobody."""
        self.cells: list[int] = []
        """The cell code of each code."""
        self._cut = cut
        self._players = Players()
        self._code_of_cell: dict[int, int] = {}
        self._code_of_pair: dict[int, int] = {}

    def players(self, usernames: Sequence[Any]) -> Codes:
        """Return the player codes of a column of usernames; NOBODY where one is no usable name."""
        return self._players.codes(usernames)

    def codes(self, players: Codes, at: Ints) -> Codes:
        """Return the owner codes of columns of player codes and timestamps (ms)."""
        cells, places = np.unique(self._cut.codes(at), return_inverse=True)
        known = self._code_of_cell
        cell_codes = np.array([known.setdefault(cell, len(known)) for cell in cells.tolist()], dtype=np.int64)
        pairs, rows = np.unique((cell_codes[places] << 32) + players - NOBODY, return_inverse=True)
        start_of = list(known)
        codes = np.empty(len(pairs), dtype=np.int32)
        for index, pair in enumerate(pairs.tolist()):
            code = self._code_of_pair.get(pair)
            if code is None:
                code = self._code_of_pair[pair] = len(self.keys)
                player = (pair & 0xFFFFFFFF) + NOBODY
                self.keys.append(None if player == NOBODY else self._players.keys[player])
                self.cells.append(start_of[pair >> 32])
            codes[index] = code
        return codes[rows]


class Sessions:
    """Session codes by (owner code, session id), for one stretch of reading."""

    def __init__(self) -> None:
        self.marks: list[bytes] = []
        """The mark of each code's session id."""
        self._codes: dict[tuple[int, str], int] = {}

    def codes(self, owners: Codes, session_ids: Sequence[str]) -> Codes:
        """Return the session codes of two columns of equal length."""
        codes, marks = self._codes, self.marks
        found = np.empty(len(session_ids), dtype=np.int32)
        for index, pair in enumerate(zip(owners.tolist(), session_ids, strict=True)):
            code = codes.get(pair)
            if code is None:
                code = codes[pair] = len(marks)
                marks.append(session_mark(pair[1]))
            found[index] = code
        return found
