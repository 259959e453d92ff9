"""Who is looked up: names that their player left are not, nor are forgotten players, even if forgotten meanwhile."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hiscores import scrape
from hiscores.domain.roster import Holders, Names, Tracked, merge_roster
from hiscores.store.due import due
from hiscores.upstream.client import HiscoresClient
from hiscores_world import SNAPSHOTS_OP, START, World, metadata_of
from wrapped_shared.forgotten import Forgotten, forgotten_id
from wrapped_shared.periods import day_start_ms
from wrapped_shared.tenures import Link, Tenures

NOW = datetime(2026, 3, 10, tzinfo=UTC)
LINK = Link("2026-03-05", "ann", "bea")


def roster(names: Names, *known: Tracked, **holders: Any) -> dict[str, tuple[str, tuple[str, ...], datetime | None]]:
    found, _ = merge_roster({one.key: one for one in known}, names, NOW, holders=Holders(**holders))
    return {key: (entry.player, entry.sources, entry.last_telemetry) for key, entry in found.items()}


def test_every_source_of_a_left_name_names_the_player_who_left_it() -> None:
    played = NOW - timedelta(days=6)
    names = Names(frozenset({"Ann", "Bea", "cat"}), {"Ann": played}, frozenset({"ANN"}), ("ann",))
    everything = ("former_name", "groups", "settings", "telemetry")
    assert roster(names, tenures=Tenures([LINK])) == {
        "bea": ("Bea", everything, played),
        "cat": ("cat", ("telemetry",), None),
    }
    only_old = Names(frozenset({"Ann"}), {}, frozenset(), ())
    assert roster(only_old, tenures=Tenures([LINK])) == {"bea": ("bea", ("former_name",), None)}


def test_a_name_that_is_held_again_is_its_new_holders() -> None:
    played = NOW - timedelta(days=1)
    names = Names(frozenset({"Ann", "Bea"}), {"Ann": played}, frozenset({"ann"}), ())
    assert roster(names, tenures=Tenures([LINK]), held_again=frozenset({"ann"})) == {
        "ann": ("Ann", ("groups", "telemetry"), played),
        "bea": ("Bea", ("telemetry",), None),
    }


def test_a_player_known_from_pruned_telemetry_stays_under_the_new_name() -> None:
    known = Tracked("ann", "Ann", ("telemetry",), START)
    nobody = Names(frozenset(), {}, frozenset(), ())
    assert roster(nobody, known, tenures=Tenures([LINK])) == {"bea": ("bea", ("former_name",), None)}
    renamed = Tracked("bea", "bea", ("former_name",), START)
    assert roster(nobody, renamed, tenures=Tenures([LINK])) == {"bea": ("bea", ("former_name",), None)}
    assert roster(nobody, renamed) == {}


def test_forgotten_players_are_in_no_roster_until_somebody_else_holds_an_older_name() -> None:
    forgotten = Forgotten(
        [
            {"_id": forgotten_id("ann", "2026-03-05"), "until": "2026-03-05"},
            {"_id": forgotten_id("bea", None), "until": None},
        ]
    )
    played = NOW - timedelta(days=1)
    names = Names(frozenset({"ann", "bea"}), {"bea": played}, frozenset({"ann", "bea"}), ("ann", "bea"))
    assert roster(names, Tracked("bea", "Bea", ("telemetry",), START), forgotten=forgotten) == {}
    again = roster(names, forgotten=forgotten, held_again=frozenset({"ann"}))
    assert again.keys() == {"ann"}


@pytest.fixture
def linked(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Player 1 became player 2 on March 5."""
    tick = {"username": "Player_1", "timestamp": day_start_ms("2026-03-05")}
    world.mongo.raw["game_ticks"].insert_one(tick)
    monkeypatch.setenv("HISCORES_ROSTER", "player 1,player 3")
    link = {"_id": "player 1|2026-03-05", "old": "player 1", "now": "player 2", "from_day": "2026-03-05"}
    world.mongo.analytics["player_names"].insert_one(link)
    return world


def looked_up(world: World) -> set[str]:
    """Who is looked up by a run in which everybody is due."""
    world.stand_in.server.log.clear()
    days = world.mongo.raw["hiscores"].count_documents({})
    slot = {SNAPSHOTS_OP: {"slot": f"20{30 + days}-01-01T00:00:00Z"}}
    world.materialize(slot, selection=["tracked_players", "snapshots"])
    return {request.split(" ", 1)[1] for request in world.requests}


def test_a_left_name_is_not_looked_up_until_it_is_held_again_or_the_link_is_undone(linked: World) -> None:
    assert looked_up(linked) == {"player 2", "player 3"}
    assert due(linked.mongo) != "there are new names"
    later = {"username": "PLAYER 1", "timestamp": day_start_ms("2026-03-06")}
    linked.mongo.raw["loot_received"].insert_one(later)
    assert due(linked.mongo) == "there are new names"
    assert looked_up(linked) == {"player 1", "player 2", "player 3"}
    linked.mongo.analytics["player_names"].delete_many({})
    assert looked_up(linked) == {"player 1", "player 3"}


