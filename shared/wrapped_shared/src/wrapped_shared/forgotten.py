"""Forgotten players: whose events are skipped everywhere, known by the hashes of their names alone.

A hash keeps a name out of the database's plain sight, not from whoever guesses it: names are short and public.
Pure functions; reading and writing `forgotten_players` belongs to those who use them.
"""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any, Final

_FOR_EVER: Final = "*"


def name_hash(name: str) -> str:
    """Return the SHA-256 of a player key, in hex."""
    return hashlib.sha256(name.encode()).hexdigest()


def forgotten_id(name: str, until: str | None) -> str:
    """Return the `_id` in `forgotten_players` of a name that is forgotten up to a day, or for ever (None)."""
    return f"{name_hash(name)}|{until or _FOR_EVER}"


class Forgotten:
    """All forgotten names, each with the days on which it is."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Take the documents of `forgotten_players`."""
        self._until: dict[str, str | None] = {}
        for document in documents:
            hashed, until = document["_id"].split("|")[0], document["until"]
            known = self._until.get(hashed, "")
            self._until[hashed] = None if until is None or known is None else max(known, until)

    def __bool__(self) -> bool:
        """Return whether anybody is forgotten."""
        return bool(self._until)

    def covers(self, name: str, day: str) -> bool:
        """Return whether a name's (player key's) events of a day are skipped."""
        hashed = name_hash(name)
        if hashed not in self._until:
            return False
        until = self._until[hashed]
        return until is None or day <= until

    def last_day(self, name: str) -> str | None:
        """Return the last day on which a name is forgotten; "" if it is not, None if it is for ever."""
        return self._until.get(name_hash(name), "")
