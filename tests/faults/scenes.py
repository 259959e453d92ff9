"""What every scene shares: a small world behind a relay, the documents it must end with, and the row of a table.

What does not belong here: the faults.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from bson import ObjectId
from stats_world import Documents, failure, generated, news, stored
from wrapped_devkit.relay import Command, Relay, Verdict, relayed
from wrapped_devkit.testing import dropped_after
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today

WRITES: Final = ("insert", "update", "delete", "findAndModify")
OWED: Final = {
    names.DAY_LEDGER: {"owed": True, "day": {"$lte": today()}},
    names.DAY_REQUESTS: {},
    names.REPORT_REQUESTS: {},
    names.RANK_REQUESTS: {},
    names.REMOVALS: {},
}


@dataclass(frozen=True)
class Row:
    """A fault, what was seen, how long it took to recover, and how much was lost."""

    fault: str
    seen: str
    seconds: float
    lost: int = 0

    def __str__(self) -> str:
        return f"| {self.fault} | {self.seen} | {self.seconds:.0f} s | {self.lost} |"


HEAD: Final = "| fault | what was seen | time to recover | lost |\n|---|---|---|---|\n"


def telemetry(days: int = 2) -> Documents:
    """Events of the last days, with the `_id`s that every copy of them gets."""
    start = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
    found = generated(players=2, days=days, ticks=40, seed=5, start=start, hostile=True)
    return {name: [{**event, "_id": ObjectId()} for event in events] for name, events in found.items()}


@contextmanager
def database(uri: str) -> Iterator[MongoResource]:
    """Two empty databases, dropped afterwards."""
    mark = uuid4().hex[:12]
    resource = MongoResource(uri=uri, raw_database=f"raw-{mark}", analytics_database=f"analytics-{mark}")
    with dropped_after(resource) as mongo:
        yield mongo


def store(mongo: MongoResource, events: Documents) -> None:
    """Store events as the ingestor does."""
    for name, found in events.items():
        if found:
            mongo.raw[name].insert_many(found)


def beside(mongo: MongoResource, uri: str) -> MongoResource:
    """Return the resource of the same databases by another address."""
    return MongoResource(uri=uri, raw_database=mongo.raw_database, analytics_database=mongo.analytics_database)


def undisturbed(uri: str, events: Documents) -> tuple[dict[str, Any], list[tuple[str, str]], float]:
    """Return the documents of a run that nothing disturbed, its kinds of commands in order, and its seconds."""
    with database(uri) as mongo:
        seen: dict[tuple[str, str], None] = {}

        def note(command: Command) -> Verdict:
            seen.setdefault((command.name, command.collection))

        store(mongo, events)
        with relayed(uri, note) as relay:
            seconds, _ = run_news(beside(mongo, relay.uri))
        return stored(mongo), list(seen), seconds


def run_news(mongo: MongoResource) -> tuple[float, int]:
    """Run `wrapped_news` once; return its seconds and how many steps were started again.

    Raises:
        AssertionError: it failed.
    """
    started = time.monotonic()
    result = news(mongo)
    assert result.success, failure(result)
    again = sum(event.is_step_up_for_retry for event in result.all_events)
    return time.monotonic() - started, again


def must_be_whole(mongo: MongoResource, expected: dict[str, Any]) -> None:
    """Check that nothing is owed and every document is as expected.

    Raises:
        AssertionError: something is owed, or differs.
    """
    for collection, query in OWED.items():
        assert list(mongo.analytics[collection].find(query)) == [], collection
    found = stored(mongo)
    for collection, documents in expected.items():
        assert found[collection] == documents, collection


@contextmanager
def behind_a_relay(uri: str, events: Documents) -> Iterator[tuple[MongoResource, Relay]]:
    """Yield the resource of a fresh world with these events, and the relay that runs use."""
    with database(uri) as mongo, relayed(uri) as relay:
        store(mongo, events)
        yield mongo, relay
