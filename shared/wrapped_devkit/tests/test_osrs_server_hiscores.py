"""The stand-in's behaviour: who is on which table, growing figures, faults, the log and the clock."""

import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from wrapped_devkit.osrs_server.faults import FaultPlan, parse_fault
from wrapped_devkit.osrs_server.hiscores_players import PLAYER_TYPES, Row, SeededPlayers
from wrapped_devkit.osrs_server.serve import StandIn, build

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def stand_in() -> Iterator[StandIn]:
    made = build(start=START, frozen=True)
    with made.server:
        yield made


def get(stand_in: StandIn, path: str, body: Any = None) -> tuple[int, bytes]:
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(stand_in.server.url + path, data) as answer:  # noqa: S310
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def player(stand_in: StandIn, name: str, mode: str = "hiscore_oldschool") -> Any:
    status, body = get(stand_in, f"/m={mode}/index_lite.json?player={name}")
    return json.loads(body) if status == 200 else status


def test_the_roster_has_thousands_of_players_of_every_kind() -> None:
    players = SeededPlayers()
    kinds = [players.player_type(name) for name in players.names()]
    assert len(kinds) >= 2_000
    assert {kind: kinds.count(kind) for kind in PLAYER_TYPES} == dict.fromkeys(PLAYER_TYPES, 250)


def test_figures_that_are_known_are_served_whatever_the_clock_says(stand_in: StandIn) -> None:
    stand_in.players.known["swift otter"] = {
        "Overall": Row(7, 1_500, 32),
        "Mining": Row(9, 500, 5),
        "Zulrah": Row(3, 8),
    }
    first = player(stand_in, "Swift_Otter")
    stand_in.server.clock.advance(90 * 86_400)
    assert player(stand_in, "Swift_Otter") == first
    ranked = {row["name"]: row["xp"] for row in first["skills"] if row["rank"] > 0}
    assert ranked == {"Overall": 1_500, "Mining": 500}
    assert [row["name"] for row in first["activities"] if row["rank"] > 0] == ["Zulrah"]


@pytest.mark.parametrize(
    ("name", "tables"),
    [
        ("player%201", "hiscore_oldschool"),
        ("Player_2", "hiscore_oldschool hiscore_oldschool_ironman"),
        ("PLAYER-3", "hiscore_oldschool hiscore_oldschool_ironman hiscore_oldschool_hardcore_ironman"),
        ("player+4", "hiscore_oldschool hiscore_oldschool_ironman hiscore_oldschool_ultimate"),
        ("player%C2%A07", "hiscore_oldschool_ironman"),
        ("player%209", ""),
        ("anyone", "hiscore_oldschool"),
        ("thirteen_chars", ""),
        ("bob_uim", "hiscore_oldschool hiscore_oldschool_ironman hiscore_oldschool_ultimate"),
    ],
)
def test_each_kind_is_on_its_tables_in_any_form_of_the_name(stand_in: StandIn, name: str, tables: str) -> None:
    modes = ["hiscore_oldschool"] + [
        f"hiscore_oldschool_{mode}" for mode in ("ironman", "hardcore_ironman", "ultimate")
    ]
    found = [mode for mode in modes if player(stand_in, name, mode) != 404]
    assert found == tables.split()


def test_figures_are_functions_of_seed_name_and_clock(stand_in: StandIn) -> None:
    before = player(stand_in, "player%201")
    assert before == player(stand_in, "PLAYER_1")
    assert [len(before["skills"]), len(before["activities"])] == [25, 91]
    stand_in.server.clock.advance(timedelta(days=30).total_seconds())
    after = player(stand_in, "player%201")
    grown = [new["xp"] - old["xp"] for old, new in zip(before["skills"], after["skills"], strict=True)]
    assert min(grown) >= 0
    assert grown[0] == sum(grown[1:]) > 0
    stand_in.server.clock.set(START)
    assert player(stand_in, "player%201") == before
    assert SeededPlayers(seed=1).figures("player 1", 2e9) != SeededPlayers(seed=2).figures("player 1", 2e9)


def test_players_who_died_or_left_are_frozen_there_and_continue_elsewhere(stand_in: StandIn) -> None:
    def overall(name: str, mode: str) -> int:
        return int(player(stand_in, name, mode)["skills"][0]["xp"])

    iron = "hiscore_oldschool_ironman"
    assert overall("player_5", iron) == overall("player_5", "hiscore_oldschool")
    assert overall("player_5", "hiscore_oldschool_hardcore_ironman") < overall("player_5", iron)
    assert overall("player_6", iron) < overall("player_6", "hiscore_oldschool")


def test_unranked_rows_are_minus_one_and_overall_of_a_low_player_is_zero(stand_in: StandIn) -> None:
    low = player(stand_in, "player_8")
    assert low["skills"][0] == {"id": 0, "name": "Overall", "rank": -1, "level": 0, "xp": 0}
    assert {row["score"] for row in low["activities"]} == {-1}
    assert any(row["xp"] == -1 and row["level"] == 1 for row in low["skills"])


def test_the_ranking_page_links_all_activities_except_those_of_other_modes(stand_in: StandIn) -> None:
    status, body = get(stand_in, "/m=hiscore_oldschool/overall?table=0&page=1")
    assert status == 200
    assert body.count(b"activity-link") == 88
    assert body.count(b"personal-hiscores__row") == 25
    assert get(stand_in, "/m=hiscore_oldschool/overall?category_type=1&table=500")[0] == 404


