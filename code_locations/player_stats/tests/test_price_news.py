"""A plan's cost is that of the prices that changed, and no change is missed for it."""

from datetime import timedelta
from typing import Any

import pytest
from merging_world import MergingWorld
from player_stats.store import price_changes, waiting
from player_stats.store.price_changes import prices_due
from player_stats.store.reports import make_owed_reports
from scheduling import Program
from test_loot_values import NOTED_WHIP, NOW, WHIP, loot_of, plan, requested, settle
from test_loot_values import program as program  # a fixture
from test_loot_values import world as world  # a fixture
from wrapped_shared import collections as names
from wrapped_shared.bulk import find_by_id
from wrapped_shared.item_changes import changing


def test_a_plan_reads_only_the_prices_that_changed(world: MergingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    months = world.analytics[names.ITEM_MONTH_PRICES]
    world.set_prices({"2024-02": {WHIP: 1_000}, "2024-03": {WHIP: 300}}, {NOTED_WHIP: WHIP})
    months.update_many({}, [{"$set": {"digest": {"$concat": ["digest of ", "$_id"]}}}])
    with changing(world.analytics):
        pass
    settle(world)
    read: list[Any] = []
    monkeypatch.setattr(price_changes, "find_by_id", lambda *how: read.extend(how[1]) or find_by_id(*how))
    monkeypatch.setattr(price_changes, "_bases", lambda items: read.append("items") or {str(NOTED_WHIP): WHIP})
    world.plan_prices()
    assert read == []
    change = {"$set": {f"prices.{WHIP}": 400, "digest": "another"}}
    months.update_one({"_id": "2024-03"}, change)
    assert prices_due(world.analytics, NOW + timedelta(days=10))
    read.clear()
    world.plan_prices()
    assert set(read) == {"2024-03"}
    assert requested(world) == {"eve|2024-03"}
    make_owed_reports(world.analytics)
    assert loot_of(world, "2024/eve")["value"] == 1_000 + 2_000 + 400
    with changing(world.analytics):
        read.clear()
        world.plan_prices()
        assert read == ["items"], "while items are written, or their writer died, they are compared themselves"


def test_a_changed_price_reaches_reports_though_two_runs_plan_at_once(
    world: MergingWorld, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0)
    months = world.analytics[names.ITEM_MONTH_PRICES]
    world.set_prices({"2024-02": {WHIP: 1_000}})
    settle(world)
    for commands, price in enumerate((5, 6, 7, 8, 9, 10)):
        # The other run has read some of the prices and digests when they change again, and this run takes them over.
        months.update_one({"_id": "2024-02"}, {"$set": {f"prices.{WHIP}": 10 * price, "digest": f"first {price}"}})
        program.start(plan)
        program.go(commands + 1)
        world.set_prices({"2024-02": {WHIP: price}})
        months.update_one({"_id": "2024-02"}, {"$set": {"digest": f"second {price}"}})
        world.plan_prices()
        program.go(None)
        settle(world)
        assert loot_of(world, "2024/eve")["mobs"][0]["items"][0]["value"] == 2 * price
