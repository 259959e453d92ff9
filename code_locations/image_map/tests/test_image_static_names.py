"""Item names without any request: from the package's table, until the wiki knows better."""

from typing import Any

import pytest
from image_map.work.choice import Choice
from image_map.work.due import due
from image_map.work.gather import gather
from image_map.work.tables import update_items
from image_map_world import World
from wrapped_shared.models.image_map import Item

WHIP, WHIP_NOTE, TORTURE, PLACEHOLDER = 4151, 4152, 19_553, 19_554


def named(world: World, *items: int) -> tuple[int, int]:
    """What `items` says after a report that names these."""
    world.report(items=items)
    gather(world.analytics, Choice.of())
    return update_items(world.analytics)


def stored(world: World) -> dict[int, dict[str, Any]]:
    found = {item["_id"]: item for item in world.analytics.items.find()}
    for item in found.values():
        Item.model_validate(item)
    return found


def test_items_that_reports_name_have_names_without_any_request(world: World) -> None:
    known, written = named(world, WHIP_NOTE, PLACEHOLDER)
    found = stored(world)
    assert (found[WHIP_NOTE]["name"], found[WHIP_NOTE]["base_id"]) == ("Abyssal whip", WHIP)
    assert (found[PLACEHOLDER]["name"], found[PLACEHOLDER]["base_id"]) == ("Amulet of torture", TORTURE)
    assert {item["source"] for item in found.values()} == {"static"}
    assert known == written == len(found) < 10
    assert world.requested() == []


def test_a_second_run_writes_nothing_and_a_new_item_only_its_own_documents(world: World) -> None:
    named(world, WHIP)
    before = stored(world)
    assert update_items(world.analytics) == (len(before), 0)
    _, written = named(world, WHIP, TORTURE)
    assert written == len(stored(world)) - len(before) > 0


def test_the_wiki_corrects_a_static_name_for_good(world: World) -> None:
    named(world, WHIP, TORTURE)
    (row,) = [row for row in world.bestiary.tables["infobox_item"] if row["item_id"] == [str(WHIP)]]
    row["item_name"] = "Whip of the abyss"
    world.tables()
    update_items(world.analytics)
    corrected = stored(world)
    assert (corrected[WHIP]["name"], corrected[WHIP]["source"]) == ("Whip of the abyss", "wiki")
    assert (corrected[WHIP_NOTE]["name"], corrected[WHIP_NOTE]["source"]) == ("Whip of the abyss", "wiki")
    world.bestiary.tables["infobox_item"].remove(row)
    world.bestiary.prices.clear()
    world.tables(refresh=True, accept_smaller=True)
    assert update_items(world.analytics)[1] == 0
    assert stored(world) == corrected


def test_a_new_table_of_names_is_a_reason_to_run_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("WRAPPED_CONTACT", raising=False)
    monkeypatch.setattr("image_map.work.due.constant_subjects", list)
    assert due(world.mongo) is None, "no report names an item"
    named(world, WHIP)
    world.analytics.stat_images.insert_one({"_id": f"item:{WHIP}"})
    assert due(world.mongo) is None
    world.analytics.run_notes.update_one({"_id": "pictures"}, {"$set": {"names": "of an older version"}})
    assert due(world.mongo) == "some items may have names now"
    update_items(world.analytics)
    assert due(world.mongo) is None
