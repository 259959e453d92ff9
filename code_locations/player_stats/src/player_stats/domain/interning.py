"""Integer codes for values that repeat in every event: player names, owners (a player in a cell), session ids.

Frames contain codes; what they stand for is looked up at the end. Codes are valid within one span.
"""

from collections.abc import Hashable, Sequence
from hashlib import blake2b
from typing import Any, Final, TypeVar

import numpy as np
import numpy.typing as npt
from wrapped_shared.names import player_key

from player_stats.domain.cells import Cut
from player_stats.domain.values import Ints, is_text

Codes = npt.NDArray[np.int32]
Key = TypeVar("Key", bound=Hashable)

NOBODY: Final = -1
"""The player code of an event without a usable username."""


class Interned(dict[Key, int]):
    """Codes by value; a new value gets the next code."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Key] = []
        """The value of each code."""

    def __missing__(self, key: Key) -> int:
        """Assign a code to a new value."""
        self.found.append(key)
        return self.setdefault(key, len(self))


class Players:
    """Player codes by username; all raw collections of a span may share them."""

    def __init__(self) -> None:
        self._code_of_key: Interned[str] = Interned()
        self._code_of_form: dict[str, int] = {}
        self.keys: Final = self._code_of_key.found
        """The player key of each code."""

    def code(self, username: Any) -> int:
        """Return the player code of a username; NOBODY if it is not usable."""
        if not is_text(username):
            return NOBODY
        code = self._code_of_form.get(username)
        if code is None:
            key = player_key(username)
            code = self._code_of_form[username] = NOBODY if key is None else self._code_of_key[key]
        return code

    def codes(self, usernames: Sequence[Any]) -> Codes:
        """Return the player codes of a column of usernames; NOBODY where one is not usable."""
        known = self._code_of_form
        return np.array(
            [known[name] if type(name) is str and name in known else self.code(name) for name in usernames],
            dtype=np.int32,
        )


def session_hash(session_id: str) -> bytes:
    """Return the hash of a session id, which is stored instead: no report shows ids, and they may have any length."""
    return blake2b(session_id.encode("utf-8", "surrogatepass"), digest_size=12).digest()


class Owners:
    """Owner codes: an event's owner is its player in one cell, whose summary includes it."""

    def __init__(self, cut: Cut, players: Players | None = None) -> None:
        """Cut time by `cut`; `players` contains names that are known already."""
        self.keys: list[str | None] = []
        """The player key of each code; None without a player."""
        self.cells: list[int] = []
        """The cell code of each code."""
        self.players = players or Players()
        self._cut = cut
        self._code_of_cell: Interned[int] = Interned()
        self._code_of_pair: Interned[int] = Interned()

    def codes(self, players: Codes, at: Ints) -> Codes:
        """Return the owner codes of columns of player codes and timestamps (ms)."""
        cells, places = np.unique(self._cut.codes(at), return_inverse=True)
        known = self._code_of_cell
        cell_codes = np.array([known[cell] for cell in cells.tolist()], dtype=np.int64)
        pairs, rows = np.unique((cell_codes[places] << 32) + players - NOBODY, return_inverse=True)
        codes = np.array([self._code_of_pair[pair] for pair in pairs.tolist()], dtype=np.int32)
        for pair in self._code_of_pair.found[len(self.keys) :]:
            player = (pair & 0xFFFFFFFF) + NOBODY
            self.keys.append(None if player == NOBODY else self.players.keys[player])
            self.cells.append(known.found[pair >> 32])
        return codes[rows]


class Sessions:
    """Session codes by (owner code, session id)."""

    def __init__(self) -> None:
        self.hashes: list[bytes] = []
        """The hash of each code's session id."""
        self._codes: Interned[tuple[int, str]] = Interned()

    def codes(self, owners: Codes, session_ids: Sequence[str]) -> Codes:
        """Return the session codes of two columns of equal length."""
        codes = list(map(self._codes.__getitem__, zip(owners.tolist(), session_ids, strict=True)))
        self.hashes += [session_hash(session_id) for _, session_id in self._codes.found[len(self.hashes) :]]
        return np.array(codes, dtype=np.int32)
