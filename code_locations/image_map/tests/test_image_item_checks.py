"""The checks of items and prices fail on what would give reports a wrong name or value, and pass on what is stored."""

from datetime import timedelta
from typing import Any

import pytest
from image_map.defs.checks import names_and_bases_are_valid, reported_items_have_names
from image_map.defs.prices import prices_are_recent, prices_are_whole
from image_map.work.prices import days_late
from image_map_world import NOW, World


def passed(result: Any) -> bool:
    return bool(result.passed)


@pytest.mark.parametrize(
    ("broken", "valid"),
    [
        ({}, True),
        ({"name": " "}, False),
        ({"base_id": 4}, False),  # no such item
        ({"base_id": 2}, False),  # a note of a note
    ],
)
def test_every_item_needs_a_name_and_a_base_that_is_its_own(world: World, broken: dict[str, Any], valid: bool) -> None:
    items = [{"_id": 1, "name": "Whip", "base_id": 1}, {"_id": 2, "name": "Whip", "base_id": 1}]
    world.analytics.items.insert_many([*items, {"_id": 3, "name": "Bones", "base_id": 3, **broken}])
    assert passed(names_and_bases_are_valid(world.mongo)) is valid


def test_items_in_reports_need_names(world: World) -> None:
    world.analytics.stat_images.insert_many(
        [{"_id": f"item:{one}", "kind": "item", "key": str(one)} for one in range(10)]
    )
    world.analytics.items.insert_many([{"_id": one, "name": "x", "base_id": one} for one in range(9)])
    assert passed(reported_items_have_names(world.mongo))
    world.analytics.items.delete_one({"_id": 3})
    assert not passed(reported_items_have_names(world.mongo))


def test_prices_must_be_recent_and_their_days_alike(world: World) -> None:
    world.analytics.loot_months.insert_one({"_id": f"{NOW:%Y-%m}"})
    world.fetch(NOW)
    assert passed(prices_are_whole(world.mongo))
    assert days_late(world.analytics, NOW) == 0
    assert days_late(world.analytics, NOW + timedelta(days=2)) == 2
    newest = world.analytics.item_prices.find_one({}, sort=[("_id", -1)]) or {}
    few = dict(list(newest["prices"].items())[:1])
    world.analytics.item_prices.update_one({"_id": newest["_id"]}, {"$set": {"prices": few}})
    assert not passed(prices_are_whole(world.mongo)), "a short day"
    world.analytics.item_prices.delete_one({"_id": newest["_id"]})
    assert not passed(prices_are_whole(world.mongo)), "a month whose prices are of another number of days"
    world.analytics.item_prices.delete_many({})
    assert not passed(prices_are_recent(world.mongo))
