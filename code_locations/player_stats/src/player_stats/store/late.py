"""Late events: which days have news since a watermark, by the time in the events' `_id`s.

One bounded query a collection. `_id`s are made before their write is seen, so the last 15 minutes before the
watermark are always read again; whoever asks must not mind hearing the same news twice.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeAlias

from bson import ObjectId
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import day_of_ms, is_day

from player_stats.domain.values import whole

Document: TypeAlias = dict[str, Any]
DayNews: TypeAlias = str
"""What is new on a day, in words that change only when there is more."""

REREAD_SECONDS: Final = 15 * 60
EVENTS_AT_ONCE: Final = 100_000
_REQUESTS_AT_ONCE: Final = 1_000
_LAST_DAY_MS: Final = 253_402_300_800_000  # the year 10000: no calendar reaches further


Watermarks: TypeAlias = dict[str, int | str]
"""By collection how far was looked: seconds since the epoch once all was seen, else the `_id` of the last event of
a page that was full."""


def late_days(raw: Database[Document], watermarks: Watermarks) -> tuple[dict[str, DayNews], Watermarks]:
    """Return the days of events stored since the watermarks, and the watermarks to look from next time.

    A collection without a watermark is looked at from now on. Where more was stored than a page holds, the next look
    goes on behind the page, and back by 15 minutes only once all was seen.
    """
    newest: dict[str, ObjectId] = {}
    seen: Watermarks = {}
    for collection in names.RAW_EVENT_COLLECTIONS:
        now = int(datetime.now(UTC).timestamp())
        watermark = watermarks.get(collection, now)
        page = raw[collection].find({"_id": _since(watermark)}, {"timestamp": 1}).sort("_id", 1).limit(EVENTS_AT_ONCE)
        latest, events = watermark if isinstance(watermark, int) else 0, 0
        last: ObjectId | None = None
        for event in page:
            last, events = event["_id"], events + 1
            latest = max(latest, int(event["_id"].generation_time.timestamp()))
            at = whole(event.get("timestamp"))
            if at is not None and 0 <= at < _LAST_DAY_MS:
                day = day_of_ms(at)
                newest[day] = max(newest.get(day, event["_id"]), event["_id"])
        if last is not None and events >= EVENTS_AT_ONCE:
            seen[collection] = str(last)
        elif latest:
            seen[collection] = min(latest, now)
        else:  # nothing behind a full page: the page's own end is the newest time seen
            seen[collection] = min(int(ObjectId(str(watermark)).generation_time.timestamp()), now)
    return {day: str(identity) for day, identity in newest.items()}, seen


def _since(watermark: int | str) -> Document:
    if isinstance(watermark, str):
        return {"$gt": ObjectId(watermark)}
    since = datetime.fromtimestamp(watermark, UTC) - timedelta(seconds=REREAD_SECONDS)
    return {"$gte": ObjectId.from_datetime(since)}


def requested_days(analytics: Database[Document]) -> dict[str, DayNews]:
    """Return the days in `day_requests`; their news changes every hour, so that a failed run is tried again."""
    hour = datetime.now(UTC).strftime("%Y-%m-%dT%H")
    found = analytics[names.DAY_REQUESTS].find({}).limit(_REQUESTS_AT_ONCE)
    return {
        request["_id"]: f"{request.get('token', request.get('reason'))}/{hour}"
        for request in found
        if is_day(request["_id"])
    }
