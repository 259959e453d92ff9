"""Late events: which days have news since a watermark, by the time in the events' `_id`s.

One bounded query a collection. `_id`s are made before their write is seen, so the last 15 minutes before the
watermark are always read again; whoever asks must not mind hearing the same news twice.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from bson import ObjectId
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import day_of_ms

from player_stats.domain.values import whole

Document: TypeAlias = dict[str, Any]
DayNews: TypeAlias = str
"""What is new on a day, in words that change only when there is more."""

REREAD_SECONDS: Final = 15 * 60
_EVENTS_AT_ONCE: Final = 50_000
_REQUESTS_AT_ONCE: Final = 1_000
_LAST_DAY_MS: Final = 253_402_300_800_000  # the year 10000: no calendar reaches further


def late_days(raw: Database[Document], watermarks: dict[str, int]) -> tuple[dict[str, DayNews], dict[str, int]]:
    """Return the days of events stored since the watermarks, and the watermarks to look from next time.

    Args:
        raw: the database with raw telemetry.
        watermarks: by collection the newest `_id` time looked at, in seconds since the epoch; a collection without
            one is looked at from now on.
    """
    newest: dict[str, ObjectId] = {}
    seen: dict[str, int] = {}
    for collection in names.RAW_EVENT_COLLECTIONS:
        now = int(datetime.now(UTC).timestamp())
        watermark = watermarks.get(collection, now)
        since = datetime.fromtimestamp(watermark, UTC) - timedelta(seconds=REREAD_SECONDS)
        query = {"_id": {"$gte": ObjectId.from_datetime(since)}}
        found = raw[collection].find(query, {"timestamp": 1}).sort("_id", 1).limit(_EVENTS_AT_ONCE)
        for event in found:
            watermark = max(watermark, int(event["_id"].generation_time.timestamp()))
            at = whole(event.get("timestamp"))
            if at is not None and 0 <= at < _LAST_DAY_MS:
                day = day_of_ms(at)
                newest[day] = max(newest.get(day, event["_id"]), event["_id"])
        seen[collection] = min(watermark, now)
    return {day: str(identity) for day, identity in newest.items()}, seen


def requested_days(analytics: Database[Document]) -> dict[str, DayNews]:
    """Return the days in `day_requests`; their news changes every hour, so that a failed run is tried again."""
    hour = datetime.now(UTC).strftime("%Y-%m-%dT%H")
    found = analytics[names.DAY_REQUESTS].find({}).limit(_REQUESTS_AT_ONCE)
    return {str(request["_id"]): f"{request.get('token', request.get('reason'))}/{hour}" for request in found}
