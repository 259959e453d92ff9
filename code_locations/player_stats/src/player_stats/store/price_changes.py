"""The prices that loot is valued with, and the reports that are owed when they change.

Months are valued with a copy of `item_month_prices` and of the base items in `items`, in one document, `loot_prices`.
What did not change, by the digests beside the prices, is not read again. Only a plan moves the copy, in this order:

1. In one write, it replaces the copy and adds to `pending` which items changed in which months.
2. It takes a turn and waits for earlier ones, which may have read the old copy. Every later turn reads the new one.
3. It requests the reports with such an item, and clears `pending` unless the copy was moved again.

A plan that dies, or cannot wait long enough, leaves `pending`, and the next one continues. If the document is lost, all
reports with loot are owed.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

import bson
from bson import ObjectId
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wrapped_shared import collections as names
from wrapped_shared.bulk import BATCH, batches, find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.item_changes import revision
from wrapped_shared.periods import day_of, days_between, month_of
from wrapped_shared.stored.bookkeeping import LootPricesFields

from player_stats.domain.prices import Changed, Prices, both
from player_stats.store.encoding import digest_of
from player_stats.store.report_requests import request_reports
from player_stats.store.turns import take_turn
from player_stats.store.waiting import wait_for_earlier

_BOOK: Final = {"_id": "prices"}
_LOOK_EVERY: Final = timedelta(hours=1)
_TRIES: Final = 5


def prices_version(analytics: Database[Document]) -> ObjectId | None:
    """Return the version of the prices in use; None if there are none."""
    return (analytics[names.LOOT_PRICES].find_one(_BOOK, {"version": 1}) or {}).get("version")


def prices_in_use(analytics: Database[Document]) -> tuple[ObjectId | None, Prices]:
    """Return the prices in use and their version."""
    book = analytics[names.LOOT_PRICES].find_one(_BOOK) or {}
    return book.get("version"), _prices(book)


def prices_due(analytics: Database[Document], now: datetime) -> bool:
    """Return whether prices changed; compares them at most hourly."""
    fields = {"digest": 1, "parts": 1, "looked_at": 1, "pending": 1}
    book = analytics[names.LOOT_PRICES].find_one(_BOOK, fields) or {}
    if book.get("pending"):
        return True
    if book and timedelta() <= now - book["looked_at"] < _LOOK_EVERY:
        return False
    found = _Found(analytics, book.get("parts", {}))
    if not book and found.empty:
        return False  # a new deployment owes nothing
    if found.digest != book.get("digest"):
        return True
    analytics[names.LOOT_PRICES].update_one(_BOOK, {"$set": LootPricesFields(looked_at=now)})
    return False


def request_revalued(analytics: Database[Any], first_day: str, now: datetime) -> None:
    """Take over the current prices, and request the reports whose loot has other prices than before.

    Args:
        analytics: the analytics database.
        first_day: the first day that counts.
        now: the current time, UTC.
    """
    fields = {"version": 1, "digest": 1, "parts": 1, "pending": 1}
    for _ in range(_TRIES):
        book: LootPricesFields | None = analytics[names.LOOT_PRICES].find_one(_BOOK, fields)
        found = _Found(analytics, {} if book is None else book.get("parts", {}))
        if book is None or book["digest"] != found.digest:
            book = _take_over(analytics, found, book, first_day, now)
        if book is not None:
            break
    else:
        return  # other plans keep moving the prices: they request the reports
    if not book["pending"]:
        return
    with take_turn(analytics) as turn:
        if not wait_for_earlier(turn):
            return
    _request(analytics, book["pending"])
    analytics[names.LOOT_PRICES].update_one(
        {**_BOOK, "version": book["version"]}, {"$set": LootPricesFields(pending={})}
    )


_ITEMS: Final = "items"
"""The part of base items; the others are months."""


class _Found:
    """The current prices and base items: their digests, and the content of what differs from the copy."""

    def __init__(self, analytics: Database[Document], parts: Mapping[str, str]) -> None:
        """Read the digests, and what has another one than in the copy's `parts`, or none."""
        months, items = analytics[names.ITEM_MONTH_PRICES], analytics[names.ITEMS]
        self.parts = {str(month["_id"]): month.get("digest") or "" for month in months.find({}, {"digest": 1})}
        differing = [month for month, digest in self.parts.items() if not digest or parts.get(month) != digest]
        self._months: dict[str, Any] = {}
        for month in find_by_id(months, differing, {"prices": 1, "digest": 1}):
            name, prices = str(month["_id"]), month["prices"]
            self._months[name] = prices
            self.parts[name] = month.get("digest") or digest_of(bson.encode({"prices": prices}))
        self._bases: dict[str, int] | None = None
        known = revision(analytics)  # read before the items: what changes meanwhile is read again
        if known is None or parts.get(_ITEMS) != known:
            self._bases = _bases(items)
            known = known or digest_of(bson.encode(self._bases))
        self.parts[_ITEMS] = known
        self.digest = digest_of(bson.encode(dict(sorted(self.parts.items()))))

    @property
    def empty(self) -> bool:
        """Whether there are neither prices nor base items."""
        return self.parts.keys() == {_ITEMS} and not self._bases

    def content(self, copied: Mapping[str, Any]) -> LootPricesFields:
        """Return everything as `loot_prices` stores it; what did not change is taken from the copy."""
        known = {**copied.get("months", {}), **self._months}
        months = {month: known.get(month, {}) for month in sorted(self.parts.keys() - {_ITEMS})}
        bases = copied.get("bases", {}) if self._bases is None else self._bases
        return {"digest": self.digest, "parts": self.parts, "months": months, "bases": bases}


