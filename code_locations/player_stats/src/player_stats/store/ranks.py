"""Ranks: one pass over a projection of a period's reports, written only where they differ.

Whoever changes reports requests a ranking of their periods first; the ranking clears what it served.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

import bson
from bson import ObjectId
from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names

from player_stats.domain.ranks import RANKED_FIELDS, Standings
from player_stats.domain.slides import with_rank_slide
from player_stats.store.enrichment import Enrichment, find_by_id
from player_stats.store.turns import take_turn

Document: TypeAlias = dict[str, Any]

_CHUNK: Final = 200
_PERIODS_AT_ONCE: Final = 1_000


def request_ranks(analytics: Database[Document], periods: Iterable[str]) -> None:
    """Request the ranking of the reports of some periods."""
    updates = [UpdateOne({"_id": period}, {"$set": {"token": ObjectId()}}, upsert=True) for period in sorted(periods)]
    if updates:
        analytics[names.RANK_REQUESTS].bulk_write(updates, ordered=False)


def make_owed_ranks(analytics: Database[Document], run_id: str | None = None) -> int:
    """Make the ranks of all periods that are owed right; return how many reports changed."""
    changed = 0
    for request in list(analytics[names.RANK_REQUESTS].find().limit(_PERIODS_AT_ONCE)):
        with take_turn(analytics, run_id) as turn:
            final = turn.first  # while an earlier ranking goes on it may bring older ranks: this one stays owed
            changed += _refresh_period(analytics, request["_id"])
            if final:
                analytics[names.RANK_REQUESTS].delete_one({"_id": request["_id"], "token": request["token"]})
    return changed


def _refresh_period(analytics: Database[Document], period: str) -> int:
    standings, read, stored = Standings(), [], []
    fields = {**RANKED_FIELDS, "ranks": 1, "revision": 1}
    for report in analytics[names.WRAPPED_REPORTS].find({"period": period}, fields):
        standings.add(report)
        read.append((report["_id"], report.get("revision")))
        stored.append(_fingerprint(report["ranks"]))
    stale: dict[str, tuple[int | None, list[Document]]] = {}
    changed = 0
    for (identity, revision), before, ranks in zip(read, stored, standings.ranks(), strict=True):
        if _fingerprint(ranks) != before:
            stale[identity] = revision, ranks
        if len(stale) >= _CHUNK:
            changed += _write(analytics, stale)
            stale = {}
    return changed + _write(analytics, stale)


def _fingerprint(ranks: list[Document]) -> bytes:
    """Sixteen bytes that differ where ranks differ, whatever BSON type their numbers came back as."""
    rows = [[rank["stat"], float(rank["value"]), float(rank["top_percent"]), rank["of_players"]] for rank in ranks]
    return hashlib.blake2b(bson.encode({"rows": rows}), digest_size=16).digest()


def _write(analytics: Database[Document], stale: dict[str, tuple[int | None, list[Document]]]) -> int:
    """Write ranks into reports, where they are still those that were read: a rewritten one is owed a ranking."""
    reports = list(find_by_id(analytics, names.WRAPPED_REPORTS, stale, {"slides": 1, "play.seconds": 1}))
    for report in reports:
        report["ranks"] = stale[report["_id"]][1]
        report["slides"] = with_rank_slide(report["slides"], report)
    enrichment = Enrichment()
    enrichment.load_images(analytics, reports)
    writes = []
    for report in reports:
        enrichment.add_images(report)
        update = {"ranks": report["ranks"], "slides": report["slides"], "generated_at": datetime.now(UTC)}
        as_read = {"_id": report["_id"], "revision": stale[report["_id"]][0]}
        writes.append(UpdateOne(as_read, {"$set": update}))
    return analytics[names.WRAPPED_REPORTS].bulk_write(writes, ordered=False).matched_count if writes else 0
