"""Fences between writers: a turn is a fencing token, taken before reading; no write overwrites that of a later turn.

Every document that a turn writes carries the turn's number as `revision`, and a write takes effect only if the stored
revision is not greater. A number is at least the time in milliseconds, so numbers keep growing even if this bookkeeping
is lost but the documents are not.

Three races with an earlier turn that is still open are prevented:

- The earlier turn may still replace stored documents. So while it is open, a turn also rewrites documents that are
  already up to date.
- The earlier turn may recreate documents that the later one removed or found missing. So the later turn leaves a record
  in `removals`, and the earlier one deletes such documents before it ends.
- The earlier turn's process may die before it does so. Another process then deletes the documents and ends the turn.

"Earlier" means earlier turns with a conflicting scope: turns over disjoint ranges of time, or of players, don't matter.

**Computing from what turns write** (reports from days): the input is not final while earlier turns are open. Read the
requests, take a turn, check `is_first`, read and write; clear the requests only if `is_first` was true.
"""

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep, time
from typing import Any, Final

from bson import ObjectId
from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, PyMongoError
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches, find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.stored.bookkeeping import OpenTurnFields, RemovalFields

from player_stats.store.bulk_errors import taken
from player_stats.store.encoding import with_revisions
from player_stats.store.extents import Extent, delete_below, within
from player_stats.store.order import THE_ORDER, end_turn, open_turns, register
from player_stats.store.processes import Process, is_gone, this_process
from player_stats.store.scopes import EVERYTHING, Scope, scope_of

EXPIRES_SECONDS: Final = 30 * 60
"""An older turn may no longer write."""
FORGOTTEN_AFTER: Final = timedelta(hours=2)
"""An older turn is ended by others, wherever it runs: it stopped writing long ago, even if clocks differ by an hour."""
_RUNNING: Final[set[ObjectId]] = set()
"""The open turns of this process; added before they are taken, so none is ever missing."""


class TurnExpiredError(Exception):
    """A turn tried to write too long after it began; the message is one line."""


