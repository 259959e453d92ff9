"""Writing days: `player_days`, and the requests for the reports that follow from them.

Only what differs is written. The reports of a player's month whose days change are requested before the days are
written, so that a run that dies in between leaves nothing stale behind.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import bson
from bson import ObjectId
from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.periods import month_of

from player_stats.domain.days import day_document, day_id, quality_document
from player_stats.domain.quality import PlayerTally
from player_stats.domain.summaries import Summary
from player_stats.store.enrichment import find_by_id
from player_stats.store.extents import Extent
from player_stats.store.sizes import LARGEST_DOCUMENT
from player_stats.store.turns import Changes, Turn

Document: TypeAlias = dict[str, Any]
DaySummaries: TypeAlias = Mapping[str, Mapping[str, Summary]]
"""By day the summaries by player key."""

TOO_LARGE: Final = "too_large"
"""The reason of a player's day that would pass MongoDB's limit of 16 MiB."""
_CHUNK: Final = 500


@dataclass
class Written:
    """What writing summaries did."""

    changes: Changes = field(default_factory=Changes)
    owners: set[tuple[str, str]] = field(default_factory=set)
    """(player key, day) of what changed."""
    too_large: list[tuple[str, str]] = field(default_factory=list)
    """(player key, day) of summaries left out because they would pass MongoDB's limit of 16 MiB."""

    def of(self, day: str) -> "DayWritten":
        """Return what concerns one day."""
        return DayWritten(
            sum(1 for _, changed in self.owners if changed == day),
            sorted(key for key, left_out in self.too_large if left_out == day),
        )


@dataclass(frozen=True)
class DayWritten:
    """What writing the summaries of one day did."""

    changed: int
    """Players whose day was written or removed."""
    too_large: list[str]
    """Keys of the players left out because a summary would pass MongoDB's limit of 16 MiB."""


def with_digest(document: Document) -> Document | None:
    """Return a document with the fingerprint of its content, None where it is too large to be stored."""
    encoded = bson.encode(document)
    if len(encoded) > LARGEST_DOCUMENT:
        return None
    return {**document, "digest": hashlib.blake2b(encoded, digest_size=16).hexdigest()}


def write_days(
    turn: Turn, days: DaySummaries, players: frozenset[str] | None = None, *, report: bool = True
) -> Written:
    """Make stored days equal to summaries; days of players without a summary are removed.

    Args:
        turn: the turn taken before the events, or hours, were read.
        days: the summaries of every day that was read.
        players: the players that were read; None for everyone.
        report: whether the reports of changed days are requested.
    """
    written = Written()
    documents = []
    for day in sorted(days):
        for key, summary in sorted(days[day].items()):
            document = with_digest(day_document(key, day, summary))
            if document is None:
                written.too_large.append((key, day))
            else:
                documents.append(document)

    def before(identities: list[str]) -> None:
        written.owners = {owner_of(identity) for identity in identities}
        if report:
            request_reports(turn.analytics, written.owners)

    extent = Extent("day", list(days))
    if players is not None:
        extent = Extent("_id", [day_id(key, day) for day in days for key in players])
    written.changes = turn.make_equal(names.PLAYER_DAYS, extent, documents, before)
    _note_too_large(turn, days, written.too_large, players)
    return written


def _note_too_large(
    turn: Turn, days: DaySummaries, too_large: Iterable[tuple[str, str]], players: frozenset[str] | None
) -> None:
    """Write the quality document of each day with players' days that are too large to be stored, and its end.

    Of some players only those are put right; where more were left out than examples are kept, the number may be less
    than it is until all of the day is read again.
    """
    left_out: dict[str, set[str]] = {}
    for key, day in too_large:
        left_out.setdefault(day, set()).add(day_id(key, day))
    stored = {
        document["day"]: document
        for document in find_by_id(turn.analytics, names.DATA_QUALITY, [f"{names.PLAYER_DAYS}|{day}" for day in days])
    }
    documents, gone = [], []
    for day in sorted({*left_out, *stored}):
        large, number = left_out.get(day, set()), len(left_out.get(day, ()))
        read = len(days[day])
        if players is not None and day in stored:
            shown = {example["id"] for example in stored[day]["examples"]}
            mine = {day_id(key, day) for key in players}
            large |= shown - mine
            number += stored[day]["documents_left_out"] - len(shown & mine)
            read = stored[day]["read"]
        if not number:
            gone.append(f"{names.PLAYER_DAYS}|{day}")
            continue
        tally = PlayerTally(read=read, documents_left_out=number, reasons=Counter({TOO_LARGE: number}))
        tally.add_examples((identity, TOO_LARGE, identity) for identity in large)
        documents.append(quality_document(names.PLAYER_DAYS, day, tally))
    turn.replace(names.DATA_QUALITY, documents)
    turn.remove(names.DATA_QUALITY, gone)


def owner_of(identity: str) -> tuple[str, str]:
    """Return the (player key, day) of the `_id` of a day or hour."""
    key, time = identity.rsplit("|", 1)
    return key, time[:10]


def request_reports(
    analytics: Database[Document], owners: Iterable[tuple[str, str]], *, from_hours: bool = False
) -> None:
    """Request the reports that the days of some players belong to.

    Args:
        analytics: the database of requests.
        owners: (player key, day).
        from_hours: whether the days themselves must first be merged from their hours.
    """
    months: dict[tuple[str, str], set[str]] = {}
    for key, day in owners:
        months.setdefault((key, month_of(day)), set()).add(day)
    requests = []
    for (key, month), days in sorted(months.items()):
        update: Document = {"$set": {"player_key": key, "month": month, "token": ObjectId()}}
        if from_hours:
            update["$addToSet"] = {"days": {"$each": sorted(days)}}
        requests.append(UpdateOne({"_id": f"{key}|{month}"}, update, upsert=True))
    for start in range(0, len(requests), _CHUNK):
        analytics[names.REPORT_REQUESTS].bulk_write(requests[start : start + _CHUNK], ordered=False)
