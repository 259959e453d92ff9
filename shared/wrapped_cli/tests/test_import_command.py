"""`wrapped import` on the command line: its messages, its exit code, and output errors that cannot fail it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from import_world import tick
from test_command_line import COMMAND, environment
from wrapped_cli.commands import run
from wrapped_devkit.sample_files import write_json_lines
from wrapped_shared.mongo import MongoResource

NOBODY = "mongodb://127.0.0.1:9/?serverSelectionTimeoutMS=100"


def _events(count: int, *players: str) -> list[dict[str, Any]]:
    return [tick(number, player) for player in players for number in range(count)]


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Calls the command in this process; returns its exit code and the lines of its output and of its errors."""

    def call(uri: str, *arguments: object) -> tuple[int, list[str], list[str]]:
        monkeypatch.setenv("MONGO_URI", uri)
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return code, out.splitlines(), err.splitlines()

    return call


@pytest.mark.slow
def test_each_file_has_a_line_with_its_events_and_players(
    contract_mongo: MongoResource, said: Any, tmp_path: Path
) -> None:
    write_json_lines(tmp_path / "a.jsonl", _events(1735, "Wren"))
    write_json_lines(tmp_path / "b.jsonl", [*_events(1, "Wren"), *_events(1, "Crow"), "oops"])
    (tmp_path / "hiscores.json").write_text(json.dumps([{"_id": "x", "player": "wren"}]))
    code, out, err = said(contract_mongo.uri, "import", tmp_path)
    assert (code, err) == (0, [])
    assert out[:3] == [
        f"{tmp_path}/a.jsonl: 1,735 events of 1 player, all new",
        f"{tmp_path}/b.jsonl: 2 events of 2 players, 1 new, 1 row left out",
        f"{tmp_path}/hiscores.json: 1 hiscores snapshot, all new",
    ]
    assert "left out: 1 × not JSON (first: b.jsonl line 3)" in out
    assert out[-1] == "1 day to compute, 2023-07-22: wrapped run"
    code, out, err = said(contract_mongo.uri, "import", tmp_path / "a.jsonl")
    assert (code, out[0], out[-1]) == (0, f"{tmp_path}/a.jsonl: 1,735 events of 1 player, none new", "nothing new")


def test_files_are_inspected_before_anything_is_connected_to(said: Any, tmp_path: Path) -> None:
    page = tmp_path / "events.json"
    page.write_text("<html>moved</html>")
    code, out, err = said(NOBODY, "import", page)
    assert (code, out) == (1, [])
    assert err == [f"wrapped: {page} has no row that can be imported: it looks like a web page (HTML); 1 × not JSON"]
    write_json_lines(page, _events(1, "Wren"))
    code, out, err = said(NOBODY, "import", page)
    assert (code, out, len(err)) == (1, [], 1)
    assert "127.0.0.1:9" in err[0]


def test_files_without_a_row_are_reported_after_the_others_were_imported(
    contract_mongo: MongoResource, said: Any, tmp_path: Path
) -> None:
    good = write_json_lines(tmp_path / "good.jsonl", _events(2, "Wren"))
    refused = write_json_lines(tmp_path / "wide.jsonl", [{**_events(1, "Wren")[0], "wide": 2**70}])
    code, out, err = said(contract_mongo.uri, "import", good, refused)
    assert code == 1
    assert out[0] == f"{good}: 2 events of 1 player, all new"
    assert err == [
        f"wrapped: {refused} has no row that can be imported: it looks like JSON; 1 × values that MongoDB cannot hold"
    ]
    assert contract_mongo.raw["game_ticks"].count_documents({}) == 2


@pytest.mark.slow
def test_a_reader_that_goes_away_ends_the_output_quietly_but_not_the_work(
    contract_mongo: MongoResource, tmp_path: Path
) -> None:
    for number in range(3):
        write_json_lines(tmp_path / f"{number}.jsonl", _events(number + 1, f"Wren {number}"))
    reading, writing = os.pipe()
    os.close(reading)
    running = [
        subprocess.Popen(
            [*COMMAND, *arguments], env=environment(contract_mongo.uri), stdout=writing, stderr=subprocess.PIPE
        )
        for arguments in (["import", str(tmp_path)], ["--help"], ["mongo", "--help"])
    ]
    os.close(writing)
    for process in running:
        _, error = process.communicate(timeout=120)
        assert (process.returncode, error) == (0, b"")
    assert contract_mongo.raw["game_ticks"].count_documents({}) == 6


@pytest.mark.slow
def test_an_ascii_only_terminal_shows_what_it_can(contract_mongo: MongoResource, tmp_path: Path) -> None:
    path = write_json_lines(tmp_path / "Zoë.jsonl", [*_events(1, "Zoë"), *_events(1, "Crow"), "oops"])
    done = subprocess.run(
        [*COMMAND, "import", str(path), "--player", "龍"],
        env=environment(contract_mongo.uri, PYTHONIOENCODING="ascii"), capture_output=True, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Zo?.jsonl: 2 events of 1 player, 1 new, 1 row left out" in done.stdout
    assert b"are now stored as ?\n" in done.stdout
    assert done.stdout.isascii()
