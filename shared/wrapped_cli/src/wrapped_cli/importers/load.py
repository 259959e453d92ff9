"""Writes imported rows into the raw database so that being killed at any moment loses nothing.

For each batch, its days are requested, its rows are written, and the days that got new rows are requested again with
a new token. So a run that read the request before the rows arrived cannot clear it, and a killed import at worst
leaves a request for a day that did not change. The request for a day without new rows is withdrawn if this batch made
it: importing the same file again creates no work.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import bson
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database
from pymongo.errors import BulkWriteError, OperationFailure
from wrapped_shared.collections import DAY_REQUESTS, HISCORES
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key

from wrapped_cli.day_requests import request_days, withdraw_days
from wrapped_cli.importers.events import derived_id, owner_of, touched_day
from wrapped_cli.importers.restore import RESTORED, owners_of, restore
from wrapped_cli.importers.rows import (
    MAX_DOCUMENT_BYTES,
    NOT_BSON,
    REFUSED,
    TOO_LONG,
    Invalid,
    InvalidRowError,
    Row,
    Source,
)
from wrapped_cli.importers.streams import encode

MOST_PLAYERS: Final = 1_000_000
"""How many different players an import's report can count."""
_MOST_RENAMED: Final = 10
_BATCH_ROWS: Final = 2000
_BATCH_BYTES: Final = 8 * 1024 * 1024
_DUPLICATE: Final = 11000
# Errors that concern a single document: bad value, unsupported format, bad type, overflow, invalid length,
# invalid BSON, `$` in a name, invalid _id, ambiguous or empty names, too deep, failed validation, too large.
_ROW_CODES: Final = frozenset({2, 9, 14, 15, 16, 22, 52, 53, 56, 57, 121, 146, 10334, 17280, 17419})


@dataclass
class FileReport:
    """The result of importing one file, or several together."""

    source: Source | None = None
    """The file; None for several."""
    added: Counter[str] = field(default_factory=Counter)
    """New documents by collection."""
    present: Counter[str] = field(default_factory=Counter)
    """Documents that already existed, or were sent twice, by collection."""
    invalid: Counter[str] = field(default_factory=Counter)
    """Rows that could not be imported, by reason."""
    first_invalid: dict[str, str] = field(default_factory=dict)
    """Where the first invalid row of each reason is."""
    days: set[str] = field(default_factory=set)
    """Days that got new events: they are requested in `day_requests`."""
    players: set[int] = field(default_factory=set)
    """Hashes of the keys of the players whose events were read; at most a million are kept."""
    forgotten: int = 0
    """Rows of forgotten players, which were skipped."""
    renamed: set[str] = field(default_factory=set)
    """If a player is named: the player keys that this name replaced; at most ten are kept."""

    @property
    def read(self) -> int:
        """The rows now in the database."""
        return self.added.total() + self.present.total()

    def count_invalid(self, reason: str, where: str) -> None:
        """Count a row that cannot be imported."""
        self.invalid[reason] += 1
        self.first_invalid.setdefault(reason, where)

    def note_player(self, username: object, *, replaced: bool) -> None:
        """Record whose event it is and, if a player is named, the name it replaces."""
        key = player_key(username)
        if key is not None and replaced and len(self.renamed) < _MOST_RENAMED:
            self.renamed.add(key)
        elif key is not None and not replaced and len(self.players) < MOST_PLAYERS:
            self.players.add(hash(key))


def together(reports: Iterable[FileReport]) -> FileReport:
    """Return the result for several files together."""
    total = FileReport()
    for report in reports:
        total.added += report.added
        total.present += report.present
        total.invalid += report.invalid
        total.first_invalid = report.first_invalid | total.first_invalid
        total.days |= report.days
        total.players |= report.players
        total.renamed |= report.renamed
        total.forgotten += report.forgotten
    return total


@dataclass(slots=True)
class _Ready:
    raw: bytes
    day: str | None
    where: str
    key: str | None
    """The player."""
    on: str | None
    """The UTC day of the row; None without a valid time."""


