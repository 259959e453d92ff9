"""The command `wrapped` as users run it: a process, its output, and its exit code."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from preview_world import full_report
from wrapped_cli.commands import run
from wrapped_cli.text import clean
from wrapped_devkit.sample_files import write_json_lines
from wrapped_shared.collections import WRAPPED_REPORTS
from wrapped_shared.mongo import MongoResource

COMMAND = [sys.executable, "-c", "from wrapped_cli.commands import main; main()"]
MS = 1_703_466_436_826
DAY_MS = 86_400_000


_SETTINGS = {"COLUMNS": "120", "NO_COLOR": "1"}


def environment(uri: str, **more: str) -> Mapping[str, str]:
    return {**os.environ, **_SETTINGS, "MONGO_URI": uri, **more}


@dataclass(frozen=True)
class Result:
    """What a command left behind."""

    code: int
    out: str
    err: str


class Command:
    """Calls the command in this process: starting a process for each call takes two seconds."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._patch, self._capture = monkeypatch, capsys

    def __call__(self, uri: str, *arguments: object) -> Result:
        for name, value in _SETTINGS.items():
            self._patch.setenv(name, value)
        self._patch.setenv("MONGO_URI", uri)
        code = run([str(argument) for argument in arguments])
        return Result(code, *self._capture.readouterr())


