"""The steps of `wrapped_news` up to the reports, as functions that a test may call in any order or omit."""

from datetime import UTC, datetime
from typing import Any

from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import Bounds
from player_stats.work.hours import Reader
from player_stats.work.join import Joined, join_days
from player_stats.work.map_step import compute_piece, split_portion
from player_stats.work.pieces import Piece
from player_stats.work.plan import make_plan, next_portion, portion_events, work_due
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

LIMIT = 1_000_000


class Run:
    """A run with several shards."""

    def __init__(
        self, mongo: MongoResource, first_day: str, shards: int, run: str, now: datetime | None = None
    ) -> None:
        self.mongo, self.first_day, self.shards, self.run = mongo, first_day, shards, run
        self.now = now or datetime.now(UTC)
        self.reader = Reader(mongo, first_day, run, self.now)

    def plan(self) -> list[Piece]:
        ensure_indexes(self.mongo.raw, self.mongo.analytics)
        make_plan(self.mongo, self.first_day, self.now, thorough=True)
        portion = next_portion(
            work_due(self.mongo.analytics, self.first_day, self.now),
            portion_events(self.mongo.analytics, LIMIT, self.shards),
        )
        return split_portion(self.reader, portion, self.shards, LIMIT, run=self.run)

    def compute(self, piece: Piece) -> int:
        """Compute a piece; return how many events were read."""
        return compute_piece(self.reader, piece, run=self.run, bounds=Bounds(LIMIT)).events

    def join(self) -> Joined:
        return join_days(self.mongo.analytics, self.run, run_id=self.run, now=self.now)

    def all(self) -> list[Piece]:
        """All steps, and the reports."""
        pieces = self.plan()
        for piece in pieces:
            self.compute(piece)
        assert self.join().left == []
        make_owed_reports(self.mongo.analytics)
        return pieces


def emptied(mongo: MongoResource) -> None:
    for name in mongo.analytics.list_collection_names():
        mongo.analytics[name].delete_many({})


def ledger(mongo: MongoResource, day: str) -> dict[str, Any]:
    return mongo.analytics[names.DAY_LEDGER].find_one({"_id": day}) or {}


def owed(mongo: MongoResource) -> list[str]:
    return sorted(found["_id"] for found in mongo.analytics[names.DAY_LEDGER].find({"owed": True}))
