"""Skipping the documents of forgotten players: only their username and time are read.

Who is forgotten, and on which days, is decided in `wrapped_shared.forgotten`.
"""

from typing import Final

from wrapped_shared.documents import Document
from wrapped_shared.forgotten import Forgotten
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_of_ms

from player_stats.domain.events import column, comparable
from player_stats.domain.values import is_text

NOBODY_FORGOTTEN: Final = Forgotten(())


class Skipping:
    """Drops documents of forgotten players; remembers the forms of names it has met."""

    def __init__(self, forgotten: Forgotten) -> None:
        """Skip the events of these players."""
        self._forgotten = forgotten
        self._keys: dict[str, str | None] = {}
        """The player key by form of the name; None for players who are not forgotten."""

    def kept(self, documents: list[Document]) -> list[Document]:
        """Return the documents that are not skipped; each has a number as its timestamp."""
        if not self._forgotten:
            return documents
        keys = [self._key(username) for username in column(documents, "username")]
        if not any(keys):
            return documents
        return [
            document
            for document, key in zip(documents, keys, strict=True)
            if key is None or not self._forgotten.covers(key, day_of_ms(int(comparable(document["timestamp"]) or 0)))
        ]

    def _key(self, username: object) -> str | None:
        if not is_text(username):
            return None
        if username not in self._keys:
            key = player_key(username)
            self._keys[username] = key if key is not None and self._forgotten.spans(key) else None
        return self._keys[username]
