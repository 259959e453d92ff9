"""`wrapped forget` and `wrapped export`: what leaves, what stays away, and what an export brings back."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from player_stats.store.groups import make_groups
from player_stats.store.linked_names import apply_links
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from player_stats.work.plan import make_plan, work_due
from wrapped_cli.commands import run
from wrapped_cli.commands.doctor_checks import forgotten
from wrapped_devkit.generator import generate
from wrapped_shared import collections as names
from wrapped_shared.forgotten import forgotten_id
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key
from wrapped_shared.periods import day_start_ms

FIRST, SECOND = "2024-08-12", "2024-08-13"
SNAPSHOT = {"mode": "hiscore_oldschool", "account_type": "regular", "skills": {}, "activities": {}, "bosses": {}}


@pytest.fixture
def mongo(contract_mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    monkeypatch.setenv("WRAPPED_FIRST_DAY", "2024-08-01")
    ensure_indexes(contract_mongo.raw, contract_mongo.analytics)
    return contract_mongo


def telemetry(players: int = 3) -> list[tuple[str, dict[str, Any]]]:
    return list(generate(players=players, days=2, ticks=40, seed=5, start=FIRST))


def store(mongo: MongoResource, events: list[tuple[str, dict[str, Any]]]) -> None:
    for name in names.RAW_EVENT_COLLECTIONS:
        found = [document for collection, document in events if collection == name]
        if found:
            mongo.raw[name].insert_many(found)


def compute_owed(mongo: MongoResource) -> None:
    now = datetime.now(UTC)
    make_plan(mongo, "2024-08-01", now, thorough=True)
    compute(Reader(mongo, "2024-08-01"), [work.day for work in work_due(mongo.analytics, "2024-08-01", now)])
    apply_links(mongo.analytics)
    make_owed_reports(mongo.analytics)
    make_owed_ranks(mongo.analytics)
    make_groups(mongo.analytics)


def reports(mongo: MongoResource) -> dict[str, Any]:
    found = mongo.analytics[names.WRAPPED_REPORTS].find({}, {"generated_at": 0, "revision": 0})
    return {report["_id"]: report for report in found}


def texts_with(mongo: MongoResource, *wanted: str) -> list[str]:
    """Every document of both databases that contains one of the names, in any form."""
    return [
        f"{name}: {document['_id']!r}"
        for base in (mongo.raw, mongo.analytics)
        for name in base.list_collection_names()
        for document in base[name].find()
        if any(one in repr(document).lower().replace("_", " ").replace("-", " ") for one in wanted)
    ]


def fill(mongo: MongoResource, key: str, name: str) -> None:
    """What other locations and people store of a player."""
    slot = f"{FIRST}T00:00:00Z"
    mongo.raw[names.HISCORES].insert_many(
        [
            {"_id": f"{key}|{slot}", "player": name, "player_key": key, "slot": slot, **SNAPSHOT},
            {"_id": ObjectId(), "username": name, "timestamp": day_start_ms(SECOND) / 1000, "skills": {}, "bosses": {}},
        ]
    )
    written = {"bypass_document_validation": True}
    mongo.analytics[names.HISCORES_ROSTER].insert_one({"_id": key, "player": name})
    mongo.analytics[names.HISCORES_PLAYERS].insert_one({"_id": key, "player": name}, **written)
    mongo.analytics[names.HISCORES_GAINS].insert_one({"_id": f"all/{key}", "player_key": key}, **written)
    card = {"_id": f"all/{key}/1200x630", "player_key": key, "period": "all", "file_id": ObjectId()}
    mongo.analytics[names.SHARE_CARDS].insert_one(card, **written)
    mongo.analytics[f"{names.SHARE_CARDS}.files"].insert_one({"_id": card["file_id"], "filename": f"{key}.png"})
    mongo.analytics[f"{names.SHARE_CARDS}.chunks"].insert_one({"files_id": card["file_id"], "data": f"{key}'s"})
    mongo.analytics[names.CARD_REQUESTS].insert_one({"_id": f"all/{key}"})
    mongo.analytics[names.NAME_CANDIDATES].insert_one({"_id": f"{key}|x", "old": key, "now": "x"}, **written)


@pytest.mark.slow
def test_nothing_of_a_forgotten_player_is_stored_and_nothing_comes_back(
    mongo: MongoResource, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    events = telemetry()
    store(mongo, events)
    name = next(document["username"] for _, document in events)
    key = player_key(name) or ""
    fill(mongo, key, name)
    mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "clan", "members": [name.upper(), "somebody"]})
    compute_owed(mongo)
    assert run(["forget", name, "--yes"]) == 0
    assert not texts_with(mongo, key)
    own = [(collection, document) for collection, document in events if player_key(document["username"]) == key]
    lines = [json.dumps({"collection": c, "document": d}, default=lambda _id: {"$oid": str(_id)}) for c, d in own]
    path = tmp_path / "old.jsonl"
    path.write_text("\n".join(lines))
    capsys.readouterr()
    assert run(["import", str(path)]) == 0
    assert f"skipped: {len(own):,} rows of forgotten players" in capsys.readouterr().out
    store(mongo, own)  # the ingestor knows of nobody forgotten
    compute_owed(mongo)
    assert {document.partition(":")[0] for document in texts_with(mongo, key)} == {c for c, _ in own}
    assert f"{len(own):,} raw documents stored since" in forgotten(mongo)
    assert run(["forget", "--sweep"]) == 0
    assert not texts_with(mongo, key)
    assert forgotten(mongo) == "1 name"


@pytest.mark.slow
def test_an_export_brings_a_forgotten_player_back(mongo: MongoResource, tmp_path: Path) -> None:
    events = telemetry()
    store(mongo, events)
    old, new, _ = sorted({player_key(document["username"]) or "" for _, document in events})
    fill(mongo, old, old)
    mongo.analytics[names.HISCORES_GAINS].delete_many({})  # the hiscores location computes them from the snapshots
    mongo.analytics[names.PLAYER_NAMES].insert_one(
        {"_id": f"{old}|{SECOND}", "old": old, "now": new, "from_day": SECOND}
    )
    compute_owed(mongo)
    mongo.analytics[names.SEALED].insert_one({"_id": "raw", "before": SECOND})
    before = reports(mongo)
    snapshots = list(mongo.raw[names.HISCORES].find())
    path = tmp_path / "player.jsonl.gz"
    assert run(["export", old, str(path)]) == 0
    assert run(["forget", old, "--yes"]) == 0
    assert not texts_with(mongo, old, new)
    assert run(["forget", "--undo", old]) == 0
    assert run(["import", str(path)]) == 0
    compute_owed(mongo)
    after = reports(mongo)
    for identity, report in before.items():
        assert after[identity] == report, identity
    assert after.keys() == before.keys()
    assert list(mongo.raw[names.HISCORES].find()) == snapshots
    assert mongo.analytics[names.PLAYER_NAMES].count_documents({"old": old, "now": new}) == 1


def test_an_export_holds_canonical_documents_of_the_player_only(mongo: MongoResource, tmp_path: Path) -> None:
    events = telemetry(2)
    store(mongo, events)
    name = events[0][1]["username"]
    path = tmp_path / "player.jsonl.gz"
    assert run(["export", name, str(path)]) == 0
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    own = [document["_id"] for _, document in events if document["username"] == name]
    assert sorted(line["document"]["_id"]["$oid"] for line in lines) == sorted(map(str, own))
    assert all(set(line) == {"collection", "document"} for line in lines)
    assert lines[0]["document"]["timestamp"].keys() <= {"$numberLong", "$numberInt", "$numberDouble"}


def test_rows_of_a_player_forgotten_in_mid_import_do_not_stay(
    mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = telemetry(1)
    name = player_key(events[0][1]["username"]) or ""
    path = tmp_path / "own.jsonl"
    lines = [json.dumps({"collection": c, "document": d}, default=lambda _id: {"$oid": str(_id)}) for c, d in events]
    path.write_text("\n".join(lines))
    from wrapped_cli.importers.load import Loader

    insert = Loader._insert

    def forgotten_meanwhile(self: Loader, collection: str, batch: list[Any]) -> list[Any]:
        new = insert(self, collection, batch)
        ban = {"until": None, "at": datetime.now(UTC)}
        mongo.analytics[names.FORGOTTEN_PLAYERS].update_one({"_id": forgotten_id(name, None)}, {"$set": ban}, True)
        return new

    monkeypatch.setattr(Loader, "_insert", forgotten_meanwhile)
    assert run(["import", str(path)]) == 0
    assert not texts_with(mongo, name)
    assert mongo.analytics[names.FORGOTTEN_PLAYERS].count_documents({}) == 1


def test_forgetting_asks_first(mongo: MongoResource, capsys: pytest.CaptureFixture[str]) -> None:
    store(mongo, telemetry(1))
    name = mongo.raw[names.GAME_TICKS].find_one({})["username"]  # type: ignore[index]
    assert run(["forget", name]) == 1
    assert "confirm with --yes" in capsys.readouterr().err
    assert mongo.raw[names.GAME_TICKS].count_documents({"username": name}) == 80
    assert mongo.analytics[names.FORGOTTEN_PLAYERS].count_documents({}) == 0


@pytest.mark.parametrize("arguments", [["forget"], ["forget", "Ann", "--sweep"], ["forget", " ", "--yes"]])
def test_wrong_use_is_one_line(mongo: MongoResource, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) != 0
    assert capsys.readouterr().err.count("\n") == 1
