"""`wrapped run --player`: players missing from the hiscores are named on the terminal and counted in Dagster."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from dagster import AssetKey, DagsterInstance
from wrapped_cli import commands
from wrapped_cli.runner.missing_snapshots import without_snapshot
from wrapped_devkit.osrs_server.serve import build, upstream_settings
from wrapped_shared.mongo import MongoResource

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.slow
def test_the_command_names_players_not_found_and_dagster_counts_them(
    contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dagster").mkdir()
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    with build(players=20).server as server:
        for name, value in upstream_settings(server.url).items():
            monkeypatch.setenv(name, value)
        named = ["Player_1", "Ghost nobody", "PLAYER-9", "a name too long"]
        arguments = [word for name in named for word in ("--player", name)]
        assert commands.run(["run", "--location", "hiscores", *arguments]) == 0
    said = capsys.readouterr().out
    assert "hiscores: not found: Ghost nobody, PLAYER-9" in said
    assert "hiscores: not looked up: a name too long" in said
    assert "Player_1" not in said
    with DagsterInstance.get() as instance:
        event = instance.get_latest_materialization_event(AssetKey(["hiscores", "snapshots"]))
        assert event is not None
        assert event.asset_materialization is not None
        metadata = event.asset_materialization.metadata
    assert (metadata["not_found"].value, metadata["impossible_names"].value, metadata["ok"].value) == (2, 1, 1)
    assert "nobody" not in str(metadata)


def test_every_outcome_is_named_and_results_of_earlier_runs_are_not(mongo: MongoResource) -> None:
    statuses = {"ann": "ok", "bob": "not_found", "cat": "unranked", "dan": "blocked", "eve": "unavailable"}
    documents = [{"_id": key, "status": status, "checked_at": NOW} for key, status in statuses.items()]
    old = {"_id": "fay", "status": "not_found", "checked_at": NOW - timedelta(days=1)}
    mongo.analytics["hiscores_players"].insert_many([*documents, old])
    assert list(without_snapshot(mongo.analytics, ["Ann", "Bob", "Cat", "Dan", "Eve", "Fay", "Gus"], NOW)) == [
        "hiscores: listed, but unranked in every row: Cat",
        "hiscores: no valid response: Dan, Eve",
        "hiscores: not found: Bob",
        "hiscores: not looked up: Fay, Gus",
    ]
