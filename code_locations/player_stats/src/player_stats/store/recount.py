"""The audit: recounts days by hour and compares the counts with what was read.

It finds what the watermarks cannot: deleted documents, and documents whose `_id` is old or not an ObjectId. A document
that was edited in place, keeping its `_id` and hour, is not detected.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id, write_all
from wrapped_shared.documents import Document
from wrapped_shared.periods import day_of_ms, days_between
from wrapped_shared.stored.bookkeeping import DayLedgerFields

from player_stats.domain.cells import hour_label
from player_stats.domain.ledger import SeenParts, by_hour, count
from player_stats.store.counting import hours_between
from player_stats.store.ids import id_key
from player_stats.store.ledger import mark_owed

Counted: TypeAlias = tuple[int, Any]
"""The number of documents in an hour, and the greatest `_id`."""

RECENT_DAYS: Final = 7
"""How many days back missing documents make an hour owed: older telemetry may have been deleted on purpose."""
_NOTHING: Final[Counted] = (0, None)


def recent_from(today: str) -> str:
    """Return the first day on which missing documents make an hour owed."""
    return (date.fromisoformat(today) - timedelta(days=RECENT_DAYS)).isoformat()


def recount(
    raw: Database[Document], analytics: Database[Document], ranges: Iterable[tuple[str, str]], today: str
) -> None:
    """Mark hours as owed whose documents differ from what was read, with one query per collection and range.

    If documents are missing from days more than a week old, only their number is recorded, and the results stay.

    Args:
        raw: the database with raw telemetry.
        analytics: the database with the bookkeeping.
        ranges: the first and last day of each range to count; none may contain sealed days.
        today: the current UTC day.
    """
    there: dict[str, dict[str, dict[str, Counted]]] = {}
    days: list[str] = []
    for first, last in ranges:
        days += days_between(first, last)
        for collection in names.RAW_EVENT_COLLECTIONS:
            for at, n, newest in hours_between(raw[collection], first, last):
                there.setdefault(day_of_ms(at), {}).setdefault(collection, {})[hour_label(at)] = n, newest
    fields = {"seen": 1, "fallen": 1}
    ledgers = {found["_id"]: found for found in find_by_id(analytics[names.DAY_LEDGER], days, fields)}
    owed: dict[str, dict[str, int]] = {}
    updates: list[UpdateOne] = []
    for day in days:
        ledger = ledgers.get(day, {})
        missing_by: dict[str, int] = {}
        present = there.get(day, {})
        for collection, hour, missing in _differences(ledger.get("seen", {}), present):
            if missing and day < recent_from(today):
                missing_by[collection] = missing_by.get(collection, 0) + missing
            else:
                documents = sum(hours.get(hour, _NOTHING)[0] for hours in present.values())
                owed.setdefault(day, {})[hour] = documents
        if missing_by != ledger.get("fallen", {}):
            change = {"$set": DayLedgerFields(fallen=missing_by)} if missing_by else {"$unset": {"fallen": ""}}
            updates.append(UpdateOne({"_id": day}, change))
    mark_owed(analytics, owed, "a count differed")
    write_all(analytics[names.DAY_LEDGER], updates)


def _differences(seen: SeenParts, there: dict[str, dict[str, Counted]]) -> Iterator[tuple[str, str, int]]:
    """Yield the collection and hour of each difference, and how many documents are missing (0 if any were added)."""
    for collection in names.RAW_EVENT_COLLECTIONS:
        read = by_hour(seen.get(collection, {}))
        present = there.get(collection, {})
        for hour in sorted(read.keys() | present.keys()):
            (before, known), (now, newest) = count(read.get(hour, ()), id_key), present.get(hour, _NOTHING)
            if before != now or id_key(known) != id_key(newest):
                only_fewer = now < before and id_key(newest) <= id_key(known)
                yield collection, hour, before - now if only_fewer else 0
