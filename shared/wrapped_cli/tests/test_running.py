"""`wrapped run`: it computes what is owed, through Dagster, and says what happened."""

from pathlib import Path
from typing import Any

import pytest
from wrapped_cli import commands
from wrapped_cli.owed import read_owed
from wrapped_cli.runner.plan import day_ranges, days_runs
from wrapped_devkit.generator import write
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, today

FIRST = "2024-08-13"


@pytest.fixture
def at_work(contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    """The command's environment: this test's server, and its own instance."""
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "dagster"))
    monkeypatch.setenv("WRAPPED_FIRST_DAY", "2024-08-01")
    monkeypatch.delenv("WRAPPED_CONTACT", raising=False)
    return contract_mongo


def tick(player: str, day: str, number: int) -> dict[str, Any]:
    return {
        "timestamp": day_start_ms(day) + 600 * number,
        "username": player,
        "tickCount": number,
        "sessionId": f"session-{day}",
        "data": {"energy": 10000, "prayer": 99, "location": {"x": 3200, "y": 3200}},
    }


def analytics(mongo: MongoResource) -> dict[str, dict[Any, Any]]:
    names = ("player_days", "wrapped_reports", "data_quality")
    return {name: {document["_id"]: document for document in mongo.analytics[name].find()} for name in names}


def run(*arguments: str) -> int:
    return commands.run(["run", "--location", "player_stats", *arguments])


@pytest.mark.slow
def test_a_run_computes_what_is_owed_and_the_next_one_says_that_there_is_nothing_to_do(
    at_work: MongoResource, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(at_work.raw, at_work.analytics, players=5, days=2, ticks=60, seed=3, start=FIRST, hostile=True)
    assert run() == 0
    assert "done days and reports" in capsys.readouterr().out
    first = analytics(at_work)
    assert len(first["wrapped_reports"]) >= 10
    assert read_owed(at_work.analytics).due == 0
    assert at_work.analytics["day_requests"].count_documents({"_id": {"$lte": today()}}) == 0
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path / "another"))  # the instance's history does not matter
    assert run() == 0
    assert capsys.readouterr().out.split() == ["nothing", "to", "do:", "everything", "is", "up", "to", "date"]
    assert analytics(at_work) == first
    assert not list((tmp_path / "another").glob("history/runs/*"))


@pytest.mark.slow
def test_late_events_and_requests_are_found_using_only_mongodb(at_work: MongoResource) -> None:
    at_work.raw["game_ticks"].insert_many([tick("Ann", day, 1) for day in (FIRST, "2024-08-20")])
    assert run() == 0
    at_work.raw["game_ticks"].insert_one(tick("Bob", FIRST, 1))
    late = {**tick("Cat", "2024-08-20", 2), "_id": "an older one"}  # only a request reveals it
    at_work.raw["loot_received"].insert_one(late)
    requests = [{"_id": day, "reason": "x"} for day in ("2024-08-20", "2024-02-30", "2199-01-01")]
    at_work.analytics["day_requests"].insert_many(requests)
    assert run() == 0
    assert analytics(at_work)["player_days"].keys() == {
        f"ann|{FIRST}",
        f"bob|{FIRST}",
        "ann|2024-08-20",
        "cat|2024-08-20",
    }
    assert at_work.analytics["data_quality"].find_one({"_id": "loot_received|2024-08-20"}, {"read": 1})["read"] == 1
    assert {request["_id"] for request in at_work.analytics["day_requests"].find()} == {"2024-02-30", "2199-01-01"}
    assert read_owed(at_work.analytics).due == 0


@pytest.mark.slow
def test_a_single_player_can_be_recomputed(at_work: MongoResource, capsys: pytest.CaptureFixture[str]) -> None:
    at_work.raw["game_ticks"].insert_many([tick(name, FIRST, 1) for name in ("Ann", "BOB_B")])
    assert run("--player", "bob b", "--player", "Nobody") == 0
    assert "no event or report of player 'Nobody': nothing to run for them" in capsys.readouterr().out
    assert analytics(at_work)["wrapped_reports"].keys() == {"2024/bob b", "all/bob b"}
    assert analytics(at_work)["data_quality"] == {}
    assert run() == 0
    assert analytics(at_work)["wrapped_reports"].keys() == {"2024/bob b", "all/bob b", "2024/ann", "all/ann"}


