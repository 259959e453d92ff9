"""The day ledger: which parts of which days are owed, why, and what was seen of them when they were read.

What is owed is noted before anything else moves on, and cleared only by whoever wrote what it read. A reader goes
through four steps: `owed_days` (or any day somebody wants), `take_turn`, `claim`, and, once all that it read is
written, `read_done`. It clears a day only where nothing was noted, and no later turn claimed the day, since its claim.
A day that several steps read, each some hours, is claimed and cleared by `player_stats.store.division`.
"""

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names

from player_stats.domain.ledger import SeenParts, TallyParts, with_reading
from player_stats.store.enrichment import find_by_id
from player_stats.store.turns import Turn

Document: TypeAlias = dict[str, Any]

EVERYTHING: Final = "*"
NEVER_READ: Final = "never read"
_CHUNK: Final = 500


@dataclass(frozen=True)
class DayWork:
    """A day to read, or parts of it."""

    day: str
    cells: frozenset[str] | None = None
    """The labels to read; None = the whole day."""
    noted: int = 0
    ledger: Document | None = None
    """What the ledger holds of the day."""
    why: str = ""

    @property
    def kept_until(self) -> str:
        """The day until which the day's hours are kept; "" where they are not."""
        return str((self.ledger or {}).get("kept_until") or "")


@dataclass(frozen=True)
class DayReading:
    """What was read of a day, once it is written."""

    work: DayWork
    seen: SeenParts
    """By collection and label; a label without documents is left out."""
    tallies: TallyParts
    """By collection and label, or "day"."""
    kept_until: str | None = None
    """The day until which the day's hours are kept; None = they are not."""

    def ledger_after(self) -> tuple[SeenParts, TallyParts]:
        """Return all that is known of the day with this reading: what was seen, and the tallies."""
        before = self.work.ledger or {}
        return (
            with_reading(before.get("seen", {}), self.seen, self.work.cells),
            with_reading(before.get("tallies", {}), self.tallies, self.work.cells),
        )


@dataclass(frozen=True)
class Owed:
    """What is owed of the days that have begun."""

    days: int
    since: datetime | None
    """Since when the one that waits longest is owed."""
    whys: dict[str, int]
    """How many days by reason, the most frequent first."""
    to_come: int
    """Days that have not begun and of which something is there already."""


def mark_owed(analytics: Database[Document], marks: Mapping[str, Iterable[str]], why: str) -> None:
    """Note that parts of days are owed; a day that is owed already is noted once more.

    Args:
        analytics: the database with the ledger.
        marks: the labels by day, "*" for the whole of it; a mapping tells how many documents were counted there.
        why: the reason in a few words, for people.
    """
    now, writes = datetime.now(UTC), []
    for day, labels in marks.items():
        update: Document = {
            "$inc": {"noted": 1},
            "$set": {"owed": True, "why": why},
            "$addToSet": {"owed_cells": {"$each": sorted(labels)}},
            "$min": {"since": now},
            "$setOnInsert": {"day": day, "revision": 0, "claimed": 0},
        }
        counted = labels.items() if isinstance(labels, Mapping) else ()
        if expected := {f"expected.{label}": n for label, n in counted if label != EVERYTHING}:
            update["$max"] = expected
        writes.append(UpdateOne({"_id": day}, update, upsert=True))
    _write(analytics, writes)


def mark_never_read(analytics: Database[Document], days: Iterable[str]) -> None:
    """Note that days are owed of which the ledger knows nothing; others stay as they are."""
    fresh = {"noted": 0, "revision": 0, "claimed": 0} | _never_read(datetime.now(UTC))
    _write(analytics, [UpdateOne({"_id": day}, {"$setOnInsert": {"day": day, **fresh}}, upsert=True) for day in days])


def _never_read(now: datetime) -> Document:
    return {"owed": True, "owed_cells": [EVERYTHING], "why": NEVER_READ, "since": now}


def owed_days(analytics: Database[Document], from_day: str, upto_day: str, limit: int) -> list[DayWork]:
    """Return the owed days of a range, both ends included, the newest first, at most `limit`."""
    query = {"owed": True, "day": {"$gte": from_day, "$lte": upto_day}}
    days = sorted((found["_id"] for found in analytics[names.DAY_LEDGER].find(query, {"_id": 1})), reverse=True)
    return [_work(ledger) for ledger in _ledgers(analytics, days[:limit]) if ledger.get("owed")]


def works_of(analytics: Database[Document], days: Sequence[str], whole: Container[str] = ()) -> list[DayWork]:
    """Return the work of days that somebody wants computed: what is owed of each, all of it where nothing is.

    Args:
        analytics: the database with the ledger.
        days: UTC days.
        whole: days of which all is wanted, whatever is owed.
    """
    ledgers = {ledger["_id"]: ledger for ledger in _ledgers(analytics, days)}
    works = [_work(ledgers[day]) if day in ledgers else DayWork(day) for day in days]
    return [replace(work, cells=None) if work.day in whole else work for work in works]