def _bases(items: Collection[Document]) -> dict[str, int]:
    found = items.find({}, {"base_id": 1}).sort("_id", 1)
    return {str(one["_id"]): one["base_id"] for one in found if one.get("base_id", one["_id"]) != one["_id"]}


def _take_over(
    analytics: Database[Any], found: _Found, known: LootPricesFields | None, first_day: str, now: datetime
) -> LootPricesFields | None:
    """Replace the prices in use, noting what changed; return the new document, or None if another plan was faster."""
    collection = analytics[names.LOOT_PRICES]
    months = _months(analytics, first_day, now)
    book: LootPricesFields = {"_id": _BOOK["_id"], "version": ObjectId(), "looked_at": now}
    if known is None:
        book |= {**found.content({}), "pending": dict.fromkeys(months)}
        try:
            collection.insert_one(book)
        except DuplicateKeyError:
            return None
        return book
    as_known = {**_BOOK, "version": known["version"]}
    before = collection.find_one(as_known)
    if before is None:
        return None
    book |= found.content(before)
    book["pending"] = both(before["pending"], _prices(book).changed_since(_prices(before), months))
    return book if collection.replace_one(as_known, book).matched_count else None


def _months(analytics: Database[Document], first_day: str, now: datetime) -> list[str]:
    """Return all months that loot may be of: the next one too, which may begin at any time."""
    known = {month["_id"] for month in analytics[names.LOOT_MONTHS].find({}, {"_id": 1})}
    return sorted(known | {month_of(day) for day in days_between(first_day, day_of(now + timedelta(days=31)))})


def _prices(book: Mapping[str, Any]) -> Prices:
    return Prices(book.get("months", {}), book.get("bases", {}))


def _request(analytics: Database[Document], pending: Changed) -> None:
    """Request the reports of each year with an item whose price changed in a month that the report covers."""
    for year in sorted({month[:4] for month in pending}):
        months = {month: None if items is None else set(items) for month, items in pending.items() if month[:4] == year}
        named = set[int]().union(*(items for items in months.values() if items is not None))
        any_item = None in months.values()
        query = {"period": year, "loot.mobs.items.item_id": {"$exists": True} if any_item else {"$in": sorted(named)}}
        fields = {"_id": 0, "player_key": 1, "coverage": 1, **({"loot.mobs.items.item_id": 1} if named else {})}
        for reports in batches(analytics[names.WRAPPED_REPORTS].find(query, fields, batch_size=BATCH)):
            first = ((report["player_key"], _first_changed(report, months)) for report in reports)
            request_reports(analytics, revalued=[(key, month) for key, month in first if month is not None])


def _first_changed(report: Document, months: dict[str, set[int] | None]) -> str | None:
    """Return the first month covered by a report in which the price of one of its items changed."""
    first, last = report["coverage"]["first_day"][:7], report["coverage"]["last_day"][:7]
    held = {item["item_id"] for mob in report.get("loot", {}).get("mobs", ()) for item in mob.get("items", ())}
    covered = (month for month in sorted(months) if first <= month <= last)
    return next((month for month in covered if months[month] is None or held & (months[month] or set())), None)
