"""How far reports are behind telemetry: since when the oldest arrived event has been waiting to get into them.

What belongs here: the queries that alerts and metrics share. What does not: computing what waits (`player_stats`).
An event arrives when the ingestor makes its `_id`; events whose `_id` says nothing about time are not seen here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from bson import ObjectId
from pymongo.database import Database

from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.periods import day_of

_RECENT: Final = timedelta(days=1)
"""Events of today and yesterday: a backlog of older days does not make reports late."""
_REQUESTS: Final = 200


@dataclass(frozen=True)
class Telemetry:
    """The newest event that has arrived, and the oldest that is in no report yet; None = there is none."""

    newest: datetime | None
    waiting_since: datetime | None

    @property
    def computed(self) -> datetime | None:
        """The arrival of the newest event up to which reports have everything."""
        return self.newest if self.waiting_since is None else self.waiting_since


def look_at_telemetry(raw: Database[Document], analytics: Database[Document], now: datetime) -> Telemetry:
    """Return what has arrived and what of it waits; nothing waits before the first plan.

    Args:
        raw: the database with the telemetry.
        analytics: the database with the ledger.
        now: the time, UTC.
    """
    newest, waiting = [], list(_owed(analytics, now))
    for watermark in analytics[names.WATERMARKS].find({}, {"newest": 1}):
        read = watermark.get("newest")
        if not isinstance(read, ObjectId):
            continue
        unread = {"_id": {"$gt": read, "$lt": ObjectId.from_datetime(now)}}
        ends = [raw[watermark["_id"]].find_one(unread, {"_id": 1}, sort=[("_id", way)]) for way in (1, -1)]
        arrivals = [end["_id"].generation_time for end in ends if end is not None]
        newest.append(arrivals[-1] if arrivals else read.generation_time)
        waiting += arrivals[:1]
    return Telemetry(max(newest, default=None), min(waiting, default=None))


def _owed(analytics: Database[Document], now: datetime) -> Iterator[datetime]:
    recent = {"owed": True, "day": {"$gte": day_of(now - _RECENT), "$lte": day_of(now)}}
    for ledger in analytics[names.DAY_LEDGER].find(recent, {"since": 1}):
        if ledger.get("since"):
            yield ledger["since"]
    for request in analytics[names.REPORT_REQUESTS].find({}, {"token": 1}).limit(_REQUESTS):
        if isinstance(token := request.get("token"), ObjectId):
            yield token.generation_time