@pytest.mark.parametrize(
    ("fault", "status", "begins"),
    [
        ("html-200", 200, b"<!DOCTYPE"),
        ("challenge", 200, b"<html>"),
        ("empty", 200, b""),
        ("403", 403, b"<html>"),
        ("404", 404, b"<!DOCTYPE"),
        ("503", 503, b"<!DOCTYPE"),
        ("429", 429, b"<!DOCTYPE"),
        ("truncated", 200, b'{"skills"'),
        ("other-json", 200, b'{"hiscores"'),
    ],
)
def test_a_fault_is_injected_on_command(stand_in: StandIn, fault: str, status: int, begins: bytes) -> None:
    stand_in.server.faults = FaultPlan([parse_fault(fault)])
    got, body = get(stand_in, "/m=hiscore_oldschool/index_lite.json?player=bob")
    assert got == status
    assert body.startswith(begins)
    (entry,) = stand_in.server.log.entries("hiscores")
    assert (entry.fault, entry.status, entry.query) == (fault, status, {"player": "bob"})


@pytest.mark.parametrize(
    ("fault", "names"),
    [
        ("added-row", {"Bandosian Wyrm"}),
        ("removed-row", set()),
        ("moved-row", set()),
    ],
)
def test_a_fault_changes_the_list_of_rows_but_no_value(stand_in: StandIn, fault: str, names: set[str]) -> None:
    def rows() -> dict[str, int]:
        return {row["name"]: row["score"] for row in player(stand_in, "bob")["activities"]}

    before = rows()
    stand_in.server.faults = FaultPlan([parse_fault(fault)])
    after = rows()
    assert after.keys() - before.keys() == names
    assert {name: after[name] for name in after.keys() & before.keys()}.items() <= before.items()
    assert list(after) != list(before)


def test_a_reset_cuts_the_connection_and_a_slow_response_is_delayed(stand_in: StandIn) -> None:
    stand_in.server.faults = FaultPlan([parse_fault("reset")])
    with pytest.raises((ConnectionResetError, urllib.error.URLError)):
        get(stand_in, "/m=hiscore_oldschool/index_lite.json?player=bob")
    stand_in.server.slow_seconds = 0.2
    stand_in.server.faults = FaultPlan([parse_fault("slow")])
    start = time.monotonic()
    assert player(stand_in, "bob") != 404
    assert time.monotonic() - start >= 0.2


def test_each_request_gets_at_most_one_fault() -> None:
    plan = FaultPlan([parse_fault("503:0.2"), parse_fault("reset:0.1"), parse_fault("empty:0.9@/wiki")], seed=4)
    kinds = [plan.choose(number, "/m=x") for number in range(4_000)]
    assert kinds == [plan.choose(number, "/m=x") for number in range(4_000)]
    assert 0.17 < kinds.count("503") / 4_000 < 0.23
    assert 0.08 < kinds.count("reset") / 4_000 < 0.12
    assert "empty" not in kinds


@pytest.mark.parametrize("text", ["nonsense", "503:0", "503:2", "503:x", "503:", ""])
def test_an_unknown_fault_is_rejected(text: str) -> None:
    with pytest.raises(ValueError, match=r"fault|share"):
        parse_fault(text)


def test_a_renamed_player_has_only_their_new_name(stand_in: StandIn) -> None:
    before = player(stand_in, "bob")
    stand_in.hiscores.rename("Bob", "New_Bob")
    assert player(stand_in, "bob") == 404
    assert player(stand_in, "new bob".replace(" ", "%20")) == before


def test_clock_faults_and_log_are_available_over_http_too(stand_in: StandIn) -> None:
    assert json.loads(get(stand_in, "/__control__/clock", {"advance_seconds": 60})[1]) == {
        "now": "2026-03-01T00:01:00+00:00"
    }
    assert json.loads(get(stand_in, "/__control__/clock", {"now": "2026-04-01T00:00:00Z"})[1])["now"].startswith(
        "2026-04"
    )
    get(stand_in, "/__control__/faults", {"faults": ["503"]})
    assert player(stand_in, "bob") == 503
    assert get(stand_in, "/__control__/faults", {"faults": ["nonsense"]})[0] == 400
    entries = json.loads(get(stand_in, "/__control__/log")[1])["entries"]
    assert [(e["part"], e["status"], e["fault"]) for e in entries] == [("hiscores", 503, "503")]
    get(stand_in, "/__control__/log", {})
    assert json.loads(get(stand_in, "/__control__/log")[1]) == {"entries": []}


def test_the_command_serves_all_upstreams_until_it_is_stopped() -> None:
    command = "from wrapped_devkit.commands.osrs_server import osrs_server; osrs_server(port=0, fault=['503@/api.php'])"
    process = subprocess.Popen([sys.executable, "-c", command], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(4)]
        url = lines[1].strip().partition("=")[2]
        assert lines[1] == f"export HISCORES_BASE_URL={url}\n"
        with urllib.request.urlopen(f"{url}/m=hiscore_oldschool/index_lite.json?player=bob") as answer:  # noqa: S310
            assert answer.status == 200
        with pytest.raises(urllib.error.HTTPError):
            urllib.request.urlopen(f"{url}/api.php?action=query")  # noqa: S310
    finally:
        process.terminate()
        process.wait(10)


def test_a_taken_port_is_reported_in_one_line() -> None:
    from wrapped_cli.errors import CommandError
    from wrapped_devkit.commands.osrs_server import osrs_server

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(CommandError, match="cannot listen"):
            osrs_server(port=taken.getsockname()[1])
