"""Writing days: `player_days`, `data_quality` and the requests that follow from them.

Only what differs is written. A player's month whose days change is asked to be reported anew before the days are
written, so that a run that dies in between leaves nothing stale behind.
"""

import hashlib
from collections import Counter
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

from player_stats.domain.days import day_document, day_id, quality_document, quality_documents
from player_stats.domain.quality import PlayerTally
from player_stats.domain.stretch import Reading
from player_stats.domain.summaries import Summary
from player_stats.store.enrichment import find_by_id
from player_stats.store.reading import Scope
from player_stats.store.sizes import LARGEST_DOCUMENT

Document: TypeAlias = dict[str, Any]

TOO_LARGE: Final = "too_large"
"""The reason of a player's day that would pass MongoDB's limit of 16 MiB."""
_CHUNK: Final = 500
_SUMMARIES_AT_ONCE: Final = 100
"""Summaries that are gathered over days before they are written: small days share their round trips."""


@dataclass
class DayChanges:
    """What writing days did."""

    written: int = 0
    removed: int = 0
    unchanged: int = 0
    too_large: int = 0
    """Days left out because their document would pass MongoDB's limit of 16 MiB."""


@dataclass(frozen=True)
class _Day:
    day: str
    summaries: Mapping[str, Summary] | None
    quality: list[Document] | None

    def __len__(self) -> int:
        return 1 + len(self.summaries or ())


def with_digest(document: Document) -> Document | None:
    """Return a document with the fingerprint of its content, None where it is too large to be stored."""
    encoded = bson.encode(document)
    if len(encoded) > LARGEST_DOCUMENT:
        return None
    return {**document, "digest": hashlib.blake2b(encoded, digest_size=16).hexdigest()}


def day_quality(day: str, readings: Mapping[str, Reading], summaries: Mapping[str, Summary]) -> list[Document]:
    """Return a day's `data_quality` documents: one a raw collection, and one for players' days too large to be stored.

    The latter, of the collection `player_days`, is there only where there are any, and shows their `_id`s.
    """
    documents = quality_documents(readings, day)
    large = [
        day_id(key, day) for key, summary in summaries.items() if with_digest(day_document(key, day, summary)) is None
    ]
    if large:
        tally = PlayerTally(
            read=len(summaries), documents_left_out=len(large), reasons=Counter({TOO_LARGE: len(large)})
        )
        tally.add_examples((identity, TOO_LARGE, identity) for identity in large)
        documents.append(quality_document(names.PLAYER_DAYS, day, tally))
    return documents


