"""The checks of stored gains fail on what no correct gain can be, and pass on what the location computes."""

from datetime import timedelta
from typing import Any

import pytest
from hiscores.defs.checks import gains_checks
from hiscores_world import SNAPSHOTS_OP, World


def results(world: World) -> dict[str, bool]:
    found: Any = gains_checks(world.mongo)
    return {str(one.check_name): one.passed for one in found}


@pytest.fixture
def gained(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """Gains of a few players, from two days."""
    monkeypatch.setenv("HISCORES_ROSTER", "Player_1,player 2,player 3")
    for slot in ("2026-11-20T10:00:00Z", "2026-11-24T10:00:00Z"):
        world.materialize({SNAPSHOTS_OP: {"slot": slot}})
    assert len(world.gains()) >= 6
    world.mongo.analytics.command("collMod", "hiscores_gains", validator={})  # it would refuse some of the faults
    return world


def test_computed_gains_pass(gained: World) -> None:
    assert results(gained) == {"gains_are_valid": True, "skills_agree_with_overall": True}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "failing"),
    [
        ({"skills.Attack": -1}, "gains_are_valid"),
        ({"bosses.Zulrah": -5}, "gains_are_valid"),
        ({"points": []}, ""),
        ({"skills.Attack": 90_000_000, "flags": []}, "skills_agree_with_overall"),
        ({"skills.Attack": 90_000_000, "flags": ["rollback"]}, ""),
    ],
)
def test_a_broken_document_fails_its_check(gained: World, change: dict[str, Any], failing: str) -> None:
    gains = gained.mongo.analytics["hiscores_gains"]
    gains.update_one({"period": "all"}, {"$set": change})
    assert [name for name, passed in results(gained).items() if not passed] == [failing] * bool(failing)


@pytest.mark.slow
def test_points_and_bounds_out_of_order_fail(gained: World) -> None:
    gains = gained.mongo.analytics["hiscores_gains"]
    found = gains.find_one({"period": "all"}) or {}
    times = found["from"], found["from"] + timedelta(hours=1)
    one = {**found, "to": times[1], "points": [{"at": at, "overall_xp": 5} for at in times]}
    gains.replace_one({"_id": one["_id"]}, one)
    assert results(gained)["gains_are_valid"]
    for change in ({"points": one["points"][::-1]}, {"to": one["points"][0]["at"]}, {"from": one["points"][-1]["at"]}):
        gains.replace_one({"_id": one["_id"]}, {**one, **change})
        assert not results(gained)["gains_are_valid"]