def test_a_link_makes_a_run_due_for_the_names_that_were_left(linked: World) -> None:
    link = linked.mongo.analytics["player_names"].find_one_and_delete({})
    linked.materialize(selection=["tracked_players"])
    linked.mongo.analytics["player_names"].insert_one({**(link or {}), "now": "player 3"})
    assert due(linked.mongo) == "players have left their names"
    linked.materialize(selection=["tracked_players"])
    assert due(linked.mongo) != "players have left their names"


def test_a_player_named_by_a_former_name_is_looked_up_under_the_new_one(linked: World) -> None:
    result = linked.materialize(players=["Player_1"], selection=["snapshots"])
    assert metadata_of(result, "snapshots")["ok"] == 1
    assert {document["player_key"] for document in linked.snapshots().values()} == {"player 2"}


def forget(world: World, name: str) -> None:
    """Mark a player as forgotten and remove what is stored, as the command does."""
    mark = {"_id": forgotten_id(name, None), "until": None, "at": START}
    world.mongo.analytics["forgotten_players"].replace_one({"_id": mark["_id"]}, mark, upsert=True)
    world.mongo.raw["hiscores"].delete_many({"player_key": name})
    for collection in ("hiscores_roster", "hiscores_players"):
        world.mongo.analytics[collection].delete_many({"_id": name})
    world.mongo.analytics["hiscores_gains"].delete_many({"player_key": name})


def traces(world: World, name: str) -> list[str]:
    """Where a player's name is stored."""
    return [
        f"{collection}: {document['_id']}"
        for database in (world.mongo.raw, world.mongo.analytics)
        for collection in database.list_collection_names()
        if collection not in ("player_groups", "game_ticks")
        for document in database[collection].find()
        if name in str(document)
    ]


def test_a_forgotten_player_is_never_looked_up_whatever_names_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(datetime.now(UTC).timestamp() * 1000) - 60_000
    world.mongo.raw["game_ticks"].insert_one({"username": "Player_1", "timestamp": now})
    world.mongo.analytics["player_groups"].insert_one({"_id": "clan", "members": ["player 1", "player 2"]})
    monkeypatch.setenv("HISCORES_ROSTER", "player 1")
    assert looked_up(world) == {"player 1", "player 2"}
    forget(world, "player 1")
    assert looked_up(world) == {"player 2"}
    world.materialize(players=["PLAYER 1"])
    assert "hiscore_oldschool player 1" not in world.requests
    assert traces(world, "player 1") == []


Moment = Callable[[World, pytest.MonkeyPatch], None]


def during_another_request(world: World, patch: pytest.MonkeyPatch) -> None:
    request = HiscoresClient.player

    def forgetting(client: HiscoresClient, key: str, *rest: Any) -> Any:
        if key == "player 1":
            forget(world, "player 2")
        return request(client, key, *rest)

    patch.setattr(HiscoresClient, "player", forgetting)


def during_their_own_request(world: World, patch: pytest.MonkeyPatch) -> None:
    request = HiscoresClient.player

    def forgetting(client: HiscoresClient, key: str, *rest: Any) -> Any:
        answer = request(client, key, *rest)
        if key == "player 2":
            forget(world, key)
        return answer

    patch.setattr(HiscoresClient, "player", forgetting)


def while_the_snapshot_is_written(world: World, patch: pytest.MonkeyPatch) -> None:
    save = scrape.save_snapshot

    def forgetting(raw: Any, document: dict[str, Any]) -> None:
        if document["player_key"] == "player 2":
            forget(world, "player 2")
        save(raw, document)

    patch.setattr(scrape, "save_snapshot", forgetting)


def while_states_are_written(world: World, patch: pytest.MonkeyPatch) -> None:
    save = scrape.save_states

    def forgetting(*arguments: Any) -> None:
        forget(world, "player 2")
        save(*arguments)

    patch.setattr(scrape, "save_states", forgetting)


@pytest.mark.parametrize(
    "moment",
    [during_another_request, during_their_own_request, while_the_snapshot_is_written, while_states_are_written],
)
def test_nothing_is_stored_of_a_player_who_is_forgotten_in_mid_scrape(
    world: World, monkeypatch: pytest.MonkeyPatch, moment: Moment
) -> None:
    moment(world, monkeypatch)
    world.scrape(["player 1", "player 2", "player 3"], START)
    assert traces(world, "player 2") == []
    assert {document["player_key"] for document in world.snapshots().values()} == {"player 1", "player 3"}
    assert world.players().keys() == {"player 1", "player 3"}
    if moment is during_another_request:
        assert not any("player 2" in request for request in world.requests)
