"""Which reports are owed, which step makes them, and how many queries that takes."""

from typing import Any

import pytest
from bson import ObjectId
from merging_world import MergingWorld
from planning_world import Commands, listening
from player_stats.domain.slots import SLOTS, player_slot
from player_stats.store import encoding, report_requests, reports, waiting
from player_stats.store.report_requests import request_reports, some_requests
from player_stats.store.reports import make_owed_reports, refreshable
from player_stats.store.scopes import players_scope, time_scope
from player_stats.store.stored_days import all_months
from player_stats.store.turns import take_turn
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

DAY = "2023-12-31"


@pytest.fixture
def world(mongo: MongoResource) -> MergingWorld:
    return MergingWorld(mongo)


def requests_of(world: MergingWorld) -> dict[str, dict[str, Any]]:
    found = world.analytics[names.REPORT_REQUESTS].find({}, {"token": 0})
    return {one["_id"]: {name: value for name, value in one.items() if name != "_id"} for one in found}


def test_a_request_names_the_touched_parts_and_the_players_slot(world: MergingWorld) -> None:
    request_reports(world.analytics, [("bob", DAY)], hours=[("bob", f"{DAY}T07"), ("eve", "2024-01-01T00")])
    request_reports(world.analytics, [("bob", "2023-12-01")], months=[("eve", "2024-01")])
    assert requests_of(world) == {
        "bob|2023-12": {
            "player_key": "bob", "slot": player_slot("bob"), "month": "2023-12", "whole": False,
            "days": [DAY, "2023-12-01"], "hours": [f"{DAY}T07"],
        },
        "eve|2024-01": {
            "player_key": "eve", "slot": player_slot("eve"), "month": "2024-01", "whole": True,
            "hours": ["2024-01-01T00"],
        },
    }  # fmt: skip


def test_a_range_of_slots_gets_its_players_reports_and_leaves_the_others_owed(world: MergingWorld) -> None:
    players = [f"player {number}" for number in range(12)]
    for player in players:
        world.play(player, f"{DAY}T10")
    world.read_all()
    half = SLOTS // 2
    mine = {player for player in players if player_slot(player) < half}
    assert 0 < len(mine) < len(players)
    with take_turn(world.analytics, scope=players_scope((half, SLOTS))):  # somebody is at the others
        make_owed_reports(world.analytics, slots=(0, half))
        assert {one["player_key"] for one in world.analytics[names.WRAPPED_REPORTS].find()} == mine
        assert {one["player_key"] for one in requests_of(world).values()} == set(players) - mine
    also = {player: {DAY[:7]} for player in players}
    assert make_owed_reports(world.analytics, also=also, slots=(0, half)).players == len(mine)
    make_owed_reports(world.analytics, frozenset(players), slots=(half, SLOTS))
    world.check()


