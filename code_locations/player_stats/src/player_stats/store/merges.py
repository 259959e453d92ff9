"""The running merges of some players: `player_merges` read, kept at hand, and written where they went on.

A merge is right about what it covers unless a request names a part of that; what is newer than all that it covers is
its open part or requested. That holds wherever a process dies, for requests are cleared last.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pymongo.database import Database
from wrapped_shared import collections as names

from player_stats.domain.running_merges import RunningMerge, from_document, running_id
from player_stats.store.enrichment import find_by_id
from player_stats.store.sizes import fits
from player_stats.store.turns import Turn

Document: TypeAlias = dict[str, Any]


@dataclass
class Merging:
    """What merging did."""

    days_written: int = 0
    summaries_read: int = 0
    """Summaries of hours, days and months, and running merges, that were read."""
    too_large: set[str] = field(default_factory=set)
    """Player keys with a month or day that would pass MongoDB's limit of 16 MiB."""


class RunningMerges:
    """The running merges of some players."""

    def __init__(self, analytics: Database[Document], wanted: Iterable[tuple[str, str]], merging: Merging) -> None:
        """Read those of the wanted (player key, level)."""
        self._found: dict[tuple[str, str], RunningMerge] = {}
        self._changed: dict[tuple[str, str], RunningMerge | None] = {}
        ids = [running_id(key, level) for key, level in wanted]
        for document in find_by_id(analytics, names.PLAYER_MERGES, ids):
            running = from_document(document)
            if running is not None:
                self._found[document["player_key"], document["level"]] = running
                merging.summaries_read += running.summary is not None

    def get(self, key: str, level: str) -> RunningMerge | None:
        """Return a player's merge as it stands."""
        return self._found.get((key, level))

    def put(self, key: str, running: RunningMerge) -> None:
        """Have a merge from now on."""
        if self._found.get((key, running.level)) is not running:
            self._found[key, running.level] = self._changed[key, running.level] = running

    def drop(self, key: str, level: str) -> None:
        """Have none any more."""
        if self._found.pop((key, level), None) is not None:
            self._changed[key, level] = None

    def write(self, turn: Turn, but: Collection[str]) -> None:
        """Write what changed, but of some players. One too large to be stored is missing, and rebuilt each time."""
        documents, gone = [], []
        for (key, level), running in self._changed.items():
            document = None if running is None else running.document(key)
            if key in but:
                continue
            if document is None or not fits(document):
                gone.append(running_id(key, level))
            else:
                documents.append(document)
        if documents:
            turn.replace(names.PLAYER_MERGES, documents)
        if gone:
            turn.remove(names.PLAYER_MERGES, gone)
