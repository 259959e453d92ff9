"""The command `wrapped group`: what it stores, shows and refuses."""

import pytest
from wrapped_cli.commands import run
from wrapped_shared.mongo import MongoResource

HOSTILE = "Clan\x1b[31m"


@pytest.fixture(autouse=True)
def server(contract_mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONGO_URI", contract_mongo.uri)


def stored(mongo: MongoResource) -> dict[str, list[str]]:
    return {found["_id"]: sorted(found["members"]) for found in mongo.analytics["player_groups"].find()}


def test_players_are_added_once_in_whatever_form(
    contract_mongo: MongoResource, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["group", "Clan", "Iron_Bob", "Zezima"]) == 0
    assert run(["group", "Clan", "iron bob", "Ann", "ANN"]) == 0
    assert stored(contract_mongo) == {"Clan": ["ann", "iron bob", "zezima"]}
    capsys.readouterr()
    assert run(["group", "Clan"]) == 0
    assert capsys.readouterr().out == "Clan: 3 members\n  ann\n  iron bob\n  zezima\n"


def test_members_of_the_web_app_keep_their_form_and_are_removed_in_any(contract_mongo: MongoResource) -> None:
    contract_mongo.analytics["player_groups"].insert_one({"_id": "Clan", "members": ["Iron_Bob", "ZEZIMA", 7]})
    assert run(["group", "Clan", "zezima", "Ann"]) == 0
    assert stored_texts(contract_mongo) == ["Iron_Bob", "ZEZIMA", "ann"]
    assert run(["group", "Clan", "iron-bob", "Zezima", "--remove"]) == 0
    assert stored_texts(contract_mongo) == ["ann"]


def stored_texts(mongo: MongoResource) -> list[str]:
    found = mongo.analytics["player_groups"].find_one({"_id": "Clan"})
    assert found is not None
    return sorted(member for member in found["members"] if isinstance(member, str))


def test_a_whole_group_is_removed(contract_mongo: MongoResource) -> None:
    run(["group", "Clan", "Ann"])
    run(["group", "Other", "Ann"])
    assert run(["group", "Clan", "--remove"]) == 0
    assert stored(contract_mongo) == {"Other": ["ann"]}


@pytest.mark.parametrize("arguments", [["Clam"], ["Clam", "--remove"], ["Clam", "Ann", "--remove"]])
def test_an_unknown_group_is_one_line_with_the_nearest_names(
    capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(["group", *arguments]) == 1
    assert capsys.readouterr().err == "wrapped: no group 'Clam': there are no groups yet\n"
    run(["group", HOSTILE, "Ann"])
    capsys.readouterr()
    assert run(["group", *arguments]) == 1
    assert capsys.readouterr().err == "wrapped: no group 'Clam': known groups include Clan\ufffd[31m\n"


@pytest.mark.parametrize("arguments", [[" ", "Ann"], ["Clan", " ", "_"]])
def test_names_that_are_none_are_refused(
    contract_mongo: MongoResource, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    assert run(["group", *arguments]) == 1
    assert capsys.readouterr().err.count("\n") == 1
    assert stored(contract_mongo) == {}
