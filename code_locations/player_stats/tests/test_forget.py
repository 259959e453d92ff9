"""A forgotten player: all documents and the bookkeeping are those of databases that never had the player."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from player_stats.definitions import forget
from player_stats.store.ledger import owed_days
from stats_world import Documents, generated, news, store, stored
from wrapped_shared import collections as names
from wrapped_shared.forgotten import forgotten_documents
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key
from wrapped_shared.tenures import Link, Tenures

START = "2024-08-12"
GENERATED: dict[str, Any] = {"players": 4, "days": 3, "ticks": 120, "seed": 7, "start": START, "hostile": True}


@pytest.fixture(autouse=True)
def _first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", "2024-08-01")


@pytest.fixture(scope="module")
def telemetry() -> Documents:
    return generated(**GENERATED)


@pytest.fixture
def other(mongo: MongoResource) -> Iterator[MongoResource]:
    """A second pair of databases, which never has the player."""
    databases = {"raw_database": f"{mongo.raw_database}-o", "analytics_database": f"{mongo.analytics_database}-o"}
    with MongoResource(uri=mongo.uri, **databases).open() as opened:
        yield opened
        for name in databases.values():
            opened.client.drop_database(name)


def players_of(telemetry: Documents) -> list[str]:
    keys = {player_key(document.get("username")) for found in telemetry.values() for document in found}
    return sorted(key for key in keys if key)


def without(telemetry: Documents, *keys: str) -> Documents:
    return {
        name: [document for document in found if player_key(document.get("username")) not in keys]
        for name, found in telemetry.items()
    }


def ban(key: str, *links: Link) -> list[dict[str, Any]]:
    tenures = Tenures(links)
    return forgotten_documents(tenures, key, datetime(2024, 9, 1, tzinfo=UTC))


def computed(mongo: MongoResource) -> None:
    assert news(mongo).success


def everything(mongo: MongoResource) -> dict[str, Any]:
    """All results, and the bookkeeping of days as far as it is the same however they were read."""
    found: dict[str, Any] = stored(mongo)
    found["seen"] = {
        day["_id"]: {
            collection: {label: (part["n"], part["newest"]) for label, part in parts.items()}
            for collection, parts in day["seen"].items()
        }
        for day in mongo.analytics[names.DAY_LEDGER].find()
        if day.get("seen")
    }
    found["tallies"] = {
        day["_id"]: day["tallies"] for day in mongo.analytics[names.DAY_LEDGER].find() if day.get("seen")
    }
    found["groups"] = list(mongo.analytics[names.PLAYER_GROUPS].find())
    found["raw"] = {
        name: sorted(repr(document["_id"]) for document in mongo.raw[name].find({}, {"_id": 1}))
        for name in names.RAW_EVENT_COLLECTIONS
    }
    for removed in (names.REPORT_REQUESTS, names.RANK_REQUESTS, names.REMOVALS):
        found[removed] = list(mongo.analytics[removed].find())
    return found


def group(mongo: MongoResource, *members: str) -> None:
    mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "clan", "members": list(members)})


def owed(mongo: MongoResource) -> list[str]:
    return [work.day for work in owed_days(mongo.analytics, "2024-08-01", "2099-01-01", 1000)]


@pytest.mark.parametrize("number", range(4))
def test_a_forgotten_player_leaves_the_databases_as_if_never_seen(
    mongo: MongoResource, other: MongoResource, telemetry: Documents, number: int
) -> None:
    players = players_of(telemetry)
    gone = players[number]
    store(mongo, telemetry)
    group(mongo, *players)
    computed(mongo)
    removed = forget(mongo, ban(gone))
    store(other, without(telemetry, gone))
    group(other, *(key for key in players if key != gone))
    computed(other)
    assert removed.events == sum(map(len, telemetry.values())) - sum(map(len, without(telemetry, gone).values()))
    found, wanted = everything(mongo), everything(other)
    for name in wanted:
        assert found[name] == wanted[name], name
    assert not owed(mongo), "events of others would be read again"