def claim(turn: Turn, works: Sequence[DayWork], *, all_players: bool = True) -> list[DayWork]:
    """Say that a turn is about to read days: they are owed until it is done, and no earlier turn may say they are not.

    Must come before anything of them is read. Return the works as they stand now: with what the ledger holds, and with
    the parts that have come to be owed since somebody looked, which are to be read as well.

    Args:
        turn: the turn that is going to read.
        works: the days, and which parts of them.
        all_players: False for a reader of chosen players, which never says that a day is done. A day that is not owed
            stays so, but whoever reads it at the same time leaves it owed; one of which nothing is known is never read.
    """
    now = datetime.now(UTC)
    _write(turn.analytics, [UpdateOne({"_id": work.day}, _claim(turn, work, now, all_players), upsert=True)
                            for work in works])  # fmt: skip
    found = {ledger["_id"]: ledger for ledger in _ledgers(turn.analytics, [work.day for work in works])}
    return [_widened(work, found[work.day]) for work in works]


def _widened(work: DayWork, ledger: Document) -> DayWork:
    owed = frozenset(ledger["owed_cells"])
    cells = None if work.cells is None or EVERYTHING in owed else work.cells | owed
    return replace(work, cells=cells, noted=ledger["noted"], ledger=ledger)


def _claim(turn: Turn, work: DayWork, now: datetime, all_players: bool) -> Document:
    fresh: Document = {"day": work.day, "revision": 0, "noted": 0}
    update: Document = {"$max": {"claimed": turn.number}, "$unset": {"division": ""}}
    if not all_players:
        return {**update, "$setOnInsert": fresh | _never_read(now)}
    labels = [EVERYTHING] if work.cells is None else sorted(work.cells)
    return {
        **update,
        "$set": {"owed": True},
        "$addToSet": {"owed_cells": {"$each": labels}},
        "$min": {"since": now},
        "$setOnInsert": fresh,
    }


def read_done(turn: Turn, readings: Iterable[DayReading]) -> int:
    """Note what was seen and that it is written; return how many days are not owed any more.

    A day of which something was noted since the claim, or that a later turn claimed, stays owed as it is.
    """
    return _write(turn.analytics, [_done(turn, reading) for reading in readings])


def _done(turn: Turn, reading: DayReading) -> UpdateOne:
    same = {"_id": reading.work.day, "claimed": turn.number, "noted": reading.work.noted}
    return UpdateOne(same, done(turn, reading))


def done(turn: Turn, reading: DayReading) -> Document:
    """Return the update of a day's ledger that clears it; its filter must see to it that nobody else has a say."""
    seen, tallies = reading.ledger_after()
    fields = {"revision": turn.number, "seen": seen, "tallies": tallies, "owed": False, "owed_cells": []}
    needless = ["since", "why", "expected", "division"]
    if reading.work.cells is None:
        needless.append("fallen")
    if reading.kept_until is None:
        needless.append("kept_until")
    else:
        fields["kept_until"] = reading.kept_until
    return {"$set": fields, "$unset": dict.fromkeys(needless, "")}


def owed_summary(analytics: Database[Document], from_day: str, today: str) -> Owed:
    """Return what is owed of the days from `from_day` on, since when, and why; nobody computes those before it."""
    ledgers = analytics[names.DAY_LEDGER]
    query = {"owed": True, "day": {"$gte": from_day, "$lte": today}}
    due = list(ledgers.find(query, {"since": 1, "why": 1}))
    to_come = ledgers.count_documents({"owed": True, "day": {"$gt": today}})
    whys = Counter(ledger.get("why", "being read, or its reader died") for ledger in due)
    since = min((ledger["since"] for ledger in due if ledger.get("since")), default=None)
    return Owed(len(due), since, dict(whys.most_common()), to_come)


def _work(ledger: Document) -> DayWork:
    labels = frozenset(ledger["owed_cells"])
    cells = None if EVERYTHING in labels or not labels else labels
    return DayWork(ledger["_id"], cells, ledger["noted"], ledger, ledger.get("why", ""))


def _ledgers(analytics: Database[Document], days: Sequence[str]) -> list[Document]:
    found = {ledger["_id"]: ledger for ledger in find_by_id(analytics, names.DAY_LEDGER, days)}
    return [found[day] for day in days if day in found]


def _write(analytics: Database[Document], writes: Sequence[UpdateOne]) -> int:
    """Send updates; return how many found a document."""
    matched = 0
    for start in range(0, len(writes), _CHUNK):
        result = analytics[names.DAY_LEDGER].bulk_write(writes[start : start + _CHUNK], ordered=False)
        matched += result.matched_count
    return matched
