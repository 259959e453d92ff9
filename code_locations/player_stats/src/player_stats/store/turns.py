"""Fences between writers: who reads first has the smaller number, and nobody overwrites what a later reader wrote.

A turn's number is taken before anything is read; every document that it writes carries it as `revision`, and a write
takes effect only where the stored one is not greater. Numbers begin at the time in milliseconds, so that they go on
growing where this bookkeeping was lost and the documents were not.

Three races are closed here, all of a turn with one before it that is still open:

- What is stored may still be replaced by the earlier turn. So while one is open nothing is skipped for being right
  already: it is written again.
- What the later turn found gone (or never saw) the earlier one may bring back, on documents that exist no more. So
  the later one leaves a record in `removals`, and the earlier one removes such documents before it ends.
- A turn whose process died is ended by others, who do the same for it.

"Earlier" means earlier turns whose scope may meet: what is written in one range of time, or for one range of players,
is nobody's business in another.

**Whoever computes from what turns write** (reports from days) must not take it for final while earlier turns are open:
note what is asked, take a turn, ask `first`, read and write; what was asked is cleared only where `first` was true.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep, time
from typing import Any, Final, TypeAlias

from bson import ObjectId
from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError, PyMongoError
from wrapped_shared import collections as names

from player_stats.store.bulk_errors import taken
from player_stats.store.extents import Extent, chunks, delete_below, within
from player_stats.store.order import THE_ORDER, end_turn, open_turns, register
from player_stats.store.processes import Process, is_gone, this_process
from player_stats.store.scopes import EVERYTHING, Scope, scope_of

Document: TypeAlias = dict[str, Any]

EXPIRES_SECONDS: Final = 30 * 60
"""A turn that is older writes nothing any more."""
FORGOTTEN_AFTER: Final = timedelta(hours=1)
"""A turn that is older is ended by others, wherever it is: long after it stopped writing, by any server's clock."""
_RUNNING: Final[set[ObjectId]] = set()
"""The turns of this process that have not ended; written before they are taken, so none of them is ever missing."""


class TurnExpiredError(Exception):
    """A turn wanted to write too long after it began to read; the message is one line."""