class DayWriter:
    """Makes stored days equal to summaries, for the players of a scope.

    Days whose events are gone are removed, unless the day is sealed: older than the oldest raw event of any kind.
    """

    def __init__(self, raw: Database[Document], analytics: Database[Document], scope: Scope, first_day: str) -> None:
        """Begin writing; nothing is written before enough is gathered, or `flush` is called."""
        self.changes = DayChanges()
        self._raw = raw
        self._analytics = analytics
        self._scope = scope
        self._first_day = first_day
        self._waiting: list[_Day] = []

    def add(self, day: str, summaries: Mapping[str, Summary] | None, quality: list[Document] | None) -> None:
        """Take a day, later than all before.

        Args:
            day: "YYYY-MM-DD".
            summaries: the summaries of the scope's players; None = leave what is stored.
            quality: the day's `data_quality` documents; None = leave what is stored.
        """
        self._waiting.append(_Day(day, summaries, quality))
        if sum(map(len, self._waiting)) >= _SUMMARIES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what was gathered: days first, then the quality that says they were read."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return
        self._write_days({day.day: day.summaries for day in waiting if day.summaries is not None})
        writes = [write for day in waiting if day.quality is not None for write in self._quality_writes(day)]
        if writes:
            self._analytics[names.DATA_QUALITY].bulk_write(writes, ordered=False)

    def _write_days(self, days: Mapping[str, Mapping[str, Summary]]) -> None:
        if not days:
            return
        digested = [
            with_digest(day_document(key, day, summary)) for day in days for key, summary in sorted(days[day].items())
        ]
        documents = [document for document in digested if document is not None]
        self.changes.too_large += len(digested) - len(documents)
        stored = self._stored_digests(list(days))
        changed = [document for document in documents if stored.get(document["_id"]) != document["digest"]]
        gone = self._gone(stored.keys() - {document["_id"] for document in documents})
        owners = [(document["player_key"], document["day"]) for document in changed]
        owners += [(key, day) for key, day in gone]
        request_reports(self._analytics, ((key, month_of(day)) for key, day in owners))
        writes: list[ReplaceOne[Document] | DeleteOne] = [
            ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in changed
        ]
        writes += [DeleteOne({"_id": day_id(key, day)}) for key, day in gone]
        for start in range(0, len(writes), _CHUNK):
            self._analytics[names.PLAYER_DAYS].bulk_write(writes[start : start + _CHUNK], ordered=False)
        self.changes.written += len(changed)
        self.changes.removed += len(gone)
        self.changes.unchanged += len(documents) - len(changed)

    def _gone(self, identities: Iterable[str]) -> list[tuple[str, str]]:
        """The (player key, day) of stored days without events, those of sealed days left out."""
        owners = [(key, day) for key, day in (identity.rsplit("|", 1) for identity in sorted(identities))]
        sealed = {day: is_sealed(self._raw, day, self._first_day) for day in sorted({day for _, day in owners})}
        return [(key, day) for key, day in owners if not sealed[day]]

    def _quality_writes(self, day: _Day) -> list[ReplaceOne[Document] | DeleteOne]:
        documents = day.quality or []
        if not documents and is_sealed(self._raw, day.day, self._first_day):
            return []
        missing = {*names.RAW_EVENT_COLLECTIONS, names.PLAYER_DAYS} - {document["collection"] for document in documents}
        return [
            *(ReplaceOne({"_id": document["_id"]}, document, upsert=True) for document in documents),
            *(DeleteOne({"_id": f"{collection}|{day.day}"}) for collection in sorted(missing)),
        ]

    def _stored_digests(self, days: list[str]) -> dict[str, str]:
        collection = self._analytics[names.PLAYER_DAYS]
        if self._scope.players is not None:
            identities = [day_id(key, day) for day in days for key in sorted(self._scope.players)]
            found = find_by_id(self._analytics, names.PLAYER_DAYS, identities, {"digest": 1})
            return {document["_id"]: document.get("digest", "") for document in found}
        wanted = set(days)
        stored = collection.find({"day": {"$gte": days[0], "$lte": days[-1]}}, {"digest": 1, "player_key": 1, "day": 1})
        return {
            document["_id"]: document.get("digest", "")
            for document in stored
            if document["day"] in wanted and self._scope.has(document["player_key"])
        }


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


def mark_requests(analytics: Database[Document], day: str, run_id: str) -> None:
    """Note on the request for a day, as it stands now, that a run serves it: for runs of several steps."""
    for request in open_requests(analytics, [day]):
        mark = {"served_by": run_id, "served_token": request.get("token")}
        analytics[names.DAY_REQUESTS].update_one(request, {"$set": mark})


def marked_requests(analytics: Database[Document], day: str, run_id: str) -> list[Document]:
    """Return the requests that a run has marked and nobody has made anew since."""
    return [
        request
        for request in open_requests(analytics, [day])
        if request.get("served_by") == run_id and request["served_token"] == request.get("token")
    ]


def clear_requests(analytics: Database[Document], requests: Iterable[Document]) -> None:
    """Clear requests that have not been made anew since they were read."""
    writes = [DeleteOne(request) for request in requests]
    if writes:
        analytics[names.DAY_REQUESTS].bulk_write(writes, ordered=False)
