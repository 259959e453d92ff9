"""Requests for reports: `report_requests`, the parts of a player's month that were touched and must be merged.

A request is written before the data it names, and cleared by its token after the reports are written: if the process
dies, the request stays, and so does one that was repeated in the meantime. Making reports is `reports`' job.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches
from wrapped_shared.documents import Document
from wrapped_shared.periods import month_of
from wrapped_shared.stored.player_stats import ReportRequestFields

from player_stats.domain.slots import SLOTS, player_slot
from player_stats.store.bulk_errors import taken

Owned: TypeAlias = Iterable[tuple[str, str]]
"""(player key, day, hour or month)."""
Slots: TypeAlias = tuple[int, int]

ALL_SLOTS: Final = (0, SLOTS)
_REQUESTS_AT_ONCE: Final = 500


@dataclass
class Touched:
    """What was touched for one player. Without any months, their reports are rebuilt from the stored merges."""

    months: set[str] = field(default_factory=set)
    """The months of everything touched: reports are made for their years."""
    whole: set[str] = field(default_factory=set)
    """Months to merge from all their days, whichever days were touched."""
    written: set[str] = field(default_factory=set)
    """Days that were written whole from their events, with all their hours."""
    hours: set[str] = field(default_factory=set)
    """Hours "<day>T<HH>" that were written: their days must be merged from their hours."""
    revalued: set[str] = field(default_factory=set)
    """Months with other prices: merges that contain one, or a later month of its year, are rebuilt from months."""

    @property
    def days(self) -> set[str]:
        """All touched days."""
        return self.written | {hour[:10] for hour in self.hours}

    def add(self, request: ReportRequestFields) -> None:
        """Add a request."""
        self.months.add(request["month"])
        self.hours.update(request.get("hours", ()))
        if request["whole"]:
            self.whole.add(request["month"])
        if request.get("revalued"):
            self.revalued.add(request["month"])
        self.written.update(request.get("days", ()))


def request_reports(
    analytics: Database[Document],
    days: Owned = (),
    *,
    hours: Owned = (),
    days_in_hours: Owned = (),
    months: Owned = (),
    reported: Owned = (),
    revalued: Owned = (),
) -> None:
    """Request the reports that the given days, hours and months belong to.

    Args:
        analytics: the database of requests.
        days: days that are written from their events.
        hours: hours "<day>T<HH>" that are written; their days must then be merged from their hours.
        days_in_hours: days of which all hours are written; they must then be merged from all of them.
        months: months to merge from their days.
        reported: months whose years only need new reports.
        revalued: the first month of a year in which prices changed.
    """
    requested: dict[tuple[str, str], Document] = {}
    of_days = list(days_in_hours)
    first_hours = ((key, f"{day}T00") for key, day in of_days)
    parts = (
        ("days", [*days, *of_days]),
        ("hours", [*hours, *first_hours]),
        ("whole", months),
        ("reported", reported),
        ("revalued", revalued),
    )
    for unit, owners in parts:
        for key, label in owners:
            requested.setdefault((key, month_of(label)), {}).setdefault(unit, set()).add(label)
    updates = [_request(key, month, found) for (key, month), found in sorted(requested.items())]
    for chunk in batches(updates):
        try:
            analytics[names.REPORT_REQUESTS].bulk_write(chunk, ordered=False)
        except BulkWriteError as error:
            again = [chunk[index] for index in taken(error)]
            # The request is of an earlier version, or another process has just made the same one.
            adopt(analytics)
            analytics[names.REPORT_REQUESTS].bulk_write(again, ordered=False)


def _request(key: str, month: str, parts: Document) -> UpdateOne:
    fields = ReportRequestFields(player_key=key, month=month, token=ObjectId())
    insert = ReportRequestFields(slot=player_slot(key))
    update: Document = {"$set": fields, "$setOnInsert": insert}
    if "whole" in parts:
        fields["whole"] = True
    else:
        insert["whole"] = False
    if "revalued" in parts:
        fields["revalued"] = True
    added = {name: {"$each": sorted(parts[name])} for name in ("days", "hours") if name in parts}
    if added:
        update["$addToSet"] = added
    # One without a slot is of an earlier version; linked names share a slot, to which `linked_names` moves requests.
    return UpdateOne({"_id": f"{key}|{month}", "slot": {"$ne": None}}, update, upsert=True)


def adopt(analytics: Database[Document]) -> None:
    """Convert requests of an earlier version.

    They have no slot, name only days to merge from their hours, and mean the whole month.
    """
    collection = analytics[names.REPORT_REQUESTS]
    while old := list(collection.find({"slot": None}).limit(_REQUESTS_AT_ONCE)):
        writes = []
        for request in old:
            hours = [f"{day}T{hour:02d}" for day in request.get("days", ()) for hour in range(24)]
            slot = player_slot(request["player_key"])
            fields = ReportRequestFields(slot=slot, whole=True, hours=hours, days=[])
            writes.append(UpdateOne({"_id": request["_id"], "slot": None, "token": request["token"]}, {"$set": fields}))
        collection.bulk_write(writes, ordered=False)


def some_requests(
    analytics: Database[Any], players: frozenset[str] | None, slots: Slots | None
) -> list[ReportRequestFields]:
    """Return a batch of the requests for chosen names (None = all) in a range of slots (None = all)."""
    of_slots: Document = {} if slots is None else {"slot": {"$gte": slots[0], "$lt": slots[1]}}
    queries = [of_slots]
    if players is not None:
        queries = [{"player_key": {"$in": chunk}, **of_slots} for chunk in batches(sorted(players))]
    found: list[ReportRequestFields] = []
    for query in queries:
        room = _REQUESTS_AT_ONCE - len(found)
        if room:
            found += analytics[names.REPORT_REQUESTS].find(query, batch_size=room).limit(room)
    return found
