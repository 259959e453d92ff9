"""Telemetry for the test, and the expected results.

What belongs here: loading, and figures counted in the simplest way. What does not: the cluster.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bson import ObjectId
from wrapped_devkit.generator import write
from wrapped_devkit.generator.catalogue import player_name
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key

from cluster_check.kube import ClusterError

PLAYERS: Final = 16
DAYS: Final = 3
TICKS: Final = 800


def days() -> list[str]:
    """Return the days of the telemetry: the last ones before today."""
    today = datetime.now(UTC).date()
    return [(today - timedelta(days=back)).isoformat() for back in range(DAYS, 0, -1)]


def load(uri: str) -> int:
    """Load the telemetry; return how many events."""
    with MongoResource(uri=uri).open() as mongo:
        counts = write(mongo.raw, mongo.analytics, players=PLAYERS, days=DAYS, ticks=TICKS, seed=7, start=days()[0])
        mongo.analytics[names.DAY_REQUESTS].delete_many({})  # the test requests days itself
    return sum(counts.values())


def expected(uri: str, counted: list[str]) -> dict[str, tuple[int, int]]:
    """Count ticks and kills of each player on some days, each once even if repeated."""
    begin = {day: datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000 for day in counted}
    ticks: Counter[str] = Counter()
    kills: Counter[str] = Counter()
    with MongoResource(uri=uri).open() as mongo:
        for start in begin.values():
            span = {"timestamp": {"$gte": int(start), "$lt": int(start) + 86_400_000}}
            seen: set[tuple[Any, ...]] = set()
            for event in mongo.raw[names.GAME_TICKS].find(span, {"username": 1, "sessionId": 1, "tickCount": 1}):
                seen.add((player_key(event["username"]), event["sessionId"], event["tickCount"]))
            ticks.update(str(key) for key, _, _ in seen)
            drops: set[tuple[Any, ...]] = set()
            for event in mongo.raw[names.LOOT_RECEIVED].find(span):
                if event["data"]["actor"]["type"] == 1:
                    content = repr(sorted(event["data"].items(), key=str))
                    drops.add((player_key(event["username"]), event["sessionId"], event["tickCount"], content))
            kills.update(str(drop[0]) for drop in drops)
    return {key: (count, kills[key]) for key, count in ticks.items()}


def reported(uri: str) -> dict[str, tuple[int, int]]:
    """Return ticks and kills of each player from the all-time reports."""
    with MongoResource(uri=uri).open() as mongo:
        found = mongo.analytics[names.WRAPPED_REPORTS].find({"period": "all"})
        return {report["player_key"]: (report["play"]["ticks"], report["loot"]["kills"]) for report in found}


def must_be_reported(uri: str) -> str:
    """Compare the reports with the telemetry; return what was compared.

    Raises:
        ClusterError: they differ.
    """
    wanted, found = expected(uri, days()), reported(uri)
    wrong = {key: (wanted.get(key), found.get(key)) for key in wanted | found if wanted.get(key) != found.get(key)}
    must(not wrong, f"(ticks, kills) expected and reported differ: {dict(list(wrong.items())[:3])}")
    ticks, kills = (sum(figures[part] for figures in found.values()) for part in (0, 1))
    return f"{len(found)} reports, {ticks:,} ticks and {kills:,} kills: exact"


def day_documents(uri: str, chosen: Sequence[str]) -> dict[str, Any]:
    """Return the stored documents of days, without the turn that wrote them."""
    with MongoResource(uri=uri).open() as mongo:
        stored = mongo.analytics[names.PLAYER_DAYS]
        return {str(one["_id"]): one for day in chosen for one in stored.find({"day": day}, {"revision": 0})}


def forget_days(uri: str, chosen: Sequence[str]) -> None:
    """Remove the computed documents of days, and request the days."""
    with MongoResource(uri=uri).open() as mongo:
        for day in chosen:
            for collection in (names.PLAYER_DAYS, names.PLAYER_HOURS):
                mongo.analytics[collection].delete_many({"day": day})
            request = {"$set": {"reason": "removed by the test", "token": ObjectId()}}
            mongo.analytics[names.DAY_REQUESTS].update_one({"_id": day}, request, upsert=True)


def forget_results(uri: str) -> None:
    """Remove all days and reports."""
    with MongoResource(uri=uri).open() as mongo:
        merged = names.PLAYER_MONTHS, names.PLAYER_MERGES, names.WRAPPED_REPORTS
        for collection in (names.PLAYER_DAYS, names.PLAYER_HOURS, *merged):
            mongo.analytics[collection].delete_many({})


def add_late_tick(uri: str, day: str) -> None:
    """Add one tick in a separate session to a computed day."""
    start = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)
    with MongoResource(uri=uri).open() as mongo:
        tick = mongo.raw[names.GAME_TICKS].find_one({"timestamp": {"$gte": start, "$lt": start + 86_400_000}})
        must(tick is not None, f"no tick on {day}")
        mongo.raw[names.GAME_TICKS].insert_one({**(tick or {}), "_id": ObjectId(), "sessionId": "late"})


def over_all_time(uri: str, collection: str, index: int) -> dict[str, Any]:
    """Return the document about a player over all time from one of our collections.

    Raises:
        ClusterError: there is none.
    """
    identity = f"all/{player_key(name_of(index))}"
    with MongoResource(uri=uri).open() as mongo:
        found: dict[str, Any] | None = mongo.analytics[collection].find_one({"_id": identity})
    if found is None:
        raise ClusterError(f"no {identity} in {collection}")
    return found


def count(uri: str, collection: str, **filters: Any) -> int:
    """Count documents of a collection of ours, or of the raw hiscores."""
    with MongoResource(uri=uri).open() as mongo:
        database = mongo.raw if collection == names.HISCORES else mongo.analytics
        return int(database[collection].count_documents(filters))


def name_of(index: int) -> str:
    """Return a player's name."""
    return player_name(index)


def must(holds: bool, otherwise: str) -> None:
    """Fail unless a condition holds.

    Raises:
        ClusterError: it does not hold.
    """
    if not holds:
        raise ClusterError(otherwise)
