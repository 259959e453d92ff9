"""Writing days: `player_days`, and the requests for the reports that follow from them.

Only what differs is written. The reports of a player's month whose days change are requested before the days are
written, so that a run that dies in between leaves nothing stale behind.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

import bson
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wrapped_shared import collections as names
from wrapped_shared.report_types import DataQuality

from player_stats.domain.days import day_document, day_id, quality_document
from player_stats.domain.quality import PlayerTally
from player_stats.domain.summaries import Summary
from player_stats.store.enrichment import find_by_id
from player_stats.store.extents import Extent
from player_stats.store.report_requests import request_reports
from player_stats.store.sizes import LARGEST_DOCUMENT
from player_stats.store.turns import Changes, Turn

Document: TypeAlias = dict[str, Any]
DaySummaries: TypeAlias = Mapping[str, Mapping[str, Summary]]
"""By day the summaries by player key."""

TOO_LARGE: Final = "too_large"
"""The reason of a player's day that would pass MongoDB's limit of 16 MiB."""


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


def with_digest(document: Mapping[str, Any]) -> Document | None:
    """Return a document with the fingerprint of its content, None where it is too large to be stored."""
    encoded = bson.encode(document)
    if len(encoded) > LARGEST_DOCUMENT:
        return None
    return {**document, "digest": hashlib.blake2b(encoded, digest_size=16).hexdigest()}


def write_days(turn: Turn, days: DaySummaries, players: frozenset[str] | None = None) -> Written:
    """Make stored days equal to summaries; days of players without a summary are removed, and reports requested.

    Args:
        turn: the turn taken before the events were read.
        days: the summaries of every day that was read.
        players: the players that were read; None for everyone.
    """
    summaries = {(key, day): summary for day, of_day in days.items() for key, summary in of_day.items()}
    extent = Extent("day", list(days))
    if players is not None:
        extent = Extent("_id", [day_id(key, day) for day in days for key in players])
    written = _make_equal(turn, extent, summaries, lambda owners: request_reports(turn.analytics, owners))
    left_out = _by_day(day_id(key, day) for key, day in written.too_large)
    known = {document["day"]: document for document in _too_large_documents(turn.analytics, days)}
    documents, gone = [], []
    for day in sorted({*left_out, *known}):
        answered = None if players is None else {day_id(key, day) for key in players}
        document = _too_large_document(known.get(day), day, len(days[day]), left_out.get(day, set()), answered)
        if document is None:
            gone.append(f"{names.PLAYER_DAYS}|{day}")
        else:
            documents.append(document)
    turn.replace(names.DATA_QUALITY, documents)
    turn.remove(names.DATA_QUALITY, gone)
    return written


def write_merged_days(turn: Turn, summaries: Mapping[tuple[str, str], Summary | None]) -> Written:
    """Make the stored days of (player key, day) equal to what was merged of their hours, None for no day."""
    ids = [day_id(key, day) for key, day in summaries]
    there = {owner: summary for owner, summary in summaries.items() if summary is not None}
    written = _make_equal(turn, Extent("_id", ids), there, None)
    answered, left_out = _by_day(ids), _by_day(day_id(key, day) for key, day in written.too_large)
    known = {document["day"] for document in _too_large_documents(turn.analytics, answered)}
    for day in sorted({*left_out, *known}):
        _put_right(turn, day, left_out.get(day, set()), answered[day])
    return written


def _make_equal(
    turn: Turn,
    extent: Extent,
    summaries: Mapping[tuple[str, str], Summary],
    request: Callable[[set[tuple[str, str]]], None] | None,
) -> Written:
    written, documents = Written(), []
    for (key, day), summary in sorted(summaries.items(), key=lambda one: (one[0][1], one[0][0])):
        document = with_digest(day_document(key, day, summary))
        if document is None:
            written.too_large.append((key, day))
        else:
            documents.append(document)

    def before(identities: list[str]) -> None:
        written.owners = {owner_of(identity) for identity in identities}
        if request is not None:
            request(written.owners)

    written.changes = turn.make_equal(names.PLAYER_DAYS, extent, documents, before)
    return written


def _by_day(ids: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for identity in ids:
        found.setdefault(owner_of(identity)[1], set()).add(identity)
    return found


def _too_large_documents(analytics: Database[Document], days: Iterable[str]) -> Iterator[Document]:
    return find_by_id(analytics, names.DATA_QUALITY, [f"{names.PLAYER_DAYS}|{day}" for day in days])


def _too_large_document(
    known: Document | None, day: str, read: int, large: set[str], answered: set[str] | None
) -> DataQuality | None:
    """Return the quality document of a day's players who are too large to be stored, None where there are none.

    Where the reader answers for some players only, those are put right; where more were left out than examples are
    kept, the number may be less than it is until all of the day is read again.
    """
    number = len(large)
    if answered is not None and known is not None:
        shown = {example["id"] for example in known["examples"]}
        large = large | (shown - answered)
        number += known["documents_left_out"] - len(shown & answered)
        read = known["read"]
    if not number:
        return None
    tally = PlayerTally(read=read, documents_left_out=number, reasons=Counter({TOO_LARGE: number}))
    tally.add_examples((identity, TOO_LARGE, identity) for identity in large)
    return quality_document(names.PLAYER_DAYS, day, tally)


def _put_right(turn: Turn, day: str, large: set[str], answered: set[str]) -> None:
    """Put a day's quality document right about some players, while others do the same for theirs."""
    quality, identity = turn.analytics[names.DATA_QUALITY], f"{names.PLAYER_DAYS}|{day}"
    while True:
        known = quality.find_one({"_id": identity})
        document = _too_large_document(known, day, len(answered), large, answered)
        as_read = known or {"_id": identity, "revision": None}
        if document is None:
            if known is None or quality.delete_one(as_read).deleted_count:
                return
            continue
        revision = max((known or {}).get("revision", 0), turn.number)
        with suppress(DuplicateKeyError):  # somebody else was quicker
            done = quality.replace_one(as_read, {**document, "revision": revision}, upsert=known is None)
            if done.matched_count or done.upserted_id is not None:
                return


def owner_of(identity: str) -> tuple[str, str]:
    """Return the (player key, day) of the `_id` of a day or hour."""
    key, time = identity.rsplit("|", 1)
    return key, time[:10]
