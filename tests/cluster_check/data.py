"""Telemetry for the test, and the expected results.

What belongs here: loading, and figures counted in the simplest way. What does not: the cluster.
"""

from collections import Counter
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
TICKS: Final = 400
PASSERS_BY: Final = 424
"""Players with a few ticks on the last day: enough reports for a run of four shards to cut them into four."""


def days() -> list[str]:
    """Return the days of the telemetry: the last ones before today."""
    today = datetime.now(UTC).date()
    return [(today - timedelta(days=back)).isoformat() for back in range(DAYS, 0, -1)]


def load(uri: str) -> int:
    """Load the telemetry; return how many events."""
    with MongoResource(uri=uri).open() as mongo:
        counts = write(mongo.raw, mongo.analytics, players=PLAYERS, days=DAYS, ticks=TICKS, seed=7, start=days()[0])
        mongo.analytics[names.DAY_REQUESTS].delete_many({})  # the test requests days itself
        passing = _passing(mongo)
        mongo.raw[names.GAME_TICKS].insert_many(passing)
    return sum(counts.values()) + len(passing)


def _passing(mongo: MongoResource) -> list[dict[str, Any]]:
    """The ticks of the passers-by: five each, in one hour or another."""
    start = int(datetime.fromisoformat(days()[-1]).replace(tzinfo=UTC).timestamp() * 1000)
    tick = mongo.raw[names.GAME_TICKS].find_one({}, {"_id": 0}) or {}
    return [
        {
            **tick,
            "username": name_of(PLAYERS + index),
            "sessionId": f"passing-{index}",
            "timestamp": start + index % 24 * 3_600_000 + number * 600,
            "tickCount": number,
        }
        for index in range(PASSERS_BY)
        for number in range(5)
    ]


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


def documents(uri: str) -> dict[str, Any]:
    """Return the days, reports and quality that are stored, by collection and `_id`, without who wrote them when."""
    without = {"revision": 0, "generated_at": 0}
    with MongoResource(uri=uri).open() as mongo:
        return {
            f"{collection}/{one['_id']}": one
            for collection in (names.PLAYER_DAYS, names.WRAPPED_REPORTS, names.DATA_QUALITY)
            for one in mongo.analytics[collection].find({}, without)
        }


def owe_all(uri: str) -> None:
    """Remove all that was computed, and request all days."""
    forget_results(uri)
    with MongoResource(uri=uri).open() as mongo:
        for day in days():
            _request(mongo, day)


def owe_day(uri: str, day: str) -> None:
    """Remove what was computed of one day, and all reports of the periods it lies in, and request it."""
    with MongoResource(uri=uri).open() as mongo:
        for collection in (names.PLAYER_DAYS, names.PLAYER_HOURS):
            mongo.analytics[collection].delete_many({"day": day})
        quality = {"_id": {"$in": [f"{collection}|{day}" for collection in names.RAW_EVENT_COLLECTIONS]}}
        mongo.analytics[names.DATA_QUALITY].delete_many(quality)
        mongo.analytics[names.WRAPPED_REPORTS].delete_many({"period": {"$in": ["all", day[:4]]}})
        _request(mongo, day)


def _request(mongo: MongoResource, day: str) -> None:
    request = {"$set": {"reason": "removed by the test", "token": ObjectId()}}
    mongo.analytics[names.DAY_REQUESTS].update_one({"_id": day}, request, upsert=True)


def forget_results(uri: str) -> None:
    """Remove all days, what is merged of them, reports and quality."""
    merged = names.PLAYER_HOURS, names.PLAYER_DAYS, names.PLAYER_MONTHS, names.PLAYER_MERGES
    with MongoResource(uri=uri).open() as mongo:
        for collection in (*merged, names.WRAPPED_REPORTS, names.DATA_QUALITY):
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
