"""The scrape against the stand-in: every kind of player, resuming, the time limit, name changes."""

from datetime import timedelta

import pytest
from hiscores_world import START, World
from wrapped_shared.documents import Document

KIND_AND_TYPE = {
    "player 1": "regular",
    "player 2": "ironman",
    "player 3": "hardcore_ironman",
    "player 4": "ultimate_ironman",
    "player 5": "ironman",  # a hardcore who died
    "player 6": "regular",  # a former ironman
    "player 7": "ironman",  # on the ironman table alone
    "player 8": "regular",  # too low for the Overall table
    "player 9": None,  # on no table
}
EVERYONE = list(KIND_AND_TYPE)


def test_every_kind_of_player_is_found_with_their_type_and_figures(world: World) -> None:
    tally = world.scrape(EVERYONE, START)
    assert tally.outcomes == {"ok": 8, "not_found": 1}
    stored = {d["player_key"]: d for d in world.snapshots().values()}
    assert {key: d["account_type"] for key, d in stored.items()} == {k: t for k, t in KIND_AND_TYPE.items() if t}
    for key, document in stored.items():
        skills, activities = world.stand_in.players.figures(key, world.stand_in.server.clock.now())
        assert figures_of(document) == expected_figures(skills, activities)
    assert "Overall" not in stored["player 8"]["skills"]
    assert world.players()["player 9"]["status"] == "not_found"
    assert world.players()["player 9"]["next_due"] == START + timedelta(days=1)


def figures_of(document: Document) -> dict[str, int]:
    values = {name: row["experience"] for name, row in document["skills"].items()}
    values |= {name: row["score"] for name, row in document["activities"].items()}
    return values | {name: row["kills"] for name, row in document["bosses"].items()}


def expected_figures(skills: list, activities: list) -> dict[str, int]:  # type: ignore[type-arg]
    from wrapped_devkit.osrs_server.hiscores_rows import ACTIVITIES
    from wrapped_shared.hiscores_rows import SKILLS

    names = [*SKILLS, *(name for name, _ in ACTIVITIES)]
    return {name: row.value for name, row in zip(names, [*skills, *activities], strict=True) if row.rank > 0}


def test_exactly_one_request_for_each_known_player(world: World) -> None:
    world.scrape(EVERYONE[:8], START)
    world.stand_in.server.log.clear()
    world.pass_time(days=1)
    tally = world.scrape(EVERYONE[:8], START + timedelta(days=1))
    assert tally.outcomes == {"ok": 8}
    assert world.requests == [
        "hiscore_oldschool player 1",
        "hiscore_oldschool_ironman player 2",
        "hiscore_oldschool_hardcore_ironman player 3",
        "hiscore_oldschool_ultimate player 4",
        "hiscore_oldschool_ironman player 5",
        "hiscore_oldschool player 6",
        "hiscore_oldschool_ironman player 7",
        "hiscore_oldschool player 8",
    ]


def test_a_repeated_run_for_a_slot_looks_up_only_the_missing_players(world: World) -> None:
    world.scrape(EVERYONE[:3], START)
    world.mongo.analytics["hiscores_players"].delete_one({"_id": "player 2"})  # killed between the two writes
    world.stand_in.server.log.clear()
    tally = world.scrape(EVERYONE[:4], START)
    assert {name.split()[-1] for name in world.requests} == {"4"}
    assert (tally.resumed, tally.outcomes) == (3, {"ok": 1})
    assert world.players()["player 2"]["account_type"] == "ironman"
    assert len(world.snapshots()) == 4


def test_a_runs_time_is_limited_and_what_was_stored_stays(world: World) -> None:
    assert world.scrape(["player 1"], START, deadline=START).ended == "time"
    assert world.requests == []


def test_an_ironman_who_left_is_detected_and_gains_only_what_they_earned(world: World) -> None:
    world.scrape(["player 2"], START)
    before = world.snapshots()["player 2|2026-03-01T10:00:00Z"]
    world.faults("de-ironed")
    for day in range(1, 10):
        world.pass_time(days=1)
        world.scrape(["player 2"], START + timedelta(days=day))
    assert world.players()["player 2"]["account_type"] == "regular"
    after = world.snapshots()["player 2|2026-03-10T10:00:00Z"]
    assert after["account_type"] == "regular"
    assert after["skills"]["Overall"]["experience"] > before["skills"]["Overall"]["experience"]
    world.materialize(selection=["hiscores_gains"])
    gained = world.gains()["all/player 2"]
    assert gained["flags"] == []
    expected = world.stand_in.players.figures("player 2", world.stand_in.server.clock.now())[0][0].value
    assert gained["skills"]["Overall"] == expected - before["skills"]["Overall"]["experience"]


def test_a_name_that_changes_hands_is_flagged_and_the_gains_restart(world: World) -> None:
    world.scrape(["player 1"], START)
    world.pass_time(days=1)
    world.stand_in.hiscores.rename("player 1", "gone")
    world.stand_in.hiscores.rename("player 8", "player 1")
    tally = world.scrape(["player 1"], START + timedelta(days=1))
    assert tally.name_changed == 1
    assert world.players()["player 1"]["status"] == "name_changed"
    world.pass_time(days=30)
    world.scrape(["player 1"], START + timedelta(days=31))
    assert world.players()["player 1"]["status"] == "ok"
    world.materialize(selection=["hiscores_gains"])
    gained = world.gains()["2026/player 1"]
    assert "name_changed" in gained["flags"]
    assert gained["from"] == START + timedelta(days=1)


def test_a_change_of_hands_is_detected_by_bosses_too(world: World) -> None:
    world.scrape(["player 1"], START)
    (stored,) = world.snapshots().values()
    boss = min(stored["bosses"])
    world.mongo.raw["hiscores"].update_one({"_id": stored["_id"]}, {"$inc": {f"bosses.{boss}.kills": 1_000}})
    world.pass_time(days=1)
    assert world.scrape(["player 1"], START + timedelta(days=1)).name_changed == 1
    assert world.players()["player 1"]["status"] == "name_changed"


def test_a_renamed_player_is_not_found_and_their_old_gains_stay(world: World) -> None:
    world.scrape(["player 1"], START)
    world.pass_time(days=1)
    world.scrape(["player 1"], START + timedelta(days=1))
    world.materialize(selection=["hiscores_gains"])
    before = world.gains()
    world.faults("renamed")
    world.scrape(["player 1", "x player 1"], START + timedelta(days=2))
    assert world.players()["player 1"]["status"] == "not_found"
    assert world.players()["player 1"]["consecutive_failures"] == 1
    assert world.players()["x player 1"]["status"] == "ok"
    world.materialize(selection=["hiscores_gains"])
    assert before.items() <= world.gains().items()


@pytest.mark.parametrize("name", ["Some.One", "a b"])
def test_new_rows_with_odd_names_are_stored(world: World, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from wrapped_devkit.osrs_server import hiscores

    monkeypatch.setattr(hiscores, "NEW_ROW", f"{name}: 1.5% $x")
    world.faults("added-row")
    world.scrape(["player 1"], START)
    (document,) = world.snapshots().values()
    assert document["bosses"][f"{name}: 1.5% $x"] == {"rank": 5, "kills": 12}
