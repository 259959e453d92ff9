"""Writing days: `player_days`, `data_quality` and the requests that follow from them.

Only what differs is written. A player's month whose days change is asked to be reported anew before the days are
written, so that a run that dies in between leaves nothing stale behind.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, TypeAlias

import bson
from bson import ObjectId
from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import day_start_ms, month_of, next_day

from player_stats.domain.days import day_document, day_id
from player_stats.domain.summaries import Summary
from player_stats.store.reading import Scope

Document: TypeAlias = dict[str, Any]

_CHUNK: Final = 500


@dataclass
class DayChanges:
    """What writing a day did."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0


def digest_of(document: Document) -> str:
    """Return the fingerprint of a document: equal ones have equal fingerprints."""
    return hashlib.blake2b(bson.encode(document), digest_size=16).hexdigest()


def write_day(
    raw: Database[Document],
    analytics: Database[Document],
    day: str,
    summaries: Mapping[str, Summary],
    scope: Scope,
    first_day: str,
) -> DayChanges:
    """Make the stored days of a scope's players equal to `summaries`.

    Days whose events are gone are removed, unless the day is sealed: older than the oldest raw event of any kind.
    """
    documents = [day_document(key, day, summary) for key, summary in sorted(summaries.items())]
    for document in documents:
        document["digest"] = digest_of(document)
    stored = _stored_digests(analytics, day, scope)
    changed = [document for document in documents if stored.get(document["_id"]) != document["digest"]]
    gone = sorted(stored.keys() - {document["_id"] for document in documents})
    if gone and is_sealed(raw, day, first_day):
        gone = []
    owners = [document["player_key"] for document in changed] + [identity.rsplit("|", 1)[0] for identity in gone]
    request_reports(analytics, ((key, month_of(day)) for key in owners))
    writes: list[ReplaceOne[Document] | DeleteOne] = [
        ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in changed
    ]
    writes += [DeleteOne({"_id": identity}) for identity in gone]
    for start in range(0, len(writes), _CHUNK):
        analytics[names.PLAYER_DAYS].bulk_write(writes[start : start + _CHUNK], ordered=False)
    return DayChanges(len(changed), len(gone), len(documents) - len(changed))


def write_quality(
    raw: Database[Document], analytics: Database[Document], day: str, documents: list[Document], first_day: str
) -> None:
    """Make the stored quality of a day equal to `documents`; that of a sealed day stays."""
    writes: list[ReplaceOne[Document] | DeleteOne] = [
        ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents
    ]
    missing = set(names.RAW_EVENT_COLLECTIONS) - {document["collection"] for document in documents}
    if not documents and is_sealed(raw, day, first_day):
        return
    writes += [DeleteOne({"_id": f"{collection}|{day}"}) for collection in sorted(missing)]
    analytics[names.DATA_QUALITY].bulk_write(writes, ordered=False)


def request_reports(analytics: Database[Document], months: Iterable[tuple[str, str]]) -> None:
    """Ask for the reports of (player key, month) to be made anew."""
    requests = [
        UpdateOne(
            {"_id": f"{key}|{month}"},
            {"$set": {"player_key": key, "month": month, "token": ObjectId()}},
            upsert=True,
        )
        for key, month in sorted(set(months))
    ]
    for start in range(0, len(requests), _CHUNK):
        analytics[names.REPORT_REQUESTS].bulk_write(requests[start : start + _CHUNK], ordered=False)


def is_sealed(raw: Database[Document], day: str, first_day: str) -> bool:
    """Whether a day is older than the oldest raw event of any kind (or there is none at all).

    Looks backwards from the day's end in growing windows, and most often finds an event in the first.
    """
    first, end = date.fromisoformat(first_day), date.fromisoformat(next_day(day))
    width = 1
    while end > first:
        start = max(first, end - timedelta(days=width))
        window = {"$gte": day_start_ms(start.isoformat()), "$lt": day_start_ms(end.isoformat())}
        for collection in names.RAW_EVENT_COLLECTIONS:
            if raw[collection].find_one({"timestamp": window}, {"_id": 1}) is not None:
                return False
        end, width = start, width * 2
    return True


def open_requests(analytics: Database[Document], days: Iterable[str]) -> list[Document]:
    """Return the requests for days as they stand now, to be cleared once those days are written."""
    wanted = list(days)
    found: list[Document] = []
    for start in range(0, len(wanted), _CHUNK):
        found.extend(analytics[names.DAY_REQUESTS].find({"_id": {"$in": wanted[start : start + _CHUNK]}}))
    return found


def clear_requests(analytics: Database[Document], requests: Iterable[Document]) -> None:
    """Clear requests that have not been made anew since they were read."""
    writes = [DeleteOne(request) for request in requests]
    if writes:
        analytics[names.DAY_REQUESTS].bulk_write(writes, ordered=False)


def _stored_digests(analytics: Database[Document], day: str, scope: Scope) -> dict[str, str]:
    days = analytics[names.PLAYER_DAYS]
    if scope.players is not None:
        found = days.find({"_id": {"$in": [day_id(key, day) for key in sorted(scope.players)]}}, {"digest": 1})
        return {document["_id"]: document.get("digest", "") for document in found}
    found = days.find({"day": day}, {"digest": 1, "player_key": 1})
    return {document["_id"]: document.get("digest", "") for document in found if scope.has(document["player_key"])}
