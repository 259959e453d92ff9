"""`wrapped prune`: what it shows, asks and refuses."""

import pytest
from test_forget_and_export import compute_owed, reports, store, telemetry
from wrapped_cli.commands import run
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource


@pytest.fixture
def mongo(contract_mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    monkeypatch.setenv("WRAPPED_FIRST_DAY", "2024-08-01")
    ensure_indexes(contract_mongo.raw, contract_mongo.analytics)
    store(contract_mongo, telemetry())
    return contract_mongo


def events(mongo: MongoResource) -> int:
    return sum(mongo.raw[name].count_documents({}) for name in names.RAW_EVENT_COLLECTIONS)


@pytest.mark.slow
def test_it_refuses_in_one_line_shows_what_it_would_remove_and_removes_it_when_told_so(
    mongo: MongoResource, capsys: pytest.CaptureFixture[str]
) -> None:
    there = events(mongo)
    assert run(["prune", "--before", "2024-08-14", "--yes"]) == 1
    refused = capsys.readouterr().err.splitlines()
    assert len(refused) == 1
    assert "are owed" in refused[0]
    assert "wrapped run" in refused[0]
    compute_owed(mongo)
    before = reports(mongo)
    assert run(["prune", "--before", "2024-08-13"]) == 1
    shown = capsys.readouterr()
    assert "game_ticks: " in shown.out
    assert "confirm with --yes" in shown.err
    assert events(mongo) == there
    assert run(["prune", "--before", "2024-08-14", "--yes"]) == 0
    assert f"removed: {there:,} raw events; the days before 2024-08-14 are sealed" in capsys.readouterr().out
    compute_owed(mongo)
    assert (events(mongo), reports(mongo)) == (0, before)
    assert run(["prune", "--before", "2999-01-01", "--yes"]) == 1
    assert "a day before today" in capsys.readouterr().err
