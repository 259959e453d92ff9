"""`wrapped rename`: links of names, what it says, and what it refuses."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from wrapped_cli.commands import doctor_checks, run
from wrapped_cli.commands.report import find_report
from wrapped_cli.owed import read_owed
from wrapped_cli.preview.source import day_ticks
from wrapped_shared import collections as names
from wrapped_shared.forgotten import forgotten_id
from wrapped_shared.mongo import MongoResource

Call = Callable[..., tuple[int, str]]


@pytest.fixture
def call(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Run the command on the test's databases; return its exit code and everything it printed."""
    opened = mongo.model_copy()
    opened._client = mongo.client
    monkeypatch.setattr("wrapped_cli.commands.connection.opened", lambda: _Opened(opened))

    def called(*arguments: str) -> tuple[int, str]:
        code = run(["rename", *arguments])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return called


class _Opened:
    def __init__(self, mongo: MongoResource) -> None:
        self._mongo = mongo

    def __enter__(self) -> MongoResource:
        return self._mongo

    def __exit__(self, *_: object) -> None:
        return None


def play(mongo: MongoResource, name: str, *days: str) -> None:
    mongo.analytics[names.PLAYER_DAYS].insert_many(
        [{"_id": f"{name}|{day}", "player_key": name, "day": day, "play": {"ticks": 5}} for day in days]
    )


def links(mongo: MongoResource) -> list[str]:
    return sorted(f"{one['_id']} {one['now']}" for one in mongo.analytics[names.PLAYER_NAMES].find())


def test_a_link_is_written_normalised_and_its_effect_shown_in_one_line(mongo: MongoResource, call: Call) -> None:
    play(mongo, "iron bob", "2023-12-31", "2024-01-05")
    play(mongo, "bob", "2023-05-01", "2024-02-01")
    assert call("Iron_Bob", "BOB", "--from", "2024-01-05") == (
        0,
        (
            "linked: iron bob became bob on 2024-01-05; 1 day of an earlier bob will be in nobody's report; "
            "3 reports will follow (wrapped run makes them)\n"
        ),
    )
    assert links(mongo) == ["iron bob|2024-01-05 bob"]
    assert call("iron bob", "bob", "--from", "2024-01-05")[0] == 0
    assert links(mongo) == ["iron bob|2024-01-05 bob"]


def test_undo_removes_the_last_link_of_a_name_or_that_of_a_day(mongo: MongoResource, call: Call) -> None:
    for old, new, day in (("a", "b", "2024-01-05"), ("b", "a", "2024-02-05"), ("a", "c", "2024-03-05")):
        assert call(old, new, "--from", day)[0] == 0
    assert call("--undo", "A") == (
        0, "no longer linked: a became c on 2024-03-05; 0 reports will follow (wrapped run makes them)\n"
    )  # fmt: skip
    assert call("--undo", "b", "--from", "2024-02-05")[0] == 0
    assert links(mongo) == ["a|2024-01-05 b"]
    assert call("--undo", "b") == (1, "wrapped: no link from b: there are links from a\n")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("cid", "bea", "--from", "2024-01-20"), "two holders"),
        (("bea", "ann", "--from", "2024-01-05"), "circle"),
        (("ann", "ann", "--from", "2024-02-05"), "circle"),
        (("ann", "cid", "--from", "2024-01-05"), "linked on 2024-01-05 already"),
        (("ann", "cid", "--from", "2024-1-5"), "is not a day"),
        (("ann", "cid", "--from", "2999-01-05"), "in the future"),
        ((" ", "cid", "--from", "2024-01-05"), "is not a player name"),
        (("dan", "cid", "--from", "2024-01-05"), "cid is forgotten"),
        (("--undo", "cid"), "no link from cid"),
    ],
)
def test_refusals_are_one_line_and_change_nothing(
    mongo: MongoResource, call: Call, arguments: tuple[str, ...], why: str
) -> None:
    assert call("ann", "bea", "--from", "2024-01-05")[0] == 0
    forgotten = {"_id": forgotten_id("cid", None), "until": None, "at": datetime.now(UTC)}
    if "forgotten" in why:
        mongo.analytics[names.FORGOTTEN_PLAYERS].insert_one(forgotten)
    code, said = call(*arguments)
    assert code == 1
    assert why in said
    assert said.count("\n") == 1
    assert links(mongo) == ["ann|2024-01-05 bea"]


@pytest.mark.parametrize("arguments", [(), ("ann", "bea"), ("--list", "ann"), ("ann", "bea", "--undo", "ann")])
def test_wrong_usage_is_explained(call: Call, arguments: tuple[str, ...]) -> None:
    code, said = call(*arguments)
    assert code == 2
    assert "wrapped rename" in said


def test_links_candidates_and_what_is_not_applied_yet_are_listed(mongo: MongoResource, call: Call) -> None:
    assert call("--list") == (0, "Links: none\nCandidates: none\n")
    assert doctor_checks.linked(mongo) == "none"
    call("ann", "bea", "--from", "2024-01-05")
    mongo.analytics[names.NAME_CANDIDATES].insert_one(
        {"_id": "x|y", "old": "x", "now": "y", "seen_from": "2024-05-01", "overall": 5_000_000, "reason": "rows match"}
    )
    assert call("--list") == (
        0,
        (
            "Links:\n  ann became bea on 2024-01-05\nCandidates, never linked by themselves:\n"
            "  x → y, seen from 2024-05-01, 5,000,000 xp: rows match\n"
        ),
    )
    assert doctor_checks.linked(mongo) == (
        "1 link, changed (wrapped run applies it); 1 candidate (wrapped rename --list)"
    )
    assert read_owed(mongo.analytics).in_words() == "1 change of names"


def test_a_report_is_found_by_any_name_of_its_player(mongo: MongoResource) -> None:
    link = {"old": "ann", "now": "bea", "from_day": "2024-01-05"}
    mongo.analytics[names.APPLIED_NAMES].insert_one({"_id": "links", "links": [link], "digest": "x"})
    mongo.analytics[names.WRAPPED_REPORTS].insert_one({"_id": "2024/bea", "player_key": "bea", "period": "2024"})
    play(mongo, "ann", "2024-01-04", "2024-01-05")
    play(mongo, "bea", "2024-01-01", "2024-01-05")
    for name in ("Ann", "bea"):
        assert find_report(mongo.analytics[names.WRAPPED_REPORTS], name, None)["_id"] == "2024/bea"
    assert day_ticks(mongo.analytics, "bea", "2024") == {"2024-01-04": 5, "2024-01-05": 10}
