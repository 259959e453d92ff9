"""Players' running merges: reads `player_merges`, holds them in memory and writes those that changed.

A merge is valid for what it covers unless a request names a part of that; anything newer is either its open part or
requested. This holds wherever a process dies, because requests are cleared last.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document

from player_stats.domain.running_merges import RunningMerge, from_document, running_id
from player_stats.store.sizes import fits
from player_stats.store.turns import Changes, Turn


@dataclass
class ReportChanges(Changes):
    """Result of making reports."""

    players: int = 0
    too_large: int = 0
    """Players, and reports of others, that are left out because a document exceeds MongoDB's limit of 16 MiB."""
    days_written: int = 0
    """Days that were merged from their hours."""
    summaries_read: int = 0
    """Summaries read: of hours, days and months, and running merges."""
    left_owed: bool = False
    """Whether some reports stay owed because another run was writing the days they are made from."""


class RunningMerges:
    """The running merges of a batch of players."""

    def __init__(
        self, analytics: Database[Document], wanted: Iterable[tuple[str, str]], changes: ReportChanges
    ) -> None:
        """Read the merges of the given (player key, level) pairs; `changes` counts what is read and written."""
        self.changes = changes
        self.too_large: set[str] = set()
        """Player keys with a month or day that exceeds MongoDB's limit of 16 MiB."""
        self._found: dict[tuple[str, str], RunningMerge] = {}
        self._changed: dict[tuple[str, str], RunningMerge | None] = {}
        ids = {running_id(key, level) for key, level in wanted}
        stored = list(find_by_id(analytics[names.PLAYER_MERGES], ids))
        self._absent = ids - {document["_id"] for document in stored}
        for document in stored:
            running = from_document(document)
            if running is not None:
                self._found[document["player_key"], document["level"]] = running
                changes.summaries_read += running.summary is not None

    def get(self, key: str, level: str) -> RunningMerge | None:
        """Return a player's current merge."""
        return self._found.get((key, level))

    def put(self, key: str, running: RunningMerge) -> None:
        """Replace a player's merge."""
        if self._found.get((key, running.level)) is not running:
            self._found[key, running.level] = self._changed[key, running.level] = running

    def drop(self, key: str, level: str) -> None:
        """Discard a player's merge."""
        if self._found.pop((key, level), None) is not None:
            self._changed[key, level] = None

    def write(self, turn: Turn) -> None:
        """Write the changed merges, except of players with too large parts.

        One that is itself too large to store is removed, to be rebuilt.
        """
        documents, gone = [], []
        for (key, level), running in self._changed.items():
            if key in self.too_large:
                continue
            document = None if running is None else running.document(key)
            if document is None or not fits(document):
                gone.append(running_id(key, level))
            else:
                documents.append(document)
        turn.replace(names.PLAYER_MERGES, documents, self._absent)
        turn.remove(names.PLAYER_MERGES, gone)
