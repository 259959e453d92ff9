"""Forgotten players: whose events are skipped everywhere, known by the hashes of their names alone.

A hash keeps a name out of the database's plain sight, not from whoever guesses it: names are short and public.
Pure functions; `wrapped_shared.forgotten_players` reads the documents.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from wrapped_shared.stored.forgotten import ForgottenPlayer
from wrapped_shared.tenures import Tenures

_FOR_EVER: Final = "*"


def name_hash(name: str) -> str:
    """Return the SHA-256 of a player key, in hex."""
    return hashlib.sha256(name.encode()).hexdigest()


def forgotten_id(name: str, until: str | None) -> str:
    """Return the `_id` in `forgotten_players` of a name that is forgotten up to a day, or forever (None)."""
    return f"{name_hash(name)}|{until or _FOR_EVER}"


def forgotten_documents(tenures: Tenures, key: str, at: datetime) -> list[ForgottenPlayer]:
    """Return the documents of `forgotten_players` for the player who is reported under a name.

    The last name is forgotten forever, each older one up to the day it was left. Days on which another linked player
    held the name before are not: `since` is the first day that is forgotten.
    """
    own = tenures.tenures(key)
    documents: list[ForgottenPlayer] = []
    for tenure in own:
        until = None if tenure is own[-1] else tenure.last
        before = tenure.first is not None and any(
            other.last is not None and other.last < tenure.first for other in tenures.holders(tenure.name) - set(own)
        )
        documents.append(
            {
                "_id": forgotten_id(tenure.name, until),
                "until": until,
                "since": tenure.first if before else None,
                "at": at,
            }
        )
    return documents


class Forgotten:
    """All forgotten names, each with the days on which it is."""

    def __init__(self, documents: Iterable[Mapping[str, Any]]) -> None:
        """Take the documents of `forgotten_players`."""
        self._spans: dict[str, list[tuple[str, str | None]]] = {}
        for document in documents:
            span = document.get("since") or "", document["until"]
            self._spans.setdefault(document["_id"].split("|")[0], []).append(span)

    def __bool__(self) -> bool:
        """Return whether anybody is forgotten."""
        return bool(self._spans)

    def covers(self, name: str, day: str) -> bool:
        """Return whether a name's (player key's) events of a day are skipped."""
        return any(since <= day and (until is None or day <= until) for since, until in self.spans(name))

    def spans(self, name: str) -> list[tuple[str, str | None]]:
        """Return the first ("" = any) and last day (None = forever) of each time a name is forgotten."""
        return self._spans.get(name_hash(name), []) if self._spans else []

    def last_day(self, name: str) -> str | None:
        """Return the last day on which a name is forgotten; "" if it is not, None if it is forever."""
        ends = [until for _, until in self.spans(name)]
        return None if None in ends else max((end for end in ends if end is not None), default="")
