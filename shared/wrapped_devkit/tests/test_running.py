"""`wrapped run`: it computes what MongoDB calls for, through Dagster, and says what happened."""

import copy
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from wrapped_devkit import cli, embedded
from wrapped_devkit.generator import write
from wrapped_devkit.pending import pending_days
from wrapped_devkit.runner.plan import player_stats_runs, stretches
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, today

FIRST = "2024-08-13"


@pytest.fixture
def at_work(contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    """The command's environment: this test's server, and an instance of its own."""
    home = tmp_path / "dagster"
    home.mkdir()
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    monkeypatch.delenv("WRAPPED_FIRST_DAY", raising=False)
    return contract_mongo


def tick(player: str, day: str, number: int) -> dict[str, Any]:
    return {
        "timestamp": day_start_ms(day) + 600 * number,
        "username": player,
        "tickCount": number,
        "sessionId": f"session-{day}",
        "data": {"energy": 10000, "location": {"x": 3200, "y": 3200}},
    }


def analytics(mongo: MongoResource) -> dict[str, dict[Any, Any]]:
    names = ("player_days", "wrapped_reports", "data_quality")
    return {name: {document["_id"]: document for document in mongo.analytics[name].find()} for name in names}


def run(*arguments: str) -> int:
    return cli.run(["run", "--location", "player_stats", *arguments])


def test_a_run_computes_what_waits_and_the_next_one_changes_nothing(
    at_work: MongoResource, capsys: pytest.CaptureFixture[str]
) -> None:
    write(at_work.raw, at_work.analytics, players=5, days=2, ticks=60, seed=3, start=FIRST, hostile=True)
    assert run() == 0
    assert "done days 2024-08-13 to" in capsys.readouterr().out
    first = analytics(at_work)
    assert len(first["wrapped_reports"]) >= 10
    assert pending_days(at_work.raw, at_work.analytics) == {}
    assert at_work.analytics["day_requests"].count_documents({"_id": {"$lte": today()}}) == 0
    assert run() == 0
    assert "no day waits to be computed" in capsys.readouterr().out
    assert analytics(at_work) == first
    for name in first:  # what the instance remembers does not matter
        at_work.analytics[name].drop()
    assert run() == 0
    again = analytics(at_work)
    for name, documents in first.items():
        assert again[name].keys() == documents.keys()
    assert again["player_days"] == first["player_days"]


def test_changed_days_are_found_from_mongodb_alone(at_work: MongoResource) -> None:
    ticks = [tick("Ann", day, number) for day in (FIRST, "2024-08-20") for number in range(5)]
    at_work.raw["game_ticks"].insert_many(copy.deepcopy(ticks))
    assert run() == 0
    at_work.raw["game_ticks"].delete_one({"timestamp": day_start_ms(FIRST)})
    assert list(pending_days(at_work.raw, at_work.analytics)) == [FIRST]
    at_work.raw["game_ticks"].insert_one(tick("Bob", FIRST, 1))  # as many as before, but another
    assert list(pending_days(at_work.raw, at_work.analytics)) == [FIRST]
    at_work.raw["loot_received"].insert_one(tick("Ann", "2023-01-01", 1))
    at_work.raw["loot_received"].insert_one(tick("Ann", "2199-01-01", 1))
    assert list(pending_days(at_work.raw, at_work.analytics)) == ["2023-01-01", FIRST]
    at_work.analytics["day_requests"].insert_many(
        [{"_id": "2024-08-20", "reason": "x"}, {"_id": "2199-01-01", "reason": "x"}]
    )
    assert list(pending_days(at_work.raw, at_work.analytics)) == ["2023-01-01", FIRST, "2024-08-20"]
    assert run() == 0
    assert pending_days(at_work.raw, at_work.analytics) == {}
    assert [request["_id"] for request in at_work.analytics["day_requests"].find()] == ["2199-01-01"]


def test_one_player_alone_can_be_recomputed(at_work: MongoResource, capsys: pytest.CaptureFixture[str]) -> None:
    at_work.raw["game_ticks"].insert_many([tick(name, FIRST, 1) for name in ("Ann", "Bob_B")])
    assert run("--player", "bob b", "--player", "Nobody") == 0
    assert "no sound event of player 'nobody'" in capsys.readouterr().out
    assert analytics(at_work)["wrapped_reports"].keys() == {"2024/bob b", "all/bob b"}
    assert run() == 0
    assert analytics(at_work)["wrapped_reports"].keys() == {"2024/bob b", "all/bob b", "2024/ann", "all/ann"}


def test_a_range_is_computed_whatever_is_stored(at_work: MongoResource, capsys: pytest.CaptureFixture[str]) -> None:
    at_work.raw["game_ticks"].insert_many([tick("Ann", day, 1) for day in (FIRST, "2024-08-14", "2024-08-15")])
    assert run("--from", "2024-08-14", "--to", "2024-08-14") == 0
    assert analytics(at_work)["player_days"].keys() == {"ann|2024-08-14"}
    assert run("--from", "soon") == 1
    assert "--from takes a day such as" in capsys.readouterr().err


def test_garbage_ends_well_and_is_told(at_work: MongoResource, capsys: pytest.CaptureFixture[str]) -> None:
    at_work.raw["game_ticks"].insert_many([{"timestamp": day_start_ms(FIRST), "junk": n} for n in range(9)])
    assert run() == 0
    assert "check failed (error): raw/game_ticks" in capsys.readouterr().out
    assert analytics(at_work)["wrapped_reports"] == {}


def test_what_cannot_work_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.run(["run", "--location", "moon"]) == 1
    assert capsys.readouterr().err.startswith("wrapped: no code location 'moon': choose from player_stats")
    monkeypatch.setenv("MONGO_URI", "mongodb://me:sesame@127.0.0.1:1/?serverSelectionTimeoutMS=200")
    assert cli.run(["run"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "127.0.0.1:1" in error
    assert "sesame" not in error


def test_pruned_days_are_sealed_and_wait_for_nothing(at_work: MongoResource) -> None:
    at_work.raw["game_ticks"].insert_many([tick("Ann", day, 1) for day in (FIRST, "2024-08-14", "2024-08-15")])
    assert run() == 0
    at_work.raw["game_ticks"].delete_many({"timestamp": {"$lt": day_start_ms("2024-08-15")}})
    before = analytics(at_work)
    assert pending_days(at_work.raw, at_work.analytics) == {}
    at_work.analytics["day_requests"].insert_many([{"_id": day, "reason": "x"} for day in (FIRST, "2024-02-30")])
    assert list(pending_days(at_work.raw, at_work.analytics)) == [FIRST]
    assert run() == 0
    after = analytics(at_work)
    assert after["player_days"] == before["player_days"]
    assert after["wrapped_reports"] == before["wrapped_reports"]
    assert pending_days(at_work.raw, at_work.analytics) == {}


def test_stretches_join_days_over_small_gaps() -> None:
    days = ["2024-01-31", "2024-02-01", "2024-02-04", "2024-02-08"]
    assert stretches(days) == [("2024-01-31", "2024-02-04"), ("2024-02-08", "2024-02-08")]
    assert stretches([]) == []


def test_chosen_players_leave_data_quality_alone() -> None:
    runs = player_stats_runs(["2024-01-31"], ["Ann"])
    assert [planned.job for planned in runs] == ["daily_wrapped", "make_reports"]
    assert runs[0].assets == ["player_stats/player_days"]


@pytest.mark.slow
def test_a_server_that_dies_in_mid_run_fails_it_clearly_and_the_next_run_completes_it(tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    home.mkdir()
    server = embedded.start(tmp_path / "mongo", tied=True)
    with MongoResource(uri=server.uri).open() as mongo:
        write(mongo.raw, mongo.analytics, players=5, days=12, ticks=600, seed=3, start=FIRST)
    uri = f"mongodb://127.0.0.1:{server.port}/?serverSelectionTimeoutMS=2000"
    environment = {**os.environ, "MONGO_URI": uri, "DAGSTER_HOME": str(home)}
    command = [sys.executable, "-c", "from wrapped_devkit.cli import main; main()", "run", "--location", "player_stats"]
    try:
        first = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        while not _has_begun(home):
            assert first.poll() is None
            time.sleep(0.1)
        os.kill(server.pid, signal.SIGKILL)
        output, _ = first.communicate(timeout=120)
        assert first.returncode == 1
        assert "failed: player_days: MongoDB at" in output
        assert "Traceback" not in output
        embedded.start(tmp_path / "mongo", port=server.port, tied=True)
        second = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
        assert second.returncode == 0, second.stdout + second.stderr
        with MongoResource(uri=server.uri).open() as mongo:
            assert pending_days(mongo.raw, mongo.analytics) == {}
            assert mongo.analytics["wrapped_reports"].count_documents({"period": "all"}) == 5
    finally:
        embedded.stop(tmp_path / "mongo", patience=0)


def _has_begun(home: Path) -> bool:
    """Whether the run's log tells of a first day."""
    return any(b"events of" in log.read_bytes() for log in home.rglob("*.db"))
