"""The day ledger: which parts of which days are owed, why, and what was seen in them when they were read.

A part is marked as owed before the watermark moves, and cleared only by the reader that wrote its results. A reader
takes four steps: `owed_days` (or `work_of` chosen days), `take_turn`, `claim` and, once its results are written,
`record_readings`. It clears a day only if, since its claim, the day was not marked again and no later turn claimed it.
A day whose hours are divided among several steps is claimed and cleared by `player_stats.store.division`.
"""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches, find_by_id, write_all
from wrapped_shared.documents import Document
from wrapped_shared.stored.bookkeeping import DayLedgerFields

from player_stats.domain.ledger import SeenParts, TallyParts, with_reading
from player_stats.store.bulk_errors import taken
from player_stats.store.turns import Turn

EVERYTHING: Final = "*"
NEVER_READ: Final = "never read"


@dataclass(frozen=True)
class DayWork:
    """A day to read, or parts of it."""

    day: str
    cells: frozenset[str] | None = None
    """The labels to read; None = the whole day."""
    noted: int = 0
    ledger: Document | None = None
    """The day's document in the ledger."""
    why: str = ""

    @property
    def kept_until(self) -> str:
        """The day until which the day's hours are kept, or "" if they are not kept."""
        return str((self.ledger or {}).get("kept_until") or "")


@dataclass(frozen=True)
class DayReading:
    """What was read of a day and is now written."""

    work: DayWork
    seen: SeenParts
    """By collection and label; a label without documents is left out."""
    tallies: TallyParts
    """By collection and label, or "day"."""
    kept_until: str | None = None
    """The day until which the day's hours are kept, or None if they are not kept."""

    def ledger_after(self) -> tuple[SeenParts, TallyParts]:
        """Return what was seen of the day, and its tallies, with this reading included."""
        before = self.work.ledger or {}
        return (
            with_reading(before.get("seen", {}), self.seen, self.work.cells),
            with_reading(before.get("tallies", {}), self.tallies, self.work.cells),
        )


def mark_owed(analytics: Database[Document], marks: Mapping[str, Iterable[str]], why: str) -> None:
    """Mark parts of days as owed, including those that are owed already.

    Args:
        analytics: the database with the ledger.
        marks: the labels by day, "*" for the whole day; a mapping also gives the number of documents counted there.
        why: the reason in a few words, for people.
    """
    now, writes = datetime.now(UTC), []
    for day, labels in marks.items():
        update: Document = {
            "$inc": DayLedgerFields(noted=1),
            "$set": DayLedgerFields(owed=True, why=why),
            "$addToSet": {"owed_cells": {"$each": sorted(labels)}},
            "$min": DayLedgerFields(since=now),
            "$setOnInsert": DayLedgerFields(day=day, revision=0, claimed=0),
        }
        counted = labels.items() if isinstance(labels, Mapping) else ()
        if expected := {f"expected.{label}": n for label, n in counted if label != EVERYTHING}:
            update["$max"] = expected
        writes.append(UpdateOne({"_id": day}, update, upsert=True))
    write_all(analytics[names.DAY_LEDGER], writes)


def mark_never_read(analytics: Database[Document], days: Iterable[str]) -> None:
    """Mark days that are not in the ledger as owed; others stay as they are."""
    fresh: DayLedgerFields = {"noted": 0, "revision": 0, "claimed": 0, **_never_read(datetime.now(UTC))}
    documents: Iterator[DayLedgerFields] = ({"_id": day, "day": day, **fresh} for day in days)
    for chunk in batches(documents):
        try:
            analytics[names.DAY_LEDGER].insert_many(chunk, ordered=False)  # costs less than upserts
        except BulkWriteError as error:
            taken(error)


def _never_read(now: datetime) -> DayLedgerFields:
    return {"owed": True, "owed_cells": [EVERYTHING], "why": NEVER_READ, "since": now}


def owed_days(analytics: Database[Document], from_day: str, upto_day: str, limit: int) -> list[DayWork]:
    """Return the owed days of a range, both ends included, the newest first, at most `limit`."""
    query = {"owed": True, "day": {"$gte": from_day, "$lte": upto_day}}
    return [_work(ledger) for ledger in analytics[names.DAY_LEDGER].find(query).sort("day", -1).limit(limit)]


