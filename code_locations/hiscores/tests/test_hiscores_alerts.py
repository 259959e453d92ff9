"""What the alerts of `hiscores` say the site refuses, and who has not been looked up."""

from datetime import UTC, datetime, timedelta

import pytest
from hiscores.store.faults import faults
from wrapped_shared.collections import HISCORES_PLAYERS
from wrapped_shared.mongo import MongoResource


def reported(mongo: MongoResource) -> dict[str, str]:
    return {fault.key: fault.text for fault in faults(mongo)}


def test_blocked_and_overdue_players_are_faults(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@localhost")
    now = datetime.now(UTC)
    states = mongo.analytics[HISCORES_PLAYERS]
    states.insert_one({"_id": "a", "status": "ok", "next_due": now - timedelta(minutes=110)})
    assert reported(mongo) == {}
    states.insert_one({"_id": "b", "status": "blocked", "next_due": now - timedelta(hours=3)})
    found = reported(mongo)
    assert found["data/blocked"] == "the hiscores blocked lookups of 1 player"
    assert found["data/overdue"].startswith("1 player should have been looked up by ")
    monkeypatch.delenv("WRAPPED_CONTACT")
    assert reported(mongo).keys() == {"data/blocked"}  # without a contact nobody is looked up
    states.insert_many([{"_id": number, "status": "blocked", "next_due": now} for number in range(1_200)])
    assert "1,000 players or more" in reported(mongo)["data/blocked"]
