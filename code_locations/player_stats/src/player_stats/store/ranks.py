"""Ranks: one pass over a projection of a period's reports, written only where they differ."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

import bson
from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared import collections as names

from player_stats.domain.ranks import RANKED_FIELDS, Standings
from player_stats.domain.slides import with_rank_slide
from player_stats.store.enrichment import Enrichment, find_by_id

Document: TypeAlias = dict[str, Any]

_CHUNK: Final = 200


def refresh_ranks(analytics: Database[Document], periods: Iterable[str]) -> int:
    """Make the ranks of all reports of the periods right; return how many reports changed."""
    return sum(_refresh_period(analytics, period) for period in sorted(periods))


def _refresh_period(analytics: Database[Document], period: str) -> int:
    standings, identities, stored = Standings(), [], []
    reports = analytics[names.WRAPPED_REPORTS].find({"period": period}, {**RANKED_FIELDS, "ranks": 1})
    for report in reports:
        standings.add(report)
        identities.append(report["_id"])
        stored.append(_fingerprint(report["ranks"]))
    stale: dict[str, list[Document]] = {}
    changed = 0
    for identity, before, ranks in zip(identities, stored, standings.ranks(), strict=True):
        if _fingerprint(ranks) != before:
            stale[identity] = ranks
        if len(stale) >= _CHUNK:
            changed += _write(analytics, stale)
            stale = {}
    return changed + _write(analytics, stale)


def _fingerprint(ranks: list[Document]) -> bytes:
    """Sixteen bytes that differ where ranks differ, whatever BSON type their numbers came back as."""
    rows = [[rank["stat"], float(rank["value"]), float(rank["top_percent"]), rank["of_players"]] for rank in ranks]
    return hashlib.blake2b(bson.encode({"rows": rows}), digest_size=16).digest()


def _write(analytics: Database[Document], stale: dict[str, list[Document]]) -> int:
    fields = {"slides": 1, "play.seconds": 1}
    reports = list(find_by_id(analytics, names.WRAPPED_REPORTS, stale, fields))
    for report in reports:
        report["ranks"] = stale[report["_id"]]
        report["slides"] = with_rank_slide(report["slides"], report)
    enrichment = Enrichment()
    enrichment.load_images(analytics, reports)
    writes = []
    for report in reports:
        enrichment.add_images(report)
        update = {"ranks": report["ranks"], "slides": report["slides"], "generated_at": datetime.now(UTC)}
        writes.append(UpdateOne({"_id": report["_id"]}, {"$set": update}))
    if writes:
        analytics[names.WRAPPED_REPORTS].bulk_write(writes, ordered=False)
    return len(writes)