@dataclass
class Changes:
    """How many documents were written, removed and left unchanged."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0


class Turn:
    """A place in the order of readers; created by `take_turn` before anything is read."""

    def __init__(self, analytics: Database[Any], number: int, scope: Scope = EVERYTHING) -> None:
        """Begin a turn whose entry in `turns` exists already."""
        self.analytics = analytics
        self.number = number
        self.scope = scope
        self._began = time(), monotonic()
        self._first = False
        self.over = False

    @property
    def is_first(self) -> bool:
        """Whether no conflicting earlier turn is open, so that from now on only later readers write in its scope.

        Check it before reading stored documents: only if it is true may a document that is already up to date be
        skipped, and only then may results be computed from documents that other turns wrote.
        """
        if not self._first:
            self._first = not any(
                entry["ticket"] < self.number and self.scope.conflicts_with(scope_of(entry))
                for entry in open_turns(self.analytics)
            )
        return self._first

    def reconcile(
        self,
        collection: str,
        extent: Extent,
        documents: Sequence[Mapping[str, Any]],
        before: Callable[[list[str]], None] | None = None,
    ) -> Changes:
        """Make the stored documents of an extent equal to `documents`; equal digests mean equal documents.

        Args:
            collection: a collection of the analytics database.
            extent: all documents that this turn is responsible for, a superset of `documents`.
            documents: the documents to store, each with `_id` and `digest`.
            before: called before the first write with the `_id`s that are about to change, if any.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        skip = self.is_first  # must be known before stored documents are read
        fields = {"digest": 1}
        stored = {found["_id"]: found.get("digest") for found in within(self.analytics, collection, extent, fields)}
        wanted = {document["_id"] for document in documents}
        gone = sorted(stored.keys() - wanted)
        changed = [one for one in documents if not skip or stored.get(one["_id"]) != one["digest"]]
        touched = [document["_id"] for document in changed] + gone
        if before is not None and touched:
            before(touched)
        written = self.replace(collection, changed, wanted - stored.keys())
        if skip:
            self._delete(collection, gone)
        else:
            values = set(extent.values) - (wanted if extent.field == "_id" else set())
            self._remove_unwritten(collection, Extent(extent.field, values))
        return Changes(written, len(gone), len(documents) - len(changed))

    def replace(
        self, collection: str, documents: Sequence[Mapping[str, Any]], absent: Container[Any] = frozenset()
    ) -> int:
        """Write documents unless a later turn wrote them; return how many writes took effect.

        Args:
            collection: a collection of the analytics database.
            documents: the documents to store, each with `_id`.
            absent: `_id`s that were not stored a moment ago: inserting costs less than an upsert.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        took = 0
        for chunk in batches(documents):
            waiting = {document["_id"]: document for document in chunk}
            new = {identity for identity in waiting if identity in absent}
            while waiting:
                refused = self._replace_chunk(collection, waiting, new)
                took += len(waiting) - len(refused)
                new = set()
                waiting = {identity: waiting[identity] for identity in self._not_later(collection, refused)}
        return took

    def remove(self, collection: str, ids: Collection[str]) -> None:
        """Remove documents unless a later turn wrote them; earlier turns cannot recreate them.

        Pass all documents that this turn found to have no content, stored or not: an earlier turn may be about to
        create one.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        if self.is_first:
            self._delete(collection, ids)
        else:
            self._remove_unwritten(collection, Extent("_id", ids))

    def remove_all(self, collection: str, extent: Extent) -> None:
        """Remove the documents of an extent unless a later turn wrote them; earlier turns cannot recreate them.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        self._check()
        if self.is_first:
            delete_below(self.analytics, collection, extent, self.number)
        else:
            self._remove_unwritten(collection, extent)

    def _remove_unwritten(self, collection: str, extent: Extent) -> None:
        """Remove the documents of an extent that this turn did not write, now and when earlier turns end."""
        removals = [
            UpdateOne(
                {"_id": f"{collection}|{extent.field}|{value}"},
                {
                    "$max": RemovalFields(revision=self.number),
                    "$set": RemovalFields(collection=collection, field=extent.field, value=value),
                },
                upsert=True,
            )
            for value in sorted(extent.values)
        ]
        for chunk in batches(removals):
            self._check()
            self.analytics[names.REMOVALS].bulk_write(chunk, ordered=False)
        # Only after the record: an earlier turn that missed the record has finished writing.
        delete_below(self.analytics, collection, extent, self.number)

    def _replace_chunk(
        self, collection: str, documents: Mapping[Any, Mapping[str, Any]], new: Container[Any]
    ) -> list[Any]:
        """Write documents, which cost the server less if all are new; return the `_id`s of those that were rejected."""
        self._check()
        fenced = with_revisions(documents, self.number)
        try:
            if all(one in new for one in fenced):
                self.analytics[collection].insert_many(fenced.values(), ordered=False)
            else:
                writes = [ReplaceOne(self._unless_later(one), fenced[one], upsert=True) for one in fenced]
                self.analytics[collection].bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            # A later document does not match the filter, so an upsert tries to insert, too, and finds the `_id` taken.
            identities = list(documents)
            return [identities[index] for index in taken(error)]
        return []

    def _not_later(self, collection: str, refused: list[Any]) -> list[Any]:
        """Return the rejected `_id`s that no later turn wrote: an earlier turn inserted them just now, so try again."""
        stored = find_by_id(self.analytics[collection], refused, {"revision": 1})
        later = {found["_id"] for found in stored if found.get("revision", 0) > self.number}
        return [identity for identity in refused if identity not in later]

    def _delete(self, collection: str, ids: Iterable[str]) -> None:
        for chunk in batches([DeleteOne(self._unless_later(identity)) for identity in ids]):
            self._check()
            self.analytics[collection].bulk_write(chunk, ordered=False)

    def _unless_later(self, identity: Any) -> Document:
        return {"_id": identity, "revision": {"$not": {"$gt": self.number}}}

    def _check(self) -> None:
        # The longer of both: the wall clock may be adjusted, the monotonic one stops while a machine sleeps.
        if self.over or max(time() - self._began[0], monotonic() - self._began[1]) > EXPIRES_SECONDS:
            raise TurnExpiredError(
                f"this run began to read more than {EXPIRES_SECONDS // 60} minutes ago and may no longer write: "
                "what it read stays owed; run it again over fewer days"
            )


@contextmanager
def take_turn(analytics: Database[Document], run_id: str | None = None, scope: Scope = EVERYTHING) -> Iterator[Turn]:
    """Take the next turn in the order of readers; end it when everything is written.

    If the block fails, the turn is abandoned: its last writes may be in flight, so `end_dead_turns` ends it later.

    Args:
        analytics: the database that is written to.
        run_id: the Dagster run, or the run and its step, for diagnosis and `end_dead_turns`.
        scope: the stored documents it may read and write, apart from the bookkeeping of whole days.
    """
    process, key = this_process(), ObjectId()
    entry: OpenTurnFields = {
        "key": key,
        "at": datetime.now(UTC),
        "host": process.host,
        "pid": process.pid,
        "started": process.started,
        "run_id": run_id,
        "scope": {"kind": scope.kind, "start": scope.start, "end": scope.end},
    }
    _RUNNING.add(key)
    try:
        turn = Turn(analytics, register(analytics, entry), scope)
        try:
            yield turn
        finally:
            turn.over = True
        end_turn(analytics, turn.number)
    except BaseException:
        with suppress(PyMongoError):
            analytics[names.TURNS].update_one({**THE_ORDER, "open.key": key}, {"$set": {"open.$.pid": None}})
        raise
    finally:
        _RUNNING.discard(key)


def end_dead_turns(
    analytics: Database[Document], is_over: Callable[[str], bool] = lambda run_id: False, patience: float = 2.0
) -> int:
    """End turns that were abandoned, whose process or run has ended, or that are too old; return how many.

    Args:
        analytics: the database that is written to.
        is_over: whether a Dagster run, or a run and its step, is known to have ended.
        patience: seconds to wait before ending any: the server may still be executing the last writes of the process.
    """
    oldest = datetime.now(UTC) - FORGOTTEN_AFTER
    dead = [
        entry["ticket"]
        for entry in open_turns(analytics)
        if entry["at"] < oldest or _is_dead(entry) or (entry["run_id"] is not None and is_over(entry["run_id"]))
    ]
    if dead:
        sleep(patience)
    for ticket in dead:
        end_turn(analytics, ticket)
    return len(dead)


def _is_dead(entry: Document) -> bool:
    if entry["pid"] is None:
        return True
    process = Process(entry["host"], entry["pid"], entry["started"])
    return entry["key"] not in _RUNNING if process == this_process() else is_gone(process)
