"""Which days wait to be computed, told from MongoDB alone.

A day waits when the number of raw documents of any kind differs from what `data_quality` says was read, when a
document newer than all that were read lies on it, or when `day_requests` asks for it. Nothing here computes.
"""

from collections.abc import Iterator
from typing import Any, Final

from bson import ObjectId
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import day_of_ms, day_start_ms, days_between, is_day, next_day, today
from wrapped_shared.settings import first_day
from wrapped_shared.version import SCHEMA_VERSION

Db = Database[dict[str, Any]]

_WINDOW_DAYS: Final = 16
_NEWS_AT_ONCE: Final = 50_000
_UNDATED: Final = "undated"


def pending_days(raw: Db, analytics: Db) -> dict[str, str]:
    """Return the days to compute, in order, each with a reason for people.

    Only counts over the index on `timestamp` are asked, one a day and collection, from the oldest day with events on.
    """
    first, last = first_day(), today()
    known = _known(analytics)
    pending: dict[str, str] = {}
    start = _oldest_day(raw, first, last)  # what is older is sealed: its events were pruned, its figures stay
    if start is not None:
        newest = _newest_ids(known)
        for day in days_between(start, last):
            reason = _difference(raw, day, known.get(day, {}))
            if reason:
                pending[day] = reason
        for day in _days_with_news(raw, newest):
            if first <= day <= last:
                pending.setdefault(day, "has newer events")
    for request in analytics[names.DAY_REQUESTS].find({}):
        day = request["_id"]
        if is_day(day) and first <= day <= last:
            pending.setdefault(day, f"asked for: {request.get('reason')}")
    return {day: pending[day] for day in sorted(pending)}


def recorded_days(raw: Db, analytics: Db) -> list[str]:
    """Return every day that has been computed or waits to be, in order."""
    return sorted({*_known(analytics), *pending_days(raw, analytics)})


Known = dict[str, dict[str, dict[str, Any]]]


def _known(analytics: Db) -> Known:
    """The quality documents by day and collection."""
    fields = {"collection": 1, "day": 1, "read": 1, "newest_id": 1, "schema_version": 1}
    known: Known = {}
    for quality in analytics[names.DATA_QUALITY].find({"day": {"$ne": _UNDATED}}, fields):
        known.setdefault(quality["day"], {})[quality["collection"]] = quality
    return known


def _oldest_day(raw: Db, first: str, last: str) -> str | None:
    """The oldest day with an event of any kind, None where there is none."""
    days = list(days_between(first, last))
    for at in range(0, len(days), _WINDOW_DAYS):
        window = days[at : at + _WINDOW_DAYS]
        if _any_events(raw, window[0], window[-1]):
            return next(day for day in window if _any_events(raw, day, day))
    return None


def _any_events(raw: Db, first: str, last: str) -> bool:
    return any(_has_events(raw, collection, first, last) for collection in names.RAW_EVENT_COLLECTIONS)


def _has_events(raw: Db, collection: str, first: str, last: str) -> bool:
    query = {"timestamp": {"$gte": day_start_ms(first), "$lt": day_start_ms(next_day(last))}}
    return raw[collection].find_one(query, {"_id": 1}) is not None


def _difference(raw: Db, day: str, known: dict[str, dict[str, Any]]) -> str | None:
    for collection in names.RAW_EVENT_COLLECTIONS:
        query = {"timestamp": {"$gte": day_start_ms(day), "$lt": day_start_ms(next_day(day))}}
        count = raw[collection].count_documents(query)
        quality = known.get(collection, {"read": 0, "schema_version": SCHEMA_VERSION})
        if count != quality["read"]:
            return "has not been computed" if not known else f"{collection}: {quality['read']} read, {count} there"
        if quality["schema_version"] != SCHEMA_VERSION:
            return "was computed by an older version"
    return None


def _newest_ids(known: Known) -> dict[str, ObjectId]:
    newest: dict[str, ObjectId] = {}
    for by_collection in known.values():
        for collection, quality in by_collection.items():
            identity = quality.get("newest_id")
            if isinstance(identity, ObjectId):
                newest[collection] = max(identity, newest.get(collection, identity))
    return newest


def _days_with_news(raw: Db, newest: dict[str, ObjectId]) -> Iterator[str]:
    for collection, identity in newest.items():
        news = raw[collection].find({"_id": {"$gt": identity}}, {"timestamp": 1}).limit(_NEWS_AT_ONCE)
        for event in news:
            at = event.get("timestamp")
            if isinstance(at, int | float) and not isinstance(at, bool) and 0 <= at < 253_402_300_800_000:
                yield day_of_ms(int(at))
