"""Codes for the texts that repeat in every event: player names and session ids.

A frame carries small integers; the texts are looked up at the end. Codes hold within one stretch of reading only.
"""

from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from wrapped_shared.names import player_key

from player_stats.domain.values import is_text

Codes = npt.NDArray[np.int32]

NOBODY: Final = -1
"""The player code of an event whose username names nobody."""


class Players:
    """Player codes by name form, for one stretch of reading."""

    def __init__(self, wanted: Callable[[str], bool] | None = None) -> None:
        """Intern all players, or only those whose key is `wanted`."""
        self.keys: list[str] = []
        """The player key of each code."""
        self._code_of_key: dict[str, int] = {}
        self._code_of_form: dict[str, int] = {}
        self._wanted = wanted
        self._chosen: list[bool] = []

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
                self._chosen.append(self._wanted is None or self._wanted(key))
            self._code_of_form[username] = code
        return code

    def codes(self, usernames: Sequence[Any]) -> Codes:
        """Return the player codes of a column of usernames."""
        known = self._code_of_form
        return np.array(
            [known[name] if type(name) is str and name in known else self.code(name) for name in usernames],
            dtype=np.int32,
        )

    def wanted(self, codes: Codes) -> npt.NDArray[np.bool_]:
        """Return the mask of codes that this stretch is about; nobody is always part of it."""
        if self._wanted is None:
            return np.ones(len(codes), dtype=np.bool_)
        return np.array([code == NOBODY or self._chosen[code] for code in codes.tolist()], dtype=np.bool_)


def session_mark(session_id: str) -> bytes:
    """Return what is stored of a session id: no report shows one, and a client may send one of any length."""
    return blake2b(session_id.encode("utf-8", "surrogatepass"), digest_size=12).digest()


class Sessions:
    """Session codes by (player code, session id), for one stretch of reading."""

    def __init__(self) -> None:
        self.marks: list[bytes] = []
        """The mark of each code's session id."""
        self._codes: dict[tuple[int, str], int] = {}

    def codes(self, players: Codes, session_ids: Sequence[str]) -> Codes:
        """Return the session codes of two columns of equal length."""
        codes, marks = self._codes, self.marks
        found = np.empty(len(session_ids), dtype=np.int32)
        for index, pair in enumerate(zip(players.tolist(), session_ids, strict=True)):
            code = codes.get(pair)
            if code is None:
                code = codes[pair] = len(marks)
                marks.append(session_mark(pair[1]))
            found[index] = code
        return found