def work_of(analytics: Database[Document], days: Sequence[str], whole: Container[str] = ()) -> list[DayWork]:
    """Return the work for chosen days: the owed parts of each, or the whole day if none are owed.

    Args:
        analytics: the database with the ledger.
        days: UTC days.
        whole: days to compute whole, whatever is owed.
    """
    ledgers = _ledgers(analytics, days)
    work_items = [_work(ledgers[day]) if day in ledgers else DayWork(day) for day in days]
    return [replace(work, cells=None) if work.day in whole else work for work in work_items]


def claim(turn: Turn, work_items: Sequence[DayWork], *, all_players: bool = True) -> list[DayWork]:
    """Claim days for a turn that is about to read them: they stay owed until it is done; no earlier turn clears them.

    Must be called before their events are read. Return the work as of now: with the ledger's documents, and with the
    parts that became owed in the meantime, which must be read too.

    Args:
        turn: the turn that is going to read.
        work_items: the days, and which parts of them.
        all_players: False for a reader of chosen players, which never clears a day. It does not make a day owed, but
            anyone who reads the day at the same time leaves it owed; a day not yet in the ledger is marked never read.
    """
    now = datetime.now(UTC)
    writes = [UpdateOne({"_id": work.day}, _claim(turn, work, now, all_players), upsert=True) for work in work_items]
    write_all(turn.analytics[names.DAY_LEDGER], writes)
    found = _ledgers(turn.analytics, [work.day for work in work_items])
    return [_widened(work, found[work.day]) for work in work_items]


def _widened(work: DayWork, ledger: Document) -> DayWork:
    owed = frozenset(ledger["owed_cells"])
    cells = None if work.cells is None or EVERYTHING in owed else work.cells | owed
    return replace(work, cells=cells, noted=ledger["noted"], ledger=ledger)


def _claim(turn: Turn, work: DayWork, now: datetime, all_players: bool) -> Document:
    fresh: DayLedgerFields = {"day": work.day, "revision": 0, "noted": 0}
    update: Document = {"$max": DayLedgerFields(claimed=turn.number), "$unset": {"division": ""}}
    if not all_players:
        return {**update, "$setOnInsert": {**fresh, **_never_read(now)}}
    labels = [EVERYTHING] if work.cells is None else sorted(work.cells)
    return {
        **update,
        "$set": {**DayLedgerFields(owed=True), **reason_of(work)},
        "$addToSet": {"owed_cells": {"$each": labels}},
        "$min": DayLedgerFields(since=now),
        "$setOnInsert": fresh,
    }


def reason_of(work: DayWork) -> DayLedgerFields:
    """Return the field that keeps why a day is read, in case its reader dies."""
    return {"why": work.why} if work.why else {}


def record_readings(turn: Turn, readings: Iterable[DayReading]) -> int:
    """Record what was read and written; return how many days were cleared.

    A day that was marked again, or claimed by a later turn, since the claim stays owed.
    """
    writes = []
    for reading in readings:
        as_claimed = {"_id": reading.work.day, "claimed": turn.number, "noted": reading.work.noted}
        writes.append(UpdateOne(as_claimed, clearing_update(turn, reading)))
    return write_all(turn.analytics[names.DAY_LEDGER], writes)


def clearing_update(turn: Turn, reading: DayReading) -> Document:
    """Return the update that clears a day; the caller's filter must make sure that no later reader claimed it."""
    seen, tallies = reading.ledger_after()
    fields: DayLedgerFields = {
        "revision": turn.number,
        "seen": seen,
        "tallies": tallies,
        "owed": False,
        "owed_cells": [],
    }
    obsolete = ["since", "why", "expected", "division"]
    if reading.work.cells is None:
        obsolete.append("fallen")
    if reading.kept_until is None:
        obsolete.append("kept_until")
    else:
        fields["kept_until"] = reading.kept_until
    return {"$set": fields, "$unset": dict.fromkeys(obsolete, "")}


def _work(ledger: Document) -> DayWork:
    labels = frozenset(ledger["owed_cells"])
    cells = None if EVERYTHING in labels or not labels else labels
    return DayWork(ledger["_id"], cells, noted=ledger["noted"], ledger=ledger, why=ledger.get("why", ""))


def _ledgers(analytics: Database[Document], days: Iterable[str]) -> dict[str, Document]:
    return {ledger["_id"]: ledger for ledger in find_by_id(analytics[names.DAY_LEDGER], days)}
