"""No player's name gets into Dagster's storage or logs, whatever the locations compute, check and scrape."""

import re
from pathlib import Path

import password_leaks
import pytest
from pymongo.errors import BulkWriteError, DuplicateKeyError
from wrapped_cli import commands
from wrapped_devkit.generator import write
from wrapped_devkit.osrs_server.serve import build, upstream_settings
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource, describe_error
from wrapped_shared.names import player_key

FIRST, SECOND = "2024-08-12", "2024-08-13"


@pytest.mark.slow
def test_no_file_of_the_instance_names_a_player(
    contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    stand_in = build(players=20).server
    settings = {"MONGO_URI": contract_mongo.uri, "DAGSTER_HOME": str(tmp_path / "dagster")}
    settings |= {"WRAPPED_FIRST_DAY": "2024-08-01", **upstream_settings(stand_in.url)}
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    write(contract_mongo.raw, contract_mongo.analytics, players=4, days=2, ticks=60, seed=3, start=FIRST, hostile=True)
    contract_mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "clan", "members": ["Zezima Qua"]})
    with stand_in:
        assert commands.run(["run"]) == 0
    # A report that differs from its days fails a check.
    contract_mongo.analytics[names.WRAPPED_REPORTS].update_one({"period": "all"}, {"$set": {"loot.kills": 999_999}})
    assert commands.run(["run", "--location", "player_stats", "--from", FIRST, "--to", SECOND]) == 0
    keys = {report["player_key"] for report in contract_mongo.analytics[names.WRAPPED_REPORTS].find()}
    keys |= {entry["_id"] for entry in contract_mongo.analytics[names.HISCORES_ROSTER].find()}
    assert "zezima qua" in keys
    keys = {key for key in keys if re.fullmatch("[a-z]+ [a-z]+", key)}  # "null" and other odd names occur by chance
    assert len(keys) >= 4
    stored = password_leaks.stored(tmp_path / "dagster") + "".join(capfd.readouterr())
    found = (player_key(stored) or "").replace("+", " ").replace("%20", " ")
    assert "events read" in found, "nothing was searched"
    assert not [key for key in keys if key in found]


@pytest.mark.parametrize(
    "error",
    [
        DuplicateKeyError('E11000 dup key: { _id: "iron bob" }', 11000, {"code": 11000}),
        BulkWriteError({"writeErrors": [{"code": 121, "errmsg": "iron bob", "op": {"q": "iron bob"}}]}),
    ],
    ids=["duplicate", "bulk"],
)
def test_a_failed_write_is_described_without_its_document(error: Exception) -> None:
    text = describe_error(error, "mongodb://127.0.0.1:27017")  # type: ignore[arg-type]
    assert "iron bob" not in text
    assert str(error.code if isinstance(error, DuplicateKeyError) else 121) in text
