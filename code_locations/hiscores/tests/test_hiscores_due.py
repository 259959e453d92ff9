"""The location's answer to `wrapped run`: whether its job has something to do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hiscores.store.due import count_snapshots, due, note_gains
from wrapped_shared.mongo import MongoResource


def entry(key: str, *, played: datetime | None = None) -> dict[str, Any]:
    first_seen = datetime(2024, 1, 1, tzinfo=UTC)
    return {
        "_id": key, "player": key, "sources": ["telemetry"], "first_seen": first_seen, "last_telemetry": played,
    }  # fmt: skip


@pytest.fixture
def settled(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    """Everything is computed, two players are known, and one of them is due in an hour or two."""
    for name in ("WRAPPED_CONTACT", "HISCORES_ROSTER"):
        monkeypatch.delenv(name, raising=False)
    mongo.analytics["day_ledger"].insert_one({"_id": "2024-08-13", "owed": False})
    mongo.analytics["wrapped_reports"].insert_one({"_id": "all/ann", "period": "all", "player_key": "ann"})
    mongo.analytics["hiscores_roster"].insert_many([entry("ann"), entry("bob")])
    later = datetime.now(UTC) + timedelta(hours=2)
    mongo.analytics["hiscores_players"].insert_many(
        [{"_id": key, "next_due": later, "snapshot_at": None} for key in ("ann", "bob")]
    )
    return mongo


def event(player: str, at: datetime) -> dict[str, Any]:
    return {"username": player, "timestamp": at.timestamp() * 1000}


def test_nothing_is_due_if_everything_is_known_and_nobody_waits(
    settled: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert due(settled) is None
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    assert due(settled) is None


@pytest.mark.parametrize("collection", ["wrapped_reports", "player_groups", "game_ticks"])
def test_a_name_that_the_roster_lacks_makes_a_run_due(settled: MongoResource, collection: str) -> None:
    base = settled.raw if collection == "game_ticks" else settled.analytics
    document = {
        "wrapped_reports": {"_id": "all/cat", "period": "all", "player_key": "cat"},
        "player_groups": {"_id": "Otters", "members": ["Cat", 7, "a name too long"]},
        "game_ticks": event("Cat", datetime.now(UTC) - timedelta(hours=1)),
    }[collection]
    base[collection].insert_one(document)
    assert due(settled) == "there are new names"


def test_names_in_telemetry_count_before_it_is_computed(settled: MongoResource) -> None:
    settled.raw["game_ticks"].insert_one(event("Cat", datetime(2024, 8, 14, tzinfo=UTC)))
    assert due(settled) is None  # from a day that was read before the event arrived
    settled.analytics["day_ledger"].insert_one({"_id": "2024-08-14", "day": "2024-08-14", "owed": True})
    assert due(settled) == "there are new names"


def test_players_who_played_since_make_the_roster_due(settled: MongoResource) -> None:
    now = datetime.now(UTC)
    roster = settled.analytics["hiscores_roster"]
    roster.update_one({"_id": "ann"}, {"$set": {"last_telemetry": now - timedelta(minutes=40)}})
    settled.raw["game_ticks"].insert_one(event("Ann", now - timedelta(minutes=50)))
    assert due(settled) is None
    settled.raw["game_ticks"].insert_one(event("Ann", now - timedelta(minutes=30)))
    assert due(settled) == "players have played"


def test_players_are_due_only_with_a_contact(settled: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    settled.analytics["hiscores_players"].update_one(
        {"_id": "bob"}, {"$set": {"next_due": datetime(2024, 1, 1, tzinfo=UTC)}}
    )
    assert due(settled) is None
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    assert due(settled) == "players are due"
    settled.analytics["hiscores_players"].delete_one({"_id": "bob"})
    assert due(settled) == "players were never looked up"


def test_a_player_removed_by_hand_makes_nothing_due(settled: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    settled.analytics["hiscores_roster"].insert_one({"_id": "cat", "tracked": False})
    settled.raw["game_ticks"].insert_one(event("Cat", datetime.now(UTC) - timedelta(hours=1)))
    assert due(settled) is None


def test_snapshots_missing_from_the_gains_make_a_run_due(settled: MongoResource) -> None:
    settled.raw["hiscores"].insert_many([{"_id": f"ann|{n}"} for n in range(3)])
    assert due(settled) == "snapshots are newer than the gains"
    note_gains(settled.analytics, count_snapshots(settled.raw))
    assert due(settled) is None
    settled.raw["hiscores"].delete_one({"_id": "ann|1"})
    assert due(settled) == "snapshots are newer than the gains"


def test_gains_in_an_older_format_make_a_run_due(settled: MongoResource) -> None:
    gains = {"_id": "all/ann", "period": "all", "player_key": "ann", "to": datetime.now(UTC), "schema_version": 0}
    settled.analytics["hiscores_gains"].insert_one(gains)
    assert due(settled) == "gains have an older format"
