"""The state of `wrapped rebuild`: requests for days, and a note, both in MongoDB, so that any later run continues it.

Computing the days belongs to the location that reads the requests.
"""

from collections.abc import Sequence
from typing import Any, Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.run_notes import read_note, write_note

from wrapped_cli.day_requests import request_days

REASON: Final = "rebuild"
NOTE: Final = "rebuild"


def begin(analytics: Database[Any], days: Sequence[str]) -> None:
    """Request days, then note how many: until they are computed, and all reports after them, the note stays."""
    request_days(analytics[names.DAY_REQUESTS], days, REASON)
    write_note(analytics, NOTE, days=len(days))


def left(analytics: Database[Any]) -> set[str] | None:
    """Return the days of a rebuild that are still requested, or None if none was begun."""
    if not read_note(analytics, NOTE):
        return None
    return {request["_id"] for request in analytics[names.DAY_REQUESTS].find({"reason": REASON}, {"_id": 1})}


def total(analytics: Database[Any]) -> int:
    """Return how many days the rebuild that was begun has; 0 without one."""
    return read_note(analytics, NOTE).get("days") or 0


def end(analytics: Database[Any]) -> None:
    """Note that the days and all reports were rebuilt."""
    analytics[names.RUN_NOTES].delete_one({"_id": NOTE})


def rebuildable(analytics: Database[Any], days: Sequence[str]) -> list[str]:
    """Return those of some days that have not lost events: what is stored of the others must stay."""
    gone = {
        ledger["_id"] for ledger in find_by_id(analytics[names.DAY_LEDGER], days, {"fallen": 1}) if ledger.get("fallen")
    }
    return [day for day in days if day not in gone]


def events_of(analytics: Database[Any], days: Sequence[str]) -> int:
    """Return how many events were read of some days."""
    ids = [f"{name}|{day}" for name in names.RAW_EVENT_COLLECTIONS for day in days]
    return sum(int(found["read"]) for found in find_by_id(analytics[names.DATA_QUALITY], ids, {"read": 1}))