class Loader:
    """Collects a file's rows by collection and writes them in batches."""

    def __init__(self, mongo: MongoResource, first_day: str, player: str | None = None) -> None:
        """Prepare for rows.

        Args:
            mongo: the opened resource; rows go into its raw, day requests into its analytics database.
            first_day: days before this one are never requested.
            player: the username that every event gets; None keeps the original names.
        """
        self.report = FileReport()
        self._raw: Database[Any] = mongo.raw
        self._analytics: Database[Any] = mongo.analytics
        self._requests = mongo.analytics[DAY_REQUESTS]
        self._forgotten = read_forgotten(mongo.analytics)
        self._first_day = first_day
        self._player = player
        self._waiting: dict[str, list[_Ready]] = {}
        self._bytes: Counter[str] = Counter()

    def load(self, source: Source, progress: Callable[[], None]) -> FileReport:
        """Import a file; `progress` is called now and then.

        Raises:
            CommandError: it can no longer be read.
            pymongo.errors.PyMongoError: MongoDB cannot be reached or rejects the request.
        """
        self.report = FileReport(source)
        for count, row in enumerate(source.rows()):
            if isinstance(row, Invalid):
                self.report.count_invalid(row.reason, source.where())
            else:
                self._add(row, source.where())
            if count % 500 == 0:
                progress()
        for collection in list(self._waiting):
            self._write(collection)
        return self.report

    def _add(self, row: Row, where: str) -> None:
        """Add a row; one that cannot be stored is counted as invalid."""
        try:
            if row.collection in RESTORED:
                self._restore(row)
                return
            ready = self._prepare(row, where)
        except InvalidRowError as invalid:
            self.report.count_invalid(str(invalid), where)
            return
        waiting = self._waiting.setdefault(row.collection, [])
        waiting.append(ready)
        self._bytes[row.collection] += len(ready.raw)
        if len(waiting) >= _BATCH_ROWS or self._bytes[row.collection] >= _BATCH_BYTES:
            self._write(row.collection)

    def _prepare(self, row: Row, where: str) -> _Ready:
        document, raw = row.document, row.raw
        if self._player is not None and row.collection != HISCORES:
            self.report.note_player(document.get("username"), replaced=True)
            document, raw = {**document, "username": self._player}, None
        key, on = owner_of(row.collection, document)
        try:
            if document.get("_id") is None:
                document, raw = {**document, "_id": derived_id(row.collection, document)}, None
            raw = encode(document) if raw is None else raw
        except (bson.errors.BSONError, ValueError, OverflowError, TypeError, RecursionError):
            raise InvalidRowError(NOT_BSON) from None
        if len(raw) > MAX_DOCUMENT_BYTES:
            raise InvalidRowError(TOO_LONG)
        if row.collection != HISCORES and not self._is_forgotten(key, on):
            self.report.note_player(document.get("username"), replaced=False)
        return _Ready(raw, touched_day(row.collection, document, self._first_day), where, key, on)

    def _restore(self, row: Row) -> None:
        if any(self._is_forgotten(key, on) for key, on in owners_of(row.collection, row.document)):
            self.report.forgotten += 1
        elif restore(self._analytics, row.collection, row.document):
            self.report.added[row.collection] += 1
        else:
            self.report.present[row.collection] += 1

    def _is_forgotten(self, key: str | None, on: str | None) -> bool:
        if key is None or not self._forgotten:
            return False
        return self._forgotten.covers(key, on) if on is not None else self._forgotten.last_day(key) is None

    def _remembered(self, batch: list[_Ready]) -> list[_Ready]:
        """Return the rows of players who are not forgotten by now."""
        self._forgotten = read_forgotten(self._analytics)
        return [ready for ready in batch if not self._is_forgotten(ready.key, ready.on)]

    def _write(self, collection: str) -> None:
        waiting = self._waiting.pop(collection, [])
        self._bytes.pop(collection, None)
        batch = self._remembered(waiting)
        self.report.forgotten += len(waiting) - len(batch)
        if not batch:
            return
        days = {ready.day for ready in batch if ready.day is not None}
        token, made = request_days(self._requests, days, "import")
        new = self._without_forgotten(collection, self._insert(collection, batch))
        changed = {ready.day for ready in new if ready.day is not None}
        request_days(self._requests, changed, "import")
        withdraw_days(self._requests, made - changed, token)
        self.report.days |= changed

    def _without_forgotten(self, collection: str, new: list[_Ready]) -> list[_Ready]:
        """Remove the rows of players who were forgotten while these were written; return the others.

        Players forgotten later are removed with these rows, by whoever forgets them.
        """
        kept = self._remembered(new)
        if len(kept) < len(new):
            known = {id(ready) for ready in kept}
            ids = [RawBSONDocument(ready.raw)["_id"] for ready in new if id(ready) not in known]
            self._raw[collection].delete_many({"_id": {"$in": ids}})
            self.report.added[collection] -= len(ids)
            self.report.forgotten += len(ids)
        return kept

    def _insert(self, collection: str, batch: list[_Ready]) -> list[_Ready]:
        """Write rows and return the new ones; existing and rejected rows are counted."""
        try:
            self._raw[collection].insert_many([RawBSONDocument(row.raw) for row in batch], ordered=False)
            failed: dict[int, int] = {}
        except BulkWriteError as error:
            failed = {int(e["index"]): int(e.get("code", 0)) for e in error.details["writeErrors"]}
            if error.details.get("writeConcernErrors") or not set(failed.values()) <= {*_ROW_CODES, _DUPLICATE}:
                raise
        except OperationFailure as error:
            if error.code not in _ROW_CODES:
                raise
            return self._insert_split(collection, batch)
        new = []
        for index, row in enumerate(batch):
            code = failed.get(index)
            if code is None:
                new.append(row)
            elif code == _DUPLICATE:
                self.report.present[collection] += 1
            else:
                self.report.count_invalid(REFUSED, row.where)
        self.report.added[collection] += len(new)
        return new

    def _insert_split(self, collection: str, batch: list[_Ready]) -> list[_Ready]:
        """Find the row that makes the server reject a whole batch, by bisection."""
        if len(batch) == 1:
            self.report.count_invalid(REFUSED, batch[0].where)
            return []
        half = len(batch) // 2
        return self._insert(collection, batch[:half]) + self._insert(collection, batch[half:])
