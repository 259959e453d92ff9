"""Metrics of a deployment in Prometheus' text format, read from MongoDB only: once, or on an HTTP port.

What belongs here: the metrics. What does not: alert rules and the dashboard (`deploy/observability`), and finding
faults (`wrapped_shared.alerts`). Every query uses an index or the server's own counts. Nothing here names a player.

`python -m wrapped_shared.metrics PORT` serves them, with the server in MONGO_URI.
"""

import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import Final, get_args

import pymongo
from prometheus_client import CollectorRegistry, generate_latest, start_http_server, write_to_textfile
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from pymongo.database import Database
from pymongo.errors import PyMongoError

from wrapped_shared import collections as names
from wrapped_shared.alerts.book import utc_now
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource, MongoUnavailable
from wrapped_shared.periods import day_of
from wrapped_shared.vocabulary import ScrapeStatus
from wrapped_shared.waiting import look_at_telemetry

PORT: Final = 9464
_SECONDS: Final = 8
"""Below Prometheus' usual timeout of ten."""


class WrappedMetrics(Collector):
    """Reads all metrics again at every scrape."""

    def __init__(self, mongo: MongoResource) -> None:
        """Use a resource, whose client is made now: a server that is away is a metric, but a wrong address an error.

        Raises:
            MongoUnavailable: the server's address is missing or invalid.
        """
        self._mongo, self._client = mongo, mongo.client

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics; only that MongoDB is away if it is."""
        found: list[Metric] = []
        with suppress(PyMongoError, MongoUnavailable), pymongo.timeout(_SECONDS):
            found = list(_metrics(self._mongo, utc_now()))
        yield _gauge("mongodb_up", "Whether MongoDB could be read, so that the other metrics are there.", bool(found))
        yield from found


def registry(mongo: MongoResource) -> CollectorRegistry:
    """Return a registry of these metrics alone.

    Raises:
        MongoUnavailable: the server's address is missing or invalid.
    """
    made = CollectorRegistry()
    made.register(WrappedMetrics(mongo))
    return made


def text(mongo: MongoResource) -> str:
    """Return the metrics in Prometheus' text format."""
    return generate_latest(registry(mongo)).decode()


def write(mongo: MongoResource, file: Path) -> None:
    """Write the metrics to a file for the node exporter's textfile collector; it never sees half a file."""
    write_to_textfile(str(file), registry(mongo))


def serve(mongo: MongoResource, port: int, address: str = "0.0.0.0") -> None:  # noqa: S104 - a Pod's only port
    """Serve the metrics at /metrics until the process is terminated.

    Raises:
        OSError: the port is taken.
    """
    server, thread = start_http_server(port, address, registry(mongo))
    over = Event()
    for number in (signal.SIGTERM, signal.SIGINT):  # the first process of a container has no default for them
        signal.signal(number, lambda *_: over.set())
    over.wait()
    server.shutdown()
    thread.join()


def _metrics(mongo: MongoResource, now: datetime) -> Iterator[Metric]:
    raw, analytics = mongo.raw, mongo.analytics
    yield from _owed(analytics, now)
    yield from _telemetry(raw, analytics, now)
    yield from _upstreams(analytics, now)
    by_status = {
        status: analytics[names.HISCORES_PLAYERS].count_documents({"status": status})
        for status in get_args(ScrapeStatus)
    }
    yield _gauge("players", "Players by the status of their last hiscores lookup.", by_status, "status")
    stored = {"player": names.WRAPPED_REPORTS, "group": names.GROUP_REPORTS}
    counts = {kind: analytics[name].estimated_document_count() for kind, name in stored.items()}
    yield _gauge("reports", "Stored reports, of all periods.", counts, "kind")
    yield from _faults(analytics)


def _owed(analytics: Database[Document], now: datetime) -> Iterator[Metric]:
    due = {"owed": True, "day": {"$gte": "", "$lte": day_of(now)}}
    ledgers = list(analytics[names.DAY_LEDGER].find(due, {"owed_cells": 1, "since": 1}))
    hours = sum(
        24 if "*" in cells else len({cell[:2] for cell in cells}) for cells in (led["owed_cells"] for led in ledgers)
    )
    oldest = min((ledger["since"] for ledger in ledgers if ledger.get("since")), default=now)
    owed = {"day": len(ledgers), "hour": hours}
    yield _gauge("owed", "Days up to today, and their hours, that have not been computed.", owed, "unit")
    yield _gauge("owed_oldest_seconds", "How long the oldest of them has been owed; 0 = nothing is.", _age(oldest, now))
    requests = analytics[names.REPORT_REQUESTS].estimated_document_count()
    yield _gauge("report_requests", "Player months whose reports are to be made.", requests)
    plan = analytics[names.PLAN_STATE].find_one({}, {"last_reading": 1}) or {}
    if reading := plan.get("last_reading"):
        yield _gauge("last_reading_events", "Events that the last step read.", reading["events"])
        yield _gauge(
            "last_reading_seconds", "How long the last step took to read and compute them.", reading["seconds"]
        )
        yield _gauge("last_reading_timestamp_seconds", "When the last step had read them.", reading["at"].timestamp())


