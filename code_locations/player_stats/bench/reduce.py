"""The cost of a refresh of reports on the 31st of a month after three years, and of late events."""

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import bson
from player_stats.store.merges import ReportChanges
from player_stats.store.report_requests import request_reports
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from pymongo.database import Database
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from wrapped_devkit.generator import write
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource, connect

from bench.world import FIRST_DAY, compute_days, database, days_of, make_reports

PLAYERS: Final = 2_000
TOLD_APART: Final = 10
"""Generated players; the others are copies of them."""
TODAY, LAST_MONTH, LONG_AGO = "2025-12-31", "2025-11-15", "2023-12-15"
NOW = datetime(2025, 12, 31, 15, 30, tzinfo=UTC)
NEEDED: Final = {"$regex": f"^({TODAY[:7]}|{LAST_MONTH[:7]}|{LONG_AGO[:7]})"}
COPIED: Final[dict[str, Any]] = {
    names.PLAYER_DAYS: {"day": NEEDED},
    names.PLAYER_HOURS: {}, names.PLAYER_MONTHS: {}, names.PLAYER_MERGES: {}, names.WRAPPED_REPORTS: {},
}  # fmt: skip
AFTER_YEARS, SECOND_DAY = "after three years", "on their second day"
BYTES_BEFORE: Final = {AFTER_YEARS: 454_465, SECOND_DAY: 71_054}
"""What this benchmark printed before running merges were introduced."""


class Traffic(CommandListener):
    """Counts commands, and bytes in both directions; counting takes time."""

    def __init__(self) -> None:
        self.trips = self.bytes = 0

    def started(self, event: CommandStartedEvent) -> None:  # noqa: D102 - pymongo's
        self.trips += 1
        self.bytes += len(bson.encode(event.command))

    def succeeded(self, event: CommandSucceededEvent) -> None:  # noqa: D102
        self.bytes += len(bson.encode(event.reply))

    def failed(self, event: CommandFailedEvent) -> None:  # noqa: D102
        pass


def run(players: int = PLAYERS) -> None:
    """Print the figures."""
    for since in (SECOND_DAY, AFTER_YEARS):
        print(f"a refresh of {players:,} players on {TODAY}, {since}")
        _refresh(players, since)


def _refresh(players: int, since: str) -> None:
    with database() as mongo:
        keys = world(mongo, players, *((35, 31) if since == AFTER_YEARS else (0, 2)))
        for hour in range(9, 14):
            news(mongo.analytics, keys, hour)
        make_owed_reports(mongo.analytics)
        for what, hour in (("the hour that goes on", 13), ("a new hour", 14)):
            news(mongo.analytics, keys, hour)
            started = time.process_time()
            changes = make_owed_reports(mongo.analytics)
            cpu = (time.process_time() - started) / len(keys) * 1000
            read = changes.summaries_read / changes.players
            print(f"  {what}: {read:.1f} summaries read a player (bound 6); {cpu:.2f} ms of client CPU a player")
        with listening(mongo) as (analytics, traffic):
            news(mongo.analytics, keys, 14)
            changes = make_owed_reports(analytics)
        print(f"  {traffic.trips / reports(changes) * 100:.1f} round trips per 100 reports (bound 12)")
        share = traffic.bytes / len(keys) / BYTES_BEFORE[since]
        print(f"  {traffic.bytes / len(keys):,.0f} bytes both ways a player = {share:.2f} x before (bound 0.5)")
        for label, day in (("last month", LAST_MONTH), ("two years ago", LONG_AGO)) if since == AFTER_YEARS else ():
            late(mongo.analytics, keys, day)
            changes = make_owed_reports(mongo.analytics)
            print(f"  a late event of {label}: {changes.summaries_read / changes.players:.1f} summaries read a player")


def reports(changes: ReportChanges) -> int:
    """Return how many reports were compared."""
    return changes.written + changes.unchanged


@contextmanager
def listening(mongo: MongoResource) -> Iterator[tuple[Database[Any], Traffic]]:
    """Yield the analytics database through a client whose traffic is counted."""
    traffic = Traffic()
    client: Any = connect(mongo.uri, event_listeners=[traffic])
    try:
        client.admin.command("ping")
        traffic.trips = traffic.bytes = 0
        yield client[mongo.analytics_database], traffic
    finally:
        client.close()


def world(mongo: MongoResource, players: int, months: int, days: int) -> list[str]:
    """Store players with a day in each of some months and the last days of the next; return their keys."""
    history = [f"{2023 + number // 12}-{number % 12 + 1:02}-15" for number in range(35 - months, 35)]
    for number, day in enumerate(history):
        write(mongo.raw, mongo.analytics, players=TOLD_APART, days=1, ticks=200, seed=number, start=day)
    latest = days_of("2025-12-01", 31)[-days:]
    write(mongo.raw, mongo.analytics, players=TOLD_APART, days=days, ticks=200, seed=99, start=latest[0])
    compute_days(mongo, [*history, *latest[:-1]])
    make_reports(mongo)
    compute(Reader(mongo, FIRST_DAY, now=NOW), [TODAY], whole=[TODAY])
    make_reports(mongo)
    return copied(mongo.analytics, players, COPIED)


def copied(analytics: Database[Any], players: int, what: Mapping[str, Any]) -> list[str]:
    """Replace the stored players by that many copies; return the copies' keys.

    Args:
        analytics: the database of days and reports.
        players: the total number of copies.
        what: which documents are copied, by collection; the others are removed.
    """
    keys = sorted(report["player_key"] for report in analytics[names.WRAPPED_REPORTS].find({"period": "all"}))
    copies = {key: [f"{key} {number}" for number in range(players // len(keys))] for key in keys}
    for name, query in what.items():
        for key in keys:
            documents = list(analytics[name].find({**query, "player_key": key}))
            if name == names.PLAYER_HOURS:  # play continues after eight o'clock
                documents = [{**documents[0], "_id": f"{key}|{TODAY}T08", "hour": f"{TODAY}T08"}]
            for copy in copies[key]:
                made = [{**one, "_id": one["_id"].replace(key, copy, 1), "player_key": copy} for one in documents]
                if made:
                    analytics[name].insert_many(made)
            analytics[name].delete_many({"player_key": key})
    return sorted(copy for found in copies.values() for copy in found)


def news(analytics: Database[Any], keys: Iterable[str], hour: int) -> None:
    """Store ten more events of each player in an hour of today."""
    label, hours = f"{TODAY}T{hour:02}", analytics[names.PLAYER_HOURS]
    if hours.find_one({"hour": label}) is None:
        like = hours.find({"hour": f"{TODAY}T08"})
        hours.insert_many([{**one, "_id": f"{one['player_key']}|{label}", "hour": label} for one in like])
    hours.update_many({"hour": label}, {"$inc": {"cells.0.play.ticks": 10}})
    request_reports(analytics, hours=((key, label) for key in keys))


def late(analytics: Database[Any], keys: Iterable[str], day: str) -> None:
    """Store some more events of each player on a day whose hours are no longer kept."""
    analytics[names.PLAYER_DAYS].update_many({"day": day}, {"$inc": {"play.ticks": 10}})
    request_reports(analytics, ((key, day) for key in keys))