@pytest.mark.slow
def test_a_first_run_without_a_contact_names_items_and_says_once_what_a_contact_adds(
    at_work: MongoResource, capsys: pytest.CaptureFixture[str]
) -> None:
    worn = [0, 6570, 19_554, 4151, *[0] * 8]  # the amulet as a placeholder
    for number in range(3):
        event = tick("Ann", FIRST, number)
        event["data"]["equipmentIds"] = [item and item + 512 for item in worn]
        at_work.raw["game_ticks"].insert_one(event)
    drop = {
        "actor": {"name": "Zulrah", "combatLevel": 725, "id": 2042, "type": 1},
        "items": [{"id": 537, "quantity": 2}],
    }
    at_work.raw["loot_received"].insert_one({**tick("Ann", FIRST, 2), "data": drop})
    assert commands.run(["run"]) == 0
    out = capsys.readouterr().out
    assert out.count("WRAPPED_CONTACT") == 1
    assert "check failed" not in out
    report = at_work.analytics["wrapped_reports"].find_one({"_id": "2024/ann"})
    assert report is not None
    assert {item["name"] for item in report["equipment"]} == {"Fire cape", "Amulet of torture", "Abyssal whip"}
    assert [item["name"] for item in report["loot"]["mobs"][0]["items"]] == ["Dragon bones"]
    assert commands.run(["run"]) == 0
    assert "nothing to do" in capsys.readouterr().out


@pytest.mark.slow
def test_nothing_is_run_for_unknown_players(
    at_work: MongoResource, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    at_work.raw["game_ticks"].insert_many([tick("Ann", FIRST, 1), tick("  ", FIRST, 1)])
    assert commands.run(["run", "--player", "Nobody", "--player", "  "]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in lines] == [
        "no event or report of player 'Nobody'", "no event or report of player '  '",
    ]  # fmt: skip
    assert not list((tmp_path / "dagster").glob("history/runs/*"))


@pytest.mark.slow
def test_a_range_is_computed_owed_or_not(at_work: MongoResource, capsys: pytest.CaptureFixture[str]) -> None:
    at_work.raw["game_ticks"].insert_many([tick("Ann", day, 1) for day in (FIRST, "2024-08-14", "2024-08-15")])
    assert run("--from", "2024-08-14", "--to", "2024-08-15") == 0
    assert analytics(at_work)["player_days"].keys() == {"ann|2024-08-14", "ann|2024-08-15"}
    assert analytics(at_work)["wrapped_reports"]["all/ann"]["coverage"]["days_tracked"] == 2
    assert run("--from", "soon") == 1
    assert "--from needs a day such as" in capsys.readouterr().err
    assert run("--from", "2024-08-15", "--to", "2024-08-14") == 1
    assert "--from 2024-08-15 is after --to 2024-08-14" in capsys.readouterr().err


@pytest.mark.slow
def test_garbage_does_not_fail_the_run_and_is_reported(
    at_work: MongoResource, capsys: pytest.CaptureFixture[str]
) -> None:
    at_work.raw["game_ticks"].insert_many([{"timestamp": day_start_ms(FIRST), "junk": n} for n in range(9)])
    assert run() == 0
    assert "check failed (error): raw/game_ticks" in capsys.readouterr().out
    assert analytics(at_work)["wrapped_reports"] == {}


@pytest.mark.slow
def test_wrong_arguments_are_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert commands.run(["run", "--location", "moon"]) == 1
    assert capsys.readouterr().err.startswith("wrapped: no code location 'moon': choose from player_stats")
    assert commands.run(["run", "--location", "hiscore"]) == 1
    assert capsys.readouterr().err == "wrapped: no code location 'hiscore': choose from hiscores\n"
    monkeypatch.setenv("MONGO_URI", "mongodb://me:sesame@127.0.0.1:1/?serverSelectionTimeoutMS=200")
    assert commands.run(["run"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "127.0.0.1:1" in error
    assert "sesame" not in error


def test_day_ranges_bridge_small_gaps() -> None:
    days = ["2024-01-31", "2024-02-01", "2024-02-04", "2024-02-08"]
    assert day_ranges(days) == [("2024-01-31", "2024-02-04"), ("2024-02-08", "2024-02-08")]
    assert day_ranges([]) == []


def test_chosen_players_get_their_days_and_reports_and_nothing_else() -> None:
    runs = days_runs([("2024-01-31", "2024-01-31")], ["Ann"])
    assert [planned.job for planned in runs] == ["daily_wrapped", "make_reports"]
    assert runs[0].assets == ["player_stats/player_days", "player_stats/data_quality"]