def _telemetry(raw: Database[Document], analytics: Database[Document], now: datetime) -> Iterator[Metric]:
    found = look_at_telemetry(raw, analytics, now)
    if found.newest is not None and found.computed is not None:
        seen, computed = found.newest.timestamp(), found.computed.timestamp()
        yield _gauge("newest_event_seen_timestamp_seconds", "When the newest event arrived.", seen)
        yield _gauge("newest_event_computed_timestamp_seconds", "Reports have all events up to this arrival.", computed)
    behind = _age(found.waiting_since or now, now)
    yield _gauge("behind_seconds", "How long the oldest event of today or yesterday has waited for its report.", behind)
    stored = {name: raw[name].estimated_document_count() for name in names.RAW_EVENT_COLLECTIONS}
    yield _gauge("events_stored", "Raw documents.", stored, "collection")
    counted = {name: _counted(analytics, name) for name in names.RAW_EVENT_COLLECTIONS}
    yield _gauge("events_counted", "Raw documents that were read, valid or not.", counted, "collection")


def _counted(analytics: Database[Document], collection: str) -> int:
    total = {"$group": {"_id": None, "read": {"$sum": "$read"}}}
    found = analytics[names.DATA_QUALITY].aggregate([{"$match": {"collection": collection}}, total])
    return sum(one["read"] for one in found)


def _upstreams(analytics: Database[Document], now: datetime) -> Iterator[Metric]:
    requests = CounterMetricFamily("wrapped_upstream_requests", "Requests sent to an upstream.", labels=["upstream"])
    refusals = CounterMetricFamily(
        "wrapped_upstream_refusals",
        "Responses by which an upstream refused us or was unavailable.",
        labels=["upstream"],
    )
    for document in analytics[names.UPSTREAM_REQUESTS].find({}):  # one for each upstream
        requests.add_metric([document["_id"]], document["requests"])
        refusals.add_metric([document["_id"]], document["refusals"])
    yield from (requests, refusals)
    holds = {hold["_id"]: -_age(hold["not_before"], now) for hold in analytics[names.UPSTREAM_HOLDS].find({})}
    left = {name: max(0.0, seconds) for name, seconds in holds.items()}
    yield _gauge("upstream_hold_seconds", "How long an upstream's hold lasts; 0 = it has ended.", left, "upstream")


def _faults(analytics: Database[Document]) -> Iterator[Metric]:
    noted = list(analytics[names.ALERTS].find({}))  # one for each location
    faults = {one["_id"]: len(one["faults"]) for one in noted}
    waiting = {one["_id"]: sum(fault["delivered_at"] is None for fault in one["faults"]) for one in noted}
    looked = {one["_id"]: one["looked_at"].timestamp() for one in noted}
    yield _gauge("faults", "Faults that a location knows of.", faults, "location")
    yield _gauge("faults_undelivered", "Faults not yet delivered.", waiting, "location")
    yield _gauge("faults_looked_at_timestamp_seconds", "When a location last looked for faults.", looked, "location")


def _gauge(name: str, meaning: str, value: float | Mapping[str, float], label: str = "") -> Metric:
    """Return a gauge with one value, or with one for each value of a label."""
    family = GaugeMetricFamily(f"wrapped_{name}", meaning, labels=[label] if label else [])
    values = value if isinstance(value, Mapping) else {"": value}
    for key, number in values.items():
        family.add_metric([key] if label else [], float(number))
    return family


def _age(since: datetime, now: datetime) -> float:
    return (now - since).total_seconds()


def main() -> int:
    """Serve the metrics on the port that the command line names."""
    try:
        with MongoResource().open() as mongo:
            serve(mongo, int(sys.argv[1]) if len(sys.argv) > 1 else PORT)
    except (MongoUnavailable, OSError, ValueError) as error:
        sys.stderr.write(f"wrapped metrics: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
