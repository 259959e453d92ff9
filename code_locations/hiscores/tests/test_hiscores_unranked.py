"""Players listed on the hiscores without any value: a separate status, no snapshot, planned like quiet players."""

from datetime import timedelta

from hiscores.domain.planner import next_due
from hiscores.domain.states import PlayerState, after_nothing
from hiscores_world import START, World, metadata_of, tracked


def test_an_unranked_player_has_a_status_but_no_snapshot(world: World) -> None:
    world.faults("unranked")
    tally = world.scrape(["player 1", "player 2", "player 9"], START)
    assert tally.outcomes == {"unranked": 2, "not_found": 1}
    assert tally.failures == 0
    assert world.snapshots() == {}
    state = world.players()["player 2"]
    assert (state["status"], state["outcome"], state["consecutive_failures"]) == ("unranked", "unranked", 0)


def test_an_unranked_player_is_scheduled_like_a_quiet_one_regardless_of_telemetry(world: World) -> None:
    world.faults("unranked")
    slot, waits = START, []
    for _ in range(5):
        world.scrape(["player 1"], slot)
        due = world.players()["player 1"]["next_due"]
        waits.append((due - slot).days)
        slot = due
        world.pass_time(days=waits[-1])
    assert waits == [1, 2, 4, 7, 7]
    state = PlayerState("bob", "bob", "unranked", checked_at=START, asked_slot=START, quiet_days=4)
    assert next_due(state, tracked("bob", START + timedelta(hours=5))) == START + timedelta(days=4)


def test_a_player_who_appears_on_a_table_gets_a_snapshot_and_keeps_earlier_ones(world: World) -> None:
    world.scrape(["player 1"], START)
    world.faults("unranked")
    world.pass_time(days=1)
    world.scrape(["player 1"], START + timedelta(days=1))
    assert len(world.snapshots()) == 1
    assert world.players()["player 1"]["snapshot_slot"] == "2026-03-01T10:00:00Z"
    world.faults()
    world.pass_time(days=1)
    assert world.scrape(["player 1"], START + timedelta(days=2)).outcomes == {"ok": 1}
    assert world.players()["player 1"]["status"] == "ok"
    assert len(world.snapshots()) == 2


def test_a_failure_after_unranked_starts_with_the_shortest_wait() -> None:
    failed = PlayerState("bob", "bob", "unavailable", failures=5, asked_slot=START)
    unranked = after_nothing(failed, slot=START, at=START, outcome="unranked")
    assert after_nothing(unranked, slot=START, at=START, outcome="unavailable").failures == 1


def test_a_run_in_which_all_are_unranked_is_complete(world: World) -> None:
    world.faults("unranked")
    metadata = metadata_of(world.materialize(players=["player 1", "player 3"]), "snapshots")
    assert (metadata["outcome"], metadata["unranked"], metadata["not_found"]) == ("complete", 2, 0)