@dataclass
class Changes:
    """What making an extent equal to documents did."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0


class Turn:
    """A place in the order of readers; made by `take_turn`, before anything is read."""

    def __init__(self, analytics: Database[Document], number: int, scope: Scope = EVERYTHING) -> None:
        """Begin; the entry in `turns` is there already."""
        self.analytics = analytics
        self.number = number
        self.scope = scope
        self._began = time(), monotonic()
        self._first = False
        self.over = False

    @property
    def first(self) -> bool:
        """Whether no earlier turn that it may meet is open: nobody but later readers writes in its scope from now on.

        Ask before reading what is stored: only then may a document be left as it is for being right, and only then
        may something be made of stored parts that this turn did not read itself.
        """
        if not self._first:
            self._first = not any(
                entry["ticket"] < self.number and self.scope.may_meet(scope_of(entry))
                for entry in open_turns(self.analytics)
            )
        return self._first

    def make_equal(
        self,
        collection: str,
        extent: Extent,
        documents: Sequence[Document],
        before: Callable[[list[str]], None] | None = None,
    ) -> Changes:
        """Make the stored documents of an extent equal to `documents`; equal digests are equal documents.

        Args:
            collection: a collection of the analytics database.
            extent: all documents that this turn answers for; `documents` lie within.
            documents: what there is to be, each with `_id` and `digest`.
            before: called ahead of the first write with the `_id`s that are about to change, where there are any.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        skip = self.first  # must be known before what is stored is read
        fields = {"digest": 1}
        stored = {found["_id"]: found.get("digest") for found in within(self.analytics, collection, extent, fields)}
        wanted = {document["_id"] for document in documents}
        gone = sorted(stored.keys() - wanted)
        changed = [one for one in documents if not skip or stored.get(one["_id"]) != one["digest"]]
        touched = [document["_id"] for document in changed] + gone
        if before is not None and touched:
            before(touched)
        written = self.replace(collection, changed)
        if skip:
            self._delete(collection, gone)
        else:
            values = set(extent.values) - (wanted if extent.field == "_id" else set())
            self._remove_all_else(collection, Extent(extent.field, values))
        return Changes(written, len(gone), len(documents) - len(changed))

    def replace(self, collection: str, documents: Sequence[Mapping[str, Any]]) -> int:
        """Write documents where no later turn wrote; return how many took effect.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        took = 0
        for chunk in chunks(documents):
            waiting = {document["_id"]: document for document in chunk}
            while waiting:
                refused = self._replace_chunk(collection, waiting)
                took += len(waiting) - len(refused)
                waiting = {identity: waiting[identity] for identity in self._not_later(collection, refused)}
        return took

    def remove(self, collection: str, ids: Collection[str]) -> None:
        """Remove documents, unless a later turn wrote them; no earlier turn brings them back.

        Name all that this turn found to have no content, whether they are stored or not: an earlier turn may be about
        to write one that never was.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        if self.first:
            self._delete(collection, ids)
        else:
            self._remove_all_else(collection, Extent("_id", ids))

    def remove_all(self, collection: str, extent: Extent) -> None:
        """Remove the documents of an extent, those that a later turn wrote apart; no earlier turn brings them back.

        Raises:
            TurnExpiredError: the turn is too old.
        """
        self._check()
        if self.first:
            delete_below(self.analytics, collection, extent, self.number)
        else:
            self._remove_all_else(collection, extent)

    def _remove_all_else(self, collection: str, extent: Extent) -> None:
        """Remove what this turn did not write of an extent, now and at the end of earlier turns."""
        removals = [
            UpdateOne(
                {"_id": f"{collection}|{extent.field}|{value}"},
                {
                    "$max": {"revision": self.number},
                    "$set": {"collection": collection, "field": extent.field, "value": value},
                },
                upsert=True,
            )
            for value in sorted(extent.values)
        ]
        for chunk in chunks(removals):
            self._check()
            self.analytics[names.REMOVALS].bulk_write(chunk, ordered=False)
        # Only now: an earlier turn that missed the record has written already.
        delete_below(self.analytics, collection, extent, self.number)

    def _replace_chunk(self, collection: str, documents: Mapping[Any, Mapping[str, Any]]) -> list[Any]:
        """Write documents; return the `_id`s of those that were refused."""
        self._check()
        writes = [
            ReplaceOne(self._unless_later(identity), {**document, "revision": self.number}, upsert=True)
            for identity, document in documents.items()
        ]
        try:
            self.analytics[collection].bulk_write(writes, ordered=False)
        except BulkWriteError as error:
            # The filter let a later document pass by, and the insert found its `_id` taken.
            identities = list(documents)
            return [identities[index] for index in taken(error)]
        return []

    def _not_later(self, collection: str, refused: list[Any]) -> list[Any]:
        """Of refused `_id`s those that no later turn wrote: an earlier one was quicker to insert them, try again."""
        if not refused:
            return []
        stored = self.analytics[collection].find({"_id": {"$in": refused}}, {"revision": 1})
        later = {found["_id"] for found in stored if found.get("revision", 0) > self.number}
        return [identity for identity in refused if identity not in later]

    def _delete(self, collection: str, ids: Iterable[str]) -> None:
        for chunk in chunks([DeleteOne(self._unless_later(identity)) for identity in ids]):
            self._check()
            self.analytics[collection].bulk_write(chunk, ordered=False)

    def _unless_later(self, identity: Any) -> Document:
        return {"_id": identity, "revision": {"$not": {"$gt": self.number}}}

    def _check(self) -> None:
        # The longer of both: one clock may be set, the other stands still while a machine sleeps.
        if self.over or max(time() - self._began[0], monotonic() - self._began[1]) > EXPIRES_SECONDS:
            raise TurnExpiredError(
                f"this run began to read more than {EXPIRES_SECONDS // 60} minutes ago and may not write any more: "
                "what it read stays owed, run it again over less"
            )


@contextmanager
def take_turn(analytics: Database[Document], run_id: str | None = None, scope: Scope = EVERYTHING) -> Iterator[Turn]:
    """Take the next place in the order of readers; give it back when all is written.

    Where the block fails the turn is given up: what it sent may still be on its way, so `end_dead_turns` ends it.

    Args:
        analytics: the database that is written to.
        run_id: the Dagster run, or the run and its step, for whoever looks.
        scope: what it may read and write of the stored documents, bookkeeping of whole days apart.
    """
    entry = {
        "key": ObjectId(),
        "at": datetime.now(UTC),
        **asdict(this_process()),
        "run_id": run_id,
        "scope": asdict(scope),
    }
    _RUNNING.add(entry["key"])
    try:
        turn = Turn(analytics, register(analytics, entry), scope)
        try:
            yield turn
        finally:
            turn.over = True
        end_turn(analytics, turn.number)
    except BaseException:
        with suppress(PyMongoError):
            analytics[names.TURNS].update_one({**THE_ORDER, "open.key": entry["key"]}, {"$set": {"open.$.pid": None}})
        raise
    finally:
        _RUNNING.discard(entry["key"])


def end_dead_turns(
    analytics: Database[Document], is_over: Callable[[str], bool] = lambda run_id: False, patience: float = 2.0
) -> int:
    """End the turns that were given up, whose process or run is gone, or that are older than an hour; return how many.

    Args:
        analytics: the database that is written to.
        is_over: whether a Dagster run, or a run and its step, has ended, as far as is known.
        patience: seconds to wait where there are any: the server may still be at what the process sent last.
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
