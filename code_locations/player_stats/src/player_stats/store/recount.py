"""The audit: counts days again, by hour, and compares with what was read of them.

It finds what news by `_id` cannot: documents that went, documents with an old `_id` or one that is no ObjectId. What
was edited in place, under its `_id` and hour, nobody finds.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import day_of_ms, days_between

from player_stats.domain.cells import hour_label
from player_stats.domain.ledger import SeenParts, by_hour, count
from player_stats.store.counting import hours_between
from player_stats.store.enrichment import find_by_id
from player_stats.store.ids import id_key
from player_stats.store.ledger import mark_owed

Document: TypeAlias = dict[str, Any]
Counted: TypeAlias = tuple[int, Any]
"""How many documents an hour has, and the greatest `_id`."""

RECENT_DAYS: Final = 7
"""A fall is acted on this many days back: older telemetry may have been removed on purpose."""
_NOTHING: Final[Counted] = (0, None)


def recent_from(today: str) -> str:
    """Return the first day whose falls are acted on."""
    return (date.fromisoformat(today) - timedelta(days=RECENT_DAYS)).isoformat()


def recount(
    raw: Database[Document], analytics: Database[Document], stretches: Iterable[tuple[str, str]], today: str
) -> None:
    """Note as owed the hours whose documents differ from what was read of them; one query a collection and stretch.

    Where documents have gone from days more than a week old, only their number is noted: what was computed of them
    stays.

    Args:
        raw: the database with raw telemetry.
        analytics: the database with the bookkeeping.
        stretches: first and last days of what is counted; sealed days must lie before them.
        today: the current UTC day.
    """
    there: dict[str, dict[str, dict[str, Counted]]] = {}
    days: list[str] = []
    for first, last in stretches:
        days += days_between(first, last)
        for collection in names.RAW_EVENT_COLLECTIONS:
            for at, n, newest in hours_between(raw[collection], first, last):
                there.setdefault(day_of_ms(at), {}).setdefault(collection, {})[hour_label(at)] = n, newest
    fields = {"seen": 1, "fallen": 1}
    ledgers = {found["_id"]: found for found in find_by_id(analytics, names.DAY_LEDGER, days, fields)}
    owed: dict[str, dict[str, int]] = {}
    fallen: list[UpdateOne] = []
    for day in days:
        ledger = ledgers.get(day, {})
        falls: dict[str, int] = {}
        present = there.get(day, {})
        for collection, hour, missing in _differences(ledger.get("seen", {}), present):
            if missing and day < recent_from(today):
                falls[collection] = falls.get(collection, 0) + missing
            else:
                documents = sum(hours.get(hour, _NOTHING)[0] for hours in present.values())
                owed.setdefault(day, {})[hour] = documents
        if falls != ledger.get("fallen", {}):
            change = {"$set": {"fallen": falls}} if falls else {"$unset": {"fallen": ""}}
            fallen.append(UpdateOne({"_id": day}, change))
    if owed:
        mark_owed(analytics, owed, "a count differed")
    if fallen:
        analytics[names.DAY_LEDGER].bulk_write(fallen, ordered=False)


def _differences(seen: SeenParts, there: dict[str, dict[str, Counted]]) -> Iterator[tuple[str, str, int]]:
    """Yield collection and hour where they differ, and how many documents have gone (0 = something came)."""
    for collection in names.RAW_EVENT_COLLECTIONS:
        read = by_hour(seen.get(collection, {}))
        present = there.get(collection, {})
        for hour in sorted(read.keys() | present.keys()):
            (before, known), (now, newest) = count(read.get(hour, ()), id_key), present.get(hour, _NOTHING)
            if before != now or id_key(known) != id_key(newest):
                only_fewer = now < before and id_key(newest) <= id_key(known)
                yield collection, hour, before - now if only_fewer else 0
