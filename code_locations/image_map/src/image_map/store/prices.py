"""`item_prices`, `item_month_prices` and `price_refusals`, and the months that need prices (`loot_months`).

What belongs here: reading and writing. What does not: prices and when a day is requested (`domain.prices`).
"""

import hashlib
from bisect import bisect_left, insort
from collections import Counter
from typing import Final

import bson
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id, replace_all
from wrapped_shared.documents import Document
from wrapped_shared.periods import month_of
from wrapped_shared.stored.image_map import ItemMonthPrices, ItemPrices, PriceRefusal
from wrapped_shared.version import SCHEMA_VERSIONS

from image_map.domain.prices import COMPARED_DAYS, Prices, Refusal

_IDS_ONLY: Final = {"_id": 1}


def loot_months(analytics: Database[Document]) -> list[str]:
    """Return the months that need prices, as `player_stats` or others wrote them."""
    return [str(document["_id"]) for document in analytics[names.LOOT_MONTHS].find({}, _IDS_ONLY)]


def stored_days(analytics: Database[Document]) -> set[str]:
    """Return the accepted days: about a thousand in three years."""
    return {document["_id"] for document in analytics[names.ITEM_PRICES].find({}, _IDS_ONLY)}


def refusals(analytics: Database[Document]) -> dict[str, Refusal]:
    """Return the refused days."""
    stored = analytics[names.PRICE_REFUSALS].find({})
    return {document["_id"]: Refusal(document["fetches"], document["fetched_at"]) for document in stored}


class AcceptedRows:
    """How many items have a price on the accepted days; an accepted day never changes, so each is read once."""

    def __init__(self, analytics: Database[Document]) -> None:
        """Know the days that are accepted now."""
        self._analytics = analytics
        self._days = sorted(stored_days(analytics))
        self._rows: dict[str, int] = {}

    def before(self, day: str) -> list[int]:
        """Return how many items have a price on the last accepted days before a day."""
        end = bisect_left(self._days, day)
        last = self._days[max(0, end - COMPARED_DAYS) : end]
        unread = [one for one in last if one not in self._rows]
        for document in find_by_id(self._analytics[names.ITEM_PRICES], unread, {"prices": 1}):
            self._rows[document["_id"]] = len(document["prices"])
        return [self._rows[one] for one in last if one in self._rows]

    def add(self, day: str, rows: int) -> None:
        """Add a day that was accepted."""
        insort(self._days, day)
        self._rows[day] = rows


def rows_of_latest(analytics: Database[Document], days: int) -> dict[str, int]:
    """Return how many items have a price on each of the latest accepted days."""
    latest = analytics[names.ITEM_PRICES].find({}, {"prices": 1}).sort("_id", -1).limit(days)
    return {document["_id"]: len(document["prices"]) for document in latest}


def accept_day(analytics: Database[Document], day: str, prices: Prices) -> None:
    """Store the prices of a day and forget that it was refused."""
    collection = names.ITEM_PRICES
    document: ItemPrices = {"_id": day, "schema_version": SCHEMA_VERSIONS[collection], "prices": _stored(prices)}
    replace_all(analytics[collection], [document])
    analytics[names.PRICE_REFUSALS].delete_one({"_id": day})


def refuse_day(analytics: Database[Document], day: str, refusal: Refusal, rows: int) -> None:
    """Record that a day was too short to be accepted."""
    document: PriceRefusal = {
        "_id": day,
        "schema_version": SCHEMA_VERSIONS[names.PRICE_REFUSALS],
        "fetches": refusal.fetches,
        "fetched_at": refusal.fetched_at,
        "rows": rows,
    }
    replace_all(analytics[names.PRICE_REFUSALS], [document])


def months_behind(analytics: Database[Document]) -> list[str]:
    """Return the months whose prices are not those of all their accepted days, ascending.

    An accepted day never changes, so their number tells.
    """
    days = Counter(map(month_of, stored_days(analytics)))
    version = SCHEMA_VERSIONS[names.ITEM_MONTH_PRICES]
    stored = analytics[names.ITEM_MONTH_PRICES].find({}, {"days": 1, "schema_version": 1, "digest": 1})
    done = {
        month["_id"]: month["days"]
        for month in stored
        if month.get("schema_version") == version and month.get("digest")
    }
    return sorted(month for month, count in days.items() if done.get(month) != count)


def prices_of_month(analytics: Database[Document], month: str) -> list[Prices]:
    """Return the prices of a month's accepted days."""
    within = {"_id": {"$gte": f"{month}-01", "$lte": f"{month}-31"}}
    days = analytics[names.ITEM_PRICES].find(within, {"prices": 1}).sort("_id", 1)
    return [{int(item_id): price for item_id, price in day["prices"].items()} for day in days]


def write_month(analytics: Database[Document], month: str, days: int, prices: Prices) -> None:
    """Store the prices of a month."""
    stored = _stored(prices)
    digest = hashlib.blake2b(bson.encode(stored), digest_size=16).hexdigest()
    document: ItemMonthPrices = {
        "_id": month,
        "schema_version": SCHEMA_VERSIONS[names.ITEM_MONTH_PRICES],
        "days": days,
        "prices": stored,
        "digest": digest,
    }
    replace_all(analytics[names.ITEM_MONTH_PRICES], [document])


def _stored(prices: Prices) -> dict[str, int]:
    return {str(item_id): price for item_id, price in prices.items()}
