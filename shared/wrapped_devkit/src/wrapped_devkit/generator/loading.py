"""Loads generated telemetry into MongoDB.

Belongs here: batches, idempotence and entries in `day_requests`. The documents come from `telemetry`.
"""

from collections import Counter
from collections.abc import Callable, Iterable

from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import BulkWriteError
from wrapped_cli.day_requests import request_days
from wrapped_shared.bulk import batches
from wrapped_shared.collections import DAY_REQUESTS, RAW_EVENT_COLLECTIONS
from wrapped_shared.documents import Document
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.periods import today
from wrapped_shared.settings import first_day

from wrapped_devkit.generator.telemetry import generate_days

BATCH = 2000
DUPLICATE_KEY = 11000
REASON = "generated telemetry"


def write(
    raw_db: Database[Document],
    analytics_db: Database[Document],
    *,
    players: int,
    days: int,
    ticks: int,
    seed: int,
    start: str,
    hostile: bool = False,
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Generates telemetry and loads it; running it again adds nothing, no matter how an earlier run ended.

    Each day that counts (not before the first day, not after today) is requested in `day_requests` before its first
    document, so that a killed run leaves no document unnoticed, and again after its last, in case the request was
    cleared in the meantime. Indexes are created at the end, where they do not slow down loading.

    Args:
        raw_db: the database with the raw telemetry.
        analytics_db: the database with `day_requests`.
        players: number of players.
        days: number of UTC days.
        ticks: game ticks per player and day.
        seed: the source of all randomness.
        start: the first day, `YYYY-MM-DD`.
        hostile: adds invalid documents.
        progress: called after each batch with the number of documents in it.

    Returns:
        The number of documents added to each of the six collections.

    Raises:
        ValueError: an argument is out of its limits.
        pymongo.errors.PyMongoError: MongoDB cannot be reached or rejects a document.
    """
    generated = generate_days(players=players, days=days, ticks=ticks, seed=seed, start=start, hostile=hostile)
    return load(raw_db, analytics_db, (([day], documents) for day, documents in generated), progress)


def load(
    raw_db: Database[Document],
    analytics_db: Database[Document],
    spans: Iterable[tuple[list[str], Iterable[tuple[str, Document]]]],
    progress: Callable[[int], None] | None = None,
) -> dict[str, int]:
    """Load documents like `write`, which says what it guarantees.

    Args:
        raw_db: the database with the raw telemetry.
        analytics_db: the database with `day_requests`.
        spans: days and the (collection, document) pairs that lie in them.
        progress: called after each batch with the number of documents in it.

    Returns:
        The number of documents added to each collection.

    Raises:
        pymongo.errors.PyMongoError: MongoDB cannot be reached or rejects a document.
    """
    added = Counter(dict.fromkeys(RAW_EVENT_COLLECTIONS, 0))
    for days, documents in spans:
        _request(analytics_db, days)
        for batch in batches(documents, BATCH):
            by_collection: dict[str, list[Document]] = {}
            for collection, document in batch:
                by_collection.setdefault(collection, []).append(document)
            for collection, some in by_collection.items():
                added[collection] += _inserted(raw_db[collection], some)
            if progress is not None:
                progress(len(batch))
        _request(analytics_db, days)
    ensure_indexes(raw_db, analytics_db)
    return dict(added)


def _inserted(collection: Collection[Document], documents: list[Document]) -> int:
    """Insert documents; existing ones stay as they are. Return how many are new."""
    try:
        return len(collection.insert_many(documents, ordered=False).inserted_ids)
    except BulkWriteError as error:
        if any(failure["code"] != DUPLICATE_KEY for failure in error.details["writeErrors"]):
            raise
        return int(error.details["nInserted"])


def _request(analytics_db: Database[Document], days: Iterable[str]) -> None:
    request_days(analytics_db[DAY_REQUESTS], [day for day in days if first_day() <= day <= today()], REASON)
