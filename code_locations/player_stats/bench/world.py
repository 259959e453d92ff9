"""A temporary embedded MongoDB with generated telemetry, and the whole computation without Dagster."""

import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from player_stats.store.merges import ReportChanges
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reading import BATCH_DOCUMENTS, PROJECTIONS, day_range
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from wrapped_cli import embedded
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import days_between

FIRST_DAY = "2023-01-01"


@contextmanager
def database() -> Iterator[MongoResource]:
    """Yield an empty embedded MongoDB."""
    folder = Path(tempfile.mkdtemp(prefix="wrapped-bench-"))
    try:
        uri = embedded.start(folder, tied=True).uri
        with MongoResource(uri=uri).open() as mongo:
            ensure_indexes(mongo.raw, mongo.analytics)
            yield mongo
    finally:
        embedded.stop(folder, patience=0)
        shutil.rmtree(folder, ignore_errors=True)


def compute_days(mongo: MongoResource, days: Sequence[str]) -> None:
    """Compute and write the days and their quality, whether or not they are owed."""
    compute(Reader(mongo, FIRST_DAY), sorted(days, reverse=True), whole=days)


def make_reports(mongo: MongoResource) -> ReportChanges:
    """Make the owed reports, then the ranks."""
    changes = make_owed_reports(mongo.analytics)
    make_owed_ranks(mongo.analytics)
    return changes


def drain(mongo: MongoResource, days: Sequence[str]) -> int:
    """Fetch what the product reads of adjacent days and discard it; return the bytes."""
    span = {"$gte": day_range(min(days))["$gte"], "$lt": day_range(max(days))["$lt"]}
    return sum(
        len(batch)
        for collection in names.RAW_EVENT_COLLECTIONS
        for batch in mongo.raw[collection]
        .find_raw_batches({"timestamp": span}, PROJECTIONS[collection], batch_size=BATCH_DOCUMENTS)
        .sort("timestamp", 1)
    )


def drain_unprojected(mongo: MongoResource) -> int:
    """Fetch whole collections and discard them; return the bytes."""
    return sum(
        len(batch) for collection in names.RAW_EVENT_COLLECTIONS for batch in mongo.raw[collection].find_raw_batches({})
    )


def days_of(start: str, count: int) -> list[str]:
    """Return `count` days starting at `start`."""
    return [day for day, _ in zip(days_between(start, "9999-12-31"), range(count), strict=False)]


@contextmanager
def timed(label: str) -> Iterator[dict[str, Any]]:
    """Measure and print the seconds that a block takes, and yield the figures."""
    found: dict[str, Any] = {}
    started = time.perf_counter()
    yield found
    found["seconds"] = time.perf_counter() - started
    print(f"  {label}: {found['seconds']:.2f} s", flush=True)
