"""Requests for days: `day_requests`, written by importers of telemetry with old `_id`s and by people.

A request is read before the day's events and cleared by its token once the day is written, so a request that was
repeated in the meantime stays.
"""

from collections.abc import Iterable
from typing import Any, Final

from pymongo import DeleteOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id, write_all
from wrapped_shared.documents import Document
from wrapped_shared.periods import is_day
from wrapped_shared.stored.player_stats import DayRequestFields, ReportRequestFields

REQUESTED: Final = "requested"


def requested_days(analytics: Database[Document], from_day: str, upto_day: str) -> list[str]:
    """Return the requested days of a range, both ends included, the newest first.

    Requests for days outside the range, and those whose `_id` is not a day, are left alone.
    """
    within = {"_id": {"$gte": from_day, "$lte": upto_day}}
    days = (request["_id"] for request in analytics[names.DAY_REQUESTS].find(within, {"_id": 1}))
    return sorted(filter(is_day, days), reverse=True)


def open_requests(analytics: Database[Any], days: Iterable[str]) -> list[DayRequestFields]:
    """Return the current requests for days, to be cleared once those days are written."""
    return list(find_by_id(analytics[names.DAY_REQUESTS], days))


def clear_requests(
    analytics: Database[Document],
    requests: Iterable[DayRequestFields | ReportRequestFields],
    collection: str = names.DAY_REQUESTS,
) -> None:
    """Clear the requests that were not repeated after they were read."""
    # A token may be of any type: without `$eq`, an object or a regular expression would be taken for a condition.
    as_read = ({"_id": request["_id"], "token": {"$eq": request.get("token")}} for request in requests)
    write_all(analytics[collection], [DeleteOne(one) for one in as_read])
