"""Writing days: `player_days`, and requests for the reports that depend on them.

Only documents that differ are written. Reports are requested before the days that change are written, so a run that
dies in between leaves the reports owed, never stale.
"""

from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.documents import Document
from wrapped_shared.stored.player_stats import DataQuality

from player_stats.domain.days import day_document, day_id, quality_document
from player_stats.domain.quality import PlayerTally
from player_stats.domain.summaries import Summary
from player_stats.store.encoding import with_digest
from player_stats.store.extents import Extent
from player_stats.store.report_requests import request_reports
from player_stats.store.turns import Changes, Turn

DaySummaries: TypeAlias = Mapping[str, Mapping[str, Summary]]
"""Summaries by day, then by player key."""
Owner: TypeAlias = tuple[str, str]
"""(player key, day)."""

TOO_LARGE: Final = "too_large"
"""The reason given for a player's day that exceeds MongoDB's limit of 16 MiB."""


@dataclass
class Written:
    """Result of writing summaries."""

    changes: Changes = field(default_factory=Changes)
    owners: set[Owner] = field(default_factory=set)
    """The player and day of each change."""
    too_large: list[Owner] = field(default_factory=list)
    """The player and day of summaries not stored because they exceed MongoDB's limit of 16 MiB."""


def write_days(
    turn: Turn, days: DaySummaries, players: frozenset[str] | None = None, requested: Container[Owner] = ()
) -> Written:
    """Bring stored days in line with summaries, removing days of players without one, and request reports.

    Args:
        turn: the turn taken before the events were read.
        days: the summaries of every day that was read.
        players: the chosen players who were read; None for everyone.
        requested: the days whose reports this turn has requested already.
    """
    documents = (
        day_document(key, day, summary)
        for day, of_day in sorted(days.items())
        for key, summary in sorted(of_day.items())
    )
    extent = Extent("day", list(days))
    if players is not None:
        extent = Extent("_id", [day_id(key, day) for day in days for key in players])

    def request(ids: list[str]) -> None:
        request_reports(turn.analytics, (owner for owner in map(owner_of, ids) if owner not in requested))

    written = reconcile(turn, names.PLAYER_DAYS, extent, documents, request)
    left_out = _by_day(day_id(key, day) for key, day in written.too_large)
    known = {document["day"]: document for document in _too_large_documents(turn.analytics, days)}
    large, gone = [], []
    for day in sorted({*left_out, *known}):
        covered = None if players is None else {day_id(key, day) for key in players}
        document = _too_large_document(known.get(day), day, len(days[day]), left_out.get(day, set()), covered)
        if document is None:
            gone.append(f"{names.PLAYER_DAYS}|{day}")
        else:
            large.append(document)
    turn.replace(names.DATA_QUALITY, large)
    turn.remove(names.DATA_QUALITY, gone)
    return written


def write_merged_days(turn: Turn, summaries: Mapping[tuple[str, str], Summary | None]) -> Written:
    """Bring the stored days of (player key, day) in line with the merges of their hours; None = no day."""
    ids = [day_id(key, day) for key, day in summaries]
    documents = (day_document(*owner, summary) for owner, summary in summaries.items() if summary is not None)
    written = reconcile(turn, names.PLAYER_DAYS, Extent("_id", ids), documents)
    covered, left_out = _by_day(ids), _by_day(day_id(key, day) for key, day in written.too_large)
    known = {document["day"] for document in _too_large_documents(turn.analytics, covered)}
    for day in sorted({*left_out, *known}):
        _update_quality(turn, day, left_out.get(day, set()), covered[day])
    return written


def reconcile(
    turn: Turn,
    collection: str,
    extent: Extent,
    documents: Iterable[Mapping[str, Any]],
    request: Callable[[list[str]], None] | None = None,
) -> Written:
    """Make the stored days or hours of an extent equal to documents, leaving out those that are too large to store.

    `request` is called with the `_id`s that are about to change.
    """
    written, fitting = Written(), []
    for document in documents:
        found = with_digest(document)
        if found is None:
            written.too_large.append(owner_of(document["_id"]))
        else:
            fitting.append(found)

    def before(ids: list[str]) -> None:
        written.owners = set(map(owner_of, ids))
        if request is not None:
            request(ids)

    written.changes = turn.reconcile(collection, extent, fitting, before)
    return written


def _by_day(ids: Iterable[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for identity in ids:
        found.setdefault(owner_of(identity)[1], set()).add(identity)
    return found


def _too_large_documents(analytics: Database[Document], days: Iterable[str]) -> Iterator[Document]:
    return find_by_id(analytics[names.DATA_QUALITY], [f"{names.PLAYER_DAYS}|{day}" for day in days])


def _too_large_document(
    known: Document | None, day: str, read: int, large: set[str], covered: set[str] | None
) -> DataQuality | None:
    """Return the quality document of a day's players whose day is too large to store, or None if there are none.

    If the reader covers only some players, only those are updated. If more were left out than there are examples, the
    number may be too low until the whole day is read again.
    """
    number = len(large)
    if covered is not None and known is not None:
        shown = {example["id"] for example in known["examples"]}
        large = large | (shown - covered)
        number += known["documents_left_out"] - len(shown & covered)
        read = known["read"]
    if not number:
        return None
    tally = PlayerTally(read=read, documents_left_out=number, reasons=Counter({TOO_LARGE: number}))
    tally.add_examples((identity, TOO_LARGE, identity) for identity in large)
    return quality_document(names.PLAYER_DAYS, day, tally)


def _update_quality(turn: Turn, day: str, large: set[str], covered: set[str]) -> None:
    """Update a day's quality document for some players, while other steps may be doing the same for theirs."""
    quality, identity = turn.analytics[names.DATA_QUALITY], f"{names.PLAYER_DAYS}|{day}"
    while True:
        known = quality.find_one({"_id": identity})
        document = _too_large_document(known, day, len(covered), large, covered)
        as_read = known or {"_id": identity, "revision": None}
        if document is None:
            if known is None or quality.delete_one(as_read).deleted_count:
                return
            continue
        revision = max((known or {}).get("revision", 0), turn.number)
        with suppress(DuplicateKeyError):  # another step inserted it first
            done = quality.replace_one(as_read, {**document, "revision": revision}, upsert=known is None)
            if done.matched_count or done.upserted_id is not None:
                return


def owner_of(identity: str) -> Owner:
    """Return the player and day of the `_id` of a day or hour."""
    key, time = identity.rsplit("|", 1)
    return key, time[:10]
