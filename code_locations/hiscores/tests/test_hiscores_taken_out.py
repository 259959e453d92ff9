"""Players removed from the roster by hand stay out, and come back when re-added by hand."""

from datetime import UTC, datetime

import pytest
from hiscores.domain.roster import Tracked
from hiscores.domain.states import NEVER
from hiscores.store.roster import removed_by_hand, save_roster
from hiscores_world import SNAPSHOTS_OP, World, metadata_of


@pytest.fixture(autouse=True)
def sources(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Player 1 by telemetry, 2 by a group, 3 by the settings, 4 by all."""
    now = int(datetime.now(UTC).timestamp() * 1000) - 60_000
    names = ("Player_1", "player 4")
    world.mongo.raw["game_ticks"].insert_many([{"username": name, "timestamp": now} for name in names])
    world.mongo.analytics["player_groups"].insert_one({"_id": "clan", "members": ["Player 2", "Player 4"]})
    monkeypatch.setenv("HISCORES_ROSTER", "player 3,player 4")


def roster(world: World) -> dict[str, bool]:
    return {d["_id"]: d["tracked"] for d in world.mongo.analytics["hiscores_roster"].find()}


def looked_up(world: World) -> set[str]:
    players = {request.split(" ", 1)[1] for request in world.requests}
    world.stand_in.server.log.clear()
    return players


EVERYONE = {f"player {n}" for n in range(1, 5)}


@pytest.mark.slow
@pytest.mark.parametrize("out", sorted(EVERYONE))
def test_a_removed_document_stays_removed_in_effect(world: World, out: str) -> None:
    world.materialize()
    assert looked_up(world) == EVERYONE
    world.mongo.analytics["hiscores_roster"].delete_one({"_id": out})
    for slot in ("2030-01-01T00:00:00Z", "2030-02-01T00:00:00Z"):
        result = world.materialize({SNAPSHOTS_OP: {"slot": slot}})
        assert looked_up(world) == EVERYONE - {out}
        assert roster(world) == {name: name != out for name in EVERYONE}
        metadata = metadata_of(result, "tracked_players")
        assert (metadata["players"], metadata["taken_out_by_hand"]) == (3, 1)
        assert world.players()[out]["next_due"] == NEVER


@pytest.mark.slow
def test_a_marked_document_also_keeps_out_players_never_named(world: World) -> None:
    marked = [{"_id": "player 1", "tracked": False}, {"_id": "player 5", "tracked": False}]
    world.mongo.analytics["hiscores_roster"].insert_many(marked)
    world.mongo.raw["loot_received"].insert_one({"username": "Player 5", "timestamp": 1_700_000_000_000})
    world.materialize()
    assert looked_up(world) == {"player 2", "player 3", "player 4"}
    collection = world.mongo.analytics["hiscores_roster"]
    assert list(collection.find({"tracked": False})) == marked
    by_hand = world.materialize(players=["player 5"])
    assert metadata_of(by_hand, "snapshots")["ok"] == 1, "a manual scrape looks up everyone named"
    assert world.players()["player 5"]["next_due"] == NEVER
    collection.update_one({"_id": "player 1"}, {"$set": {"tracked": True}})
    looked_up(world)
    world.materialize({SNAPSHOTS_OP: {"slot": "2030-01-01T00:00:00Z"}})
    assert looked_up(world) == EVERYONE


@pytest.mark.slow
@pytest.mark.parametrize("how", ["mark", "remove once more"])
def test_a_player_can_be_added_back_by_hand(world: World, how: str) -> None:
    world.materialize()
    collection = world.mongo.analytics["hiscores_roster"]
    collection.delete_one({"_id": "player 1"})
    world.materialize(selection=["tracked_players"])
    assert roster(world)["player 1"] is False
    if how == "mark":
        collection.update_one({"_id": "player 1"}, {"$set": {"tracked": True}})
    else:
        collection.delete_one({"_id": "player 1"})
    looked_up(world)
    world.materialize({SNAPSHOTS_OP: {"slot": "2030-01-01T00:00:00Z"}})
    assert looked_up(world) == EVERYONE
    assert roster(world)["player 1"] is True


def test_a_player_who_rejoins_a_group_is_tracked_again(world: World) -> None:
    world.materialize()
    groups = world.mongo.analytics["player_groups"]
    groups.update_one({"_id": "clan"}, {"$pull": {"members": "Player 2"}})
    world.materialize(selection=["tracked_players"])
    assert "player 2" not in roster(world)
    groups.update_one({"_id": "clan"}, {"$push": {"members": "Player 2"}})
    world.materialize(selection=["tracked_players"])
    assert roster(world)["player 2"] is True


@pytest.mark.slow
def test_a_stranger_looked_up_by_hand_is_tracked_once_telemetry_names_them(world: World) -> None:
    world.materialize()
    world.materialize(players=["Stranger"], selection=["snapshots"])
    assert world.players()["stranger"]["next_due"] == NEVER
    world.mongo.raw["game_ticks"].insert_one({"username": "Stranger", "timestamp": 1_700_000_000_000})
    world.materialize(selection=["tracked_players"])
    assert roster(world)["stranger"] is True


def test_a_dropped_roster_is_rebuilt_with_everyone(world: World) -> None:
    world.materialize()
    world.mongo.analytics["hiscores_roster"].drop()
    world.materialize(selection=["tracked_players"])
    assert roster(world) == dict.fromkeys(EVERYONE, True)


def test_a_player_added_meanwhile_by_another_run_does_not_count_as_removed(world: World) -> None:
    world.materialize()
    assert removed_by_hand(world.mongo.analytics, ["player 1", "nobody"]) == set()


def test_a_mark_made_while_the_roster_is_written_survives(world: World) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    before = {"bob": Tracked("bob", "bob", ("telemetry",), now)}
    save_roster(world.mongo.analytics, {}, before)
    world.mongo.analytics["hiscores_roster"].update_one({"_id": "bob"}, {"$set": {"tracked": False}})
    save_roster(world.mongo.analytics, before, {"bob": Tracked("bob", "Bob", ("telemetry",), now)})
    assert roster(world) == {"bob": False}