@pytest.fixture
def wrapped(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def _report(player: str, period: str, **fields: Any) -> dict[str, Any]:
    report = full_report(player)
    report["play"] |= {"ticks": 362, "seconds": 217.2}
    changed = {"_id": f"{period}/{player.lower()}", "period": period, "generated_at": datetime(2024, 1, 1, tzinfo=UTC)}
    return {**report, **changed, **fields}


def _events(count: int) -> list[dict[str, Any]]:
    """Events of one player over twelve days."""
    return [
        {
            "timestamp": MS + n * (12 * DAY_MS // count), "username": "Zezima", "event": "game-tick",
            "tickCount": n, "sessionId": "session-1", "data": {"energy": n % 10_000},
        }
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.slow
def test_a_killed_import_has_requested_its_days_and_running_it_again_completes_it(
    contract_mongo: MongoResource, wrapped: Command, tmp_path: Path
) -> None:
    events = _events(12_000)
    path = write_json_lines(tmp_path / "events.jsonl", events)
    process = subprocess.Popen(
        [*COMMAND, "import", str(path)],
        env=environment(contract_mongo.uri), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    ticks = contract_mongo.raw["game_ticks"]
    deadline = time.monotonic() + 60
    while ticks.estimated_document_count() < 2000 and time.monotonic() < deadline:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    there = [document["timestamp"] for document in ticks.find({}, {"timestamp": 1})]
    assert 2000 <= len(there) < len(events)
    requested = {document["_id"] for document in contract_mongo.analytics["day_requests"].find()}
    assert {datetime.fromtimestamp(ms / 1000, UTC).date().isoformat() for ms in there} <= requested

    again = wrapped(contract_mongo.uri, "import", path)
    assert again.code == 0, again.err
    added = {datetime.fromtimestamp(e["timestamp"] / 1000, UTC).date() for e in events if e["timestamp"] not in there}
    assert f"{len(added)} day" in again.out
    assert ticks.count_documents({}) == len(events)
    wanted = {datetime.fromtimestamp(e["timestamp"] / 1000, UTC).date().isoformat() for e in events}
    assert {d["_id"] for d in contract_mongo.analytics["day_requests"].find()} == wanted


def test_a_report_is_printed_with_hostile_names_made_harmless(contract_mongo: MongoResource, wrapped: Command) -> None:
    mob = {"name": "[bold]Goblin[/nope]\x1b[31m\u202e", "combat_level": 2, "npc_ids": [], "kills": 12, "items": []}
    loot = {"kills": 12, "players_looted": 0, "mobs": [mob]}
    reports = contract_mongo.analytics[WRAPPED_REPORTS]
    reports.insert_many([_report("Zezima", "2023", loot=loot), _report("Zezima", "2022"), _report("Zezima", "all")])
    shown = wrapped(contract_mongo.uri, "report", "ZEZIMA")
    assert shown.code == 0, shown.err
    assert "Zezima – 2023" in shown.out
    assert "[bold]Goblin[/nope]\ufffd[31m\ufffd" in shown.out
    assert "\x1b" not in shown.out
    assert "3 min" in shown.out

    printed = wrapped(contract_mongo.uri, "report", "zezima", "--json", "--period", "all")
    document = json.loads(printed.out)
    assert document["_id"] == "all/zezima"
    assert document["generated_at"] == "2024-01-01T00:00:00+00:00"


def test_a_missing_report_is_one_line_that_says_what_exists(contract_mongo: MongoResource, wrapped: Command) -> None:
    reports = contract_mongo.analytics[WRAPPED_REPORTS]
    uri = contract_mongo.uri
    nobody = wrapped(uri, "report", "zezima")
    assert (nobody.code, nobody.out) == (1, "")
    assert nobody.err.startswith("wrapped: no report for 'zezima': there are no reports yet")
    reports.insert_many([_report("Zezima", "all"), _report("Bob", "all"), _report("Bob", "2023")])
    unknown = wrapped(uri, "report", "zezimma")
    assert unknown.err == "wrapped: no report for 'zezimma': known players include Zezima\n"
    other_year = wrapped(uri, "report", "bob", "--period", "2021")
    assert other_year.err == "wrapped: no report for 'bob' for 2021: there are reports for 2023, all\n"


def test_a_report_without_a_name_lists_the_players(contract_mongo: MongoResource, wrapped: Command) -> None:
    uri = contract_mongo.uri
    assert wrapped(uri, "report").err == "wrapped: there are no reports yet (wrapped run computes them)\n"
    reports = contract_mongo.analytics[WRAPPED_REPORTS]
    reports.insert_many([_report("Zezima", "all"), _report("Bob\x1b[31m", "all"), _report("Zezima", "2023")])
    listed = wrapped(uri, "report")
    assert listed.out.splitlines() == [
        "Bob\ufffd[31m", "Zezima", "2 players with a report: wrapped report PLAYER",
    ]  # fmt: skip


def test_a_mistyped_name_gets_a_hint_wherever_a_name_without_a_report_is_accepted(
    contract_mongo: MongoResource, wrapped: Command, tmp_path: Path
) -> None:
    contract_mongo.analytics[WRAPPED_REPORTS].insert_many([_report(name, "all") for name in ("Zezima", "Iron Bob")])
    hint = "no report for 'zezmia' yet: known players include Zezima"
    for arguments in (
        ("export", "zezmia", tmp_path / "player.jsonl.gz"),
        ("group", "Clan", "zezmia", "iron_bob"),
        ("rename", "zezmia", "Somebody New", "--from", "2024-01-01"),
    ):
        result = wrapped(contract_mongo.uri, *arguments)
        assert result.code == 0
        assert result.err.splitlines() == [f"wrapped: {hint}"], arguments
    assert wrapped(contract_mongo.uri, "group", "Clan", "Iron_Bob").err == ""
    undo = wrapped(contract_mongo.uri, "rename", "--undo", "zzmia")
    assert "no link from zzmia" in undo.err


def test_the_shell_completes_commands() -> None:
    words = {"_WRAPPED_COMPLETE": "complete_bash", "COMP_WORDS": "wrapped re", "COMP_CWORD": "1"}
    done = subprocess.run(COMMAND, env={**os.environ, **words}, capture_output=True, text=True, timeout=60)
    assert done.stdout.split() == ["rebuild", "report", "rename"]


def test_the_version_is_that_of_the_package(wrapped: Command) -> None:
    shown = wrapped("mongodb://127.0.0.1:9", "--version")
    assert (shown.code, shown.out) == (0, f"wrapped {version('runelite-wrapped-cli')}\n")


def test_an_invalid_report_is_one_line_for_table_and_page_and_is_still_printed_as_json(
    contract_mongo: MongoResource, wrapped: Command, tmp_path: Path
) -> None:
    contract_mongo.analytics[WRAPPED_REPORTS].insert_one(_report("Zezima", "2023", movement={"tiles": "far"}))
    shown = wrapped(contract_mongo.uri, "report", "zezima")
    assert (shown.code, shown.out) == (1, "")
    assert shown.err.startswith("wrapped: the report 2023/zezima cannot be shown, its field movement.tiles")
    assert shown.err.count("\n") == 1
    assert wrapped(contract_mongo.uri, "report", "zezima", "--html", tmp_path / "page.html").err == shown.err
    printed = wrapped(contract_mongo.uri, "report", "zezima", "--json")
    assert json.loads(printed.out)["movement"] == {"tiles": "far"}


@pytest.mark.slow
def test_an_unreachable_server_is_one_line_without_the_password() -> None:
    uri = "mongodb://bob:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=200"
    failed = subprocess.run(
        [*COMMAND, "report", "zezima"], env=environment(uri), capture_output=True, text=True, timeout=60
    )
    assert failed.returncode == 1
    assert failed.stderr.count("\n") == 1
    assert "hunter2" not in failed.stdout + failed.stderr
    assert "127.0.0.1:9" in failed.stderr


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["report", "--json"], ["import"], ["import", "/no/such/file"], ["mongo", "start", "--port", "0"]],
)
def test_wrong_usage_is_one_line_and_exit_code_2(wrapped: Command, arguments: list[str]) -> None:
    failed = wrapped("mongodb://127.0.0.1:9", *arguments)
    assert failed.code == 2
    assert failed.err.startswith("wrapped: ")
    assert failed.err.count("\n") == 1


@pytest.mark.slow
def test_an_interruption_is_one_line_and_exit_code_130() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        uri = f"mongodb://127.0.0.1:{silent.getsockname()[1]}/?serverSelectionTimeoutMS=30000"
        process = subprocess.Popen(
            [*COMMAND, "report", "zezima"], env=environment(uri), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        silent.settimeout(60)
        connection, _ = silent.accept()  # the command is now waiting for an answer
        with connection:
            process.send_signal(signal.SIGINT)
            _, error = process.communicate(timeout=30)
    assert (process.returncode, error) == (130, "wrapped: interrupted\n")


def test_texts_lose_everything_that_controls_a_terminal() -> None:
    assert clean("a\x1b[0mb\nc\u202ed\x9b") == "a\ufffd[0mb\ufffdc\ufffdd\ufffd"
    assert clean("Zezima – ünïcode 龍") == "Zezima – ünïcode 龍"
    assert clean("x" * 500, 10) == "x" * 9 + "…"