@pytest.mark.slow
def test_a_hundred_reports_take_a_dozen_round_trips_for_any_history(
    world: MergingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("player_stats.store.years_before", "merging_world"):  # news are of the current year
        monkeypatch.setattr(f"{module}.this_year", lambda: int(DAY[:4]))
    players = [f"player {number}" for number in range(200)]
    for hour in ("2021-05-01T10", "2022-05-01T10", "2023-11-01T10", f"{DAY}T10", f"{DAY}T11"):
        for player in players:
            world.play(player, hour)
        world.read_all()
        make_owed_reports(world.analytics)
    for player in players:
        world.play(player, f"{DAY}T12")
    world.read_all()
    commands = Commands()
    with listening(world.mongo, commands) as mongo:
        commands.sent.clear()
        changes = make_owed_reports(mongo.analytics)
    assert changes.written == 400
    assert len(commands.sent) / 4 <= 12, commands.sent
    assert changes.summaries_read == 5 * len(players)  # no day of the month is closed
    world.check()


@pytest.mark.parametrize("again", [False, True])
def test_requests_of_an_earlier_version_are_served(world: MergingWorld, *, again: bool) -> None:
    for hour in (f"{DAY}T10", "2023-12-05T10"):
        world.play("bob", hour)
    world.read_all()
    make_owed_reports(world.analytics)
    world.play("bob", f"{DAY}T11")
    world.read_all()
    old = {"_id": "bob|2023-12", "player_key": "bob", "month": "2023-12", "token": ObjectId(), "days": [DAY]}
    world.analytics[names.REPORT_REQUESTS].replace_one({"_id": old["_id"]}, old)
    if again:
        world.stop_keeping("2023-12-05")
        world.play("bob", "2023-12-05T12")
        world.read_all(kept=False)
    make_owed_reports(world.analytics)
    world.check()


def test_a_refresh_that_cannot_wait_stays_owed(world: MergingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for hour in ("2022-05-01T10", f"{DAY}T10"):
        for player in ("bob", "eve"):
            world.play(player, hour)
    world.read_all()
    make_owed_reports(world.analytics)
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0)
    monkeypatch.setattr(reports, "_PLAYERS_AT_ONCE", 1)
    with take_turn(world.analytics, scope=time_scope((0, 1))):
        changes = make_owed_reports(world.analytics, also=refreshable(world.analytics))
    assert changes.left_owed
    assert set(requests_of(world)) == {
        f"{player}|{month}" for player in ("bob", "eve") for month in ("2022-01", "2023-01")
    }
    for report in ("2022/bob", "2023/eve"):
        world.analytics[names.WRAPPED_REPORTS].delete_one({"_id": report})
    make_owed_reports(world.analytics)
    world.check()


def test_owed_reports_are_read_in_batches(world: MergingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(7):
        world.play(f"player {number}", f"{DAY}T10")
    world.read_all()
    monkeypatch.setattr(report_requests, "_REQUESTS_AT_ONCE", 3)
    assert len(some_requests(world.analytics, None, None)) == 3
    assert len(some_requests(world.analytics, frozenset({"player 1", "player 2", "nobody"}), None)) == 2
    make_owed_reports(world.analytics)
    world.check()


def sealed_world(world: MergingWorld) -> None:
    """Two years of which only the months and one day are left."""
    for hour in ("2022-05-01T10", "2022-06-01T10", "2023-03-01T10", f"{DAY}T10"):
        world.play("bob", hour)
    world.read_all()
    make_owed_reports(world.analytics)
    world.analytics[names.PLAYER_DAYS].delete_many({"day": {"$lt": "2023-12"}})
    world.analytics[names.SEALED].insert_one({"_id": "raw", "before": "2023-12-01"})


def reports_of(world: MergingWorld) -> list[dict[str, Any]]:
    return list(world.analytics[names.WRAPPED_REPORTS].find({}, {"revision": 0}).sort("_id"))


@pytest.mark.parametrize("lost", [False, True])
def test_sealed_months_count_if_their_days_are_gone(world: MergingWorld, *, lost: bool) -> None:
    sealed_world(world)
    before = reports_of(world)
    if lost:
        world.analytics[names.PLAYER_MERGES].delete_many({})
    make_owed_reports(world.analytics, also=all_months(world.analytics, None))
    assert reports_of(world) == before
    world.analytics[names.PLAYER_DAYS].delete_many({})
    world.analytics[names.SEALED].update_one({}, {"$set": {"before": "2024-01-01"}})
    request_reports(world.analytics, [("bob", DAY)])
    make_owed_reports(world.analytics)
    assert [report["coverage"]["last_day"] for report in reports_of(world)] == [
        "2022-06-01",
        "2023-03-01",
        "2023-03-01",
    ]
    make_owed_reports(world.analytics, also=refreshable(world.analytics))
    assert len(reports_of(world)) == 3


def test_unsealed_months_are_removed_with_their_days(world: MergingWorld) -> None:
    sealed_world(world)
    world.analytics[names.SEALED].delete_many({})
    make_owed_reports(world.analytics, also=all_months(world.analytics, None))
    assert [report["_id"] for report in reports_of(world)] == ["2023/bob", "all/bob"]
    assert world.analytics[names.PLAYER_MONTHS].count_documents({}) == 0


def test_stored_months_of_an_older_version_are_merged(world: MergingWorld) -> None:
    for hour in ("2022-05-31T23", "2022-06-01T00", "2023-03-01T10", f"{DAY}T10"):
        world.play("bob", hour, start=3_599_000 if hour.endswith("23") else 0)
    world.read_all()
    make_owed_reports(world.analytics)
    before = reports_of(world)
    months = world.analytics[names.PLAYER_MONTHS]
    for month in list(months.find()):
        for edges in (
            month["play"]["edges"],
            month["deaths"]["edges"],
            *(month["movement"][one] for one in ("positions", "energies")),
        ):
            for side in ("heads", "tails"):
                edges[side] = [{**edge, "session": "session bob"} for edge in edges[side]]
        months.replace_one({"_id": month["_id"]}, {**month, "schema_version": 1})
    world.analytics[names.PLAYER_MERGES].delete_many({})
    make_owed_reports(world.analytics, also=refreshable(world.analytics))
    assert reports_of(world) == before


def test_steps_for_different_players_report_the_same_day_as_too_large(
    world: MergingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    players = [f"player {number}" for number in range(5)]
    for player in players:
        world.play(player, f"{DAY}T10")
    world.read_all()
    for player in players:
        world.play(player, f"{DAY}T11")
    world.read_all()
    half = sorted(map(player_slot, players))[2]
    quality = world.analytics[names.DATA_QUALITY]
    with monkeypatch.context() as patch:
        patch.setattr(encoding, "LARGEST_DOCUMENT", 100)
        for slots in ((half, SLOTS), (0, half), (0, half)):
            request_reports(world.analytics, hours=((player, f"{DAY}T11") for player in players))
            make_owed_reports(world.analytics, slots=slots)
        found = quality.find_one({"_id": f"player_days|{DAY}"}) or {}
        assert (found["documents_left_out"], len(found["examples"])) == (5, 5)
    for slots in ((half, SLOTS), (0, half)):
        request_reports(world.analytics, hours=((player, f"{DAY}T11") for player in players))
        make_owed_reports(world.analytics, slots=slots)
    make_owed_reports(world.analytics)
    assert quality.find_one({"_id": f"player_days|{DAY}"}) is None
    world.check()
