"""Ranks: one pass over a projection of a period's reports, written only where they differ.

Before reports change, a ranking of their periods is requested; the ranking clears the requests it served.

**How writes stay bounded.** One player's new events move other players: after an hour in which 1% of 100,000 players
played, a rank had moved by a tenth of a percent in 96% of the reports (5% of the values), and a new report changes
`of_players` in all of them. So ranks are computed at most hourly (`store/plan_state.py`): a report is written at most
once per hour and period, which for 100,000 reports is 28 writes a second of about 5 KiB. A write sends `ranks` and the
slide of the best rank; the server replaces the old slide, so slides are neither read nor sent back. A report that was
rewritten since it was read is not written; its ranking has been requested again. A report that would exceed MongoDB's
limit with its ranks, which takes invented mobs, keeps its old ones.
Reports are not held in memory: differences are found from columns (`domain/ranks.py`).
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import chain
from typing import Any, Final

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from wrapped_shared import collections as names
from wrapped_shared.bulk import batches, write_all
from wrapped_shared.documents import Document
from wrapped_shared.stored.player_stats import RankRequestFields
from wrapped_shared.stored.reports import Rank, Slide

from player_stats.domain.families.play import PLAY_SECONDS
from player_stats.domain.ranks import RANKED_FIELDS, Ranking, Standings
from player_stats.domain.slides import with_rank_slide
from player_stats.store.bulk_errors import only_too_large
from player_stats.store.enrichment import Enrichment
from player_stats.store.plan_state import request_groups
from player_stats.store.turns import take_turn

_PERIODS_AT_ONCE: Final = 1_000
_READ_AT_ONCE: Final = 500
"""Reports per round trip: more would only use more memory."""
_BEFORE_IT: Final = {"$filter": {"input": "$slides", "cond": {"$not": [{"$in": ["$$this.stat", ["rank", "closing"]]}]}}}
_AFTER_IT: Final = {"$filter": {"input": "$slides", "cond": {"$eq": ["$$this.stat", "closing"]}}}


def request_ranks(analytics: Database[Document], periods: Iterable[str]) -> None:
    """Request a ranking of the reports of some periods."""
    updates = [
        UpdateOne({"_id": period}, {"$set": RankRequestFields(token=ObjectId())}, upsert=True)
        for period in sorted(periods)
    ]
    write_all(analytics[names.RANK_REQUESTS], updates)


def make_owed_ranks(analytics: Database[Document], run_id: str | None = None) -> int:
    """Rank the reports of all owed periods; return how many reports changed."""
    changed = 0
    for request in list(analytics[names.RANK_REQUESTS].find().limit(_PERIODS_AT_ONCE)):
        with take_turn(analytics, run_id) as turn:
            final = turn.is_first  # a concurrent earlier ranking may write older ranks: then this one stays owed
            changed += _rank_period(analytics, request["_id"])
            request_groups(analytics, request["_id"])
            if final:
                analytics[names.RANK_REQUESTS].delete_one({"_id": request["_id"], "token": request["token"]})
    return changed


def _rank_period(analytics: Database[Any], period: str) -> int:
    """Rank the reports of a period and write the ranks that differ; return how many were written."""
    standings = Standings()
    as_read: list[tuple[str, int | None]] = []
    fields = {**RANKED_FIELDS, "ranks": 1, "revision": 1}
    for report in analytics[names.WRAPPED_REPORTS].find({"period": period}, fields, batch_size=_READ_AT_ONCE):
        standings.add(report)
        as_read.append((report["_id"], report.get("revision")))
    ranking, enrichment = Ranking(standings), Enrichment()
    return sum(
        _write(analytics, [(*as_read[number], ranking.of(number)) for number in numbers], enrichment)
        for numbers in batches(ranking.stale)
    )


def _write(
    analytics: Database[Document], stale: list[tuple[str, int | None, list[Rank]]], enrichment: Enrichment
) -> int:
    """Write the ranks of reports (`_id`, revision as read, ranks); return how many were still at that revision."""
    slides = [_rank_slides(ranks) for _, _, ranks in stale]
    enrichment.load_images(analytics, chain.from_iterable(slides))
    now, writes = datetime.now(UTC), []
    for (identity, revision, ranks), slide in zip(stale, slides, strict=True):
        shown = enrichment.with_images(slide)
        changes = {
            "ranks": {"$literal": ranks},
            "slides": {"$concatArrays": [_BEFORE_IT, {"$literal": shown}, _AFTER_IT]},
            "generated_at": now,
        }
        writes.append(UpdateOne({"_id": identity, "revision": revision}, [{"$set": changes}]))
    try:
        return analytics[names.WRAPPED_REPORTS].bulk_write(writes, ordered=False).matched_count
    except BulkWriteError as error:
        if not only_too_large(error):
            raise
        return int(error.details["nMatched"])


def _rank_slides(ranks: list[Rank]) -> list[Slide]:
    """Return the slide of the best rank, if there is one."""
    played = next((rank["value"] for rank in ranks if rank["stat"] == PLAY_SECONDS), 0)
    return with_rank_slide([], ranks, played)
