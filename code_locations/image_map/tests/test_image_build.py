"""Building the map: the right picture for each subject, fetched once, kept fresh, and nothing left behind."""

from collections.abc import Iterator
from datetime import timedelta
from typing import get_args

import pytest
from bson import ObjectId
from gridfs import GridFSBucket
from image_map.domain.sprites import image_format
from image_map.store.sprites import orphans
from image_map.work.build import Build
from image_map.work.choice import Choice
from image_map_world import MOBS, NOW, WEEK, World, WriteCounter, fill, world_on
from pymongo import MongoClient
from wrapped_devkit.contract.conformity import departures
from wrapped_devkit.osrs_server.wiki_facts import Row
from wrapped_devkit.testing import dropped_after
from wrapped_shared.collections import ITEMS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.version import SCHEMA_VERSIONS
from wrapped_shared.vocabulary import EquipmentSlot, Skill, SlideStat


@pytest.fixture(scope="module")
def whole(mongo_server: str) -> Iterator[World]:
    """A complete map, for tests that only read it."""
    mongo = MongoResource(uri=mongo_server, raw_database="raw-whole-map", analytics_database="analytics-whole-map")
    with dropped_after(mongo), world_on(mongo) as world:
        fill(world)
        yield world


@pytest.mark.slow
def test_every_awkward_mob_gets_the_right_picture(whole: World) -> None:
    assert {name: whole.file(f"npc:{name}") for name in (f"{name}#{level}" for name, level, _ in MOBS)} == {
        "Zulrah#725": "File:Zulrah (serpentine).png",
        "Goblin#2": "File:Goblin.png",
        "Goblin#5": "File:Goblin (level 5).png",
        "Goblin#13": "File:Goblin (Level 13, armed).png",
        "Vet'ion#454": "File:Vet'ion.png",
        "Dusk#248": "File:Dusk.png",
        "Dawn#228": "File:Dawn.png",
        "Pale presence#33": None,
        "Lost drawing#34": None,
        "Gnome guard, off duty#23": "File:Gnome guard, off duty.png",
        "Sand crab warden#95": "File:Elder sand crab.png",
        "Spirit#4": None,
    }


def test_the_winning_step_is_stored(whole: World) -> None:
    steps = {
        "npc:Zulrah#725": "npc_id",
        "npc:Sand crab warden#95": "page",
        "npc:Spirit#4": "fallback",
        "boss:Barrows Chests": "alias",
        "item:11851": "item_id",
        "place:Varrock": "page",
        "place:Instance": "fallback",
        "place:Ghost town": "fallback",
        "skill:RUNECRAFT": "alias",
        "stat:slot:HEAD": "alias",
    }
    assert {_id: whole.entry(_id)["resolved_by"] for _id in steps} == steps


def test_entries_follow_the_contract(whole: World) -> None:
    entries = list(whole.analytics.stat_images.find())
    assert departures(whole.mongo, aside=("wrapped_reports", "hiscores_gains")) == []
    for entry in entries:
        assert entry["sprite"]
        assert entry["status"] == ("found" if entry["source"] else "fallback")
        assert ("stand-in" if entry["source"] else "Drawn by this project") in entry["attribution"]
    assert len(entries) == len(MOBS) + 4 + 3 + 1 + sum(
        len(get_args(words)) for words in (Skill, EquipmentSlot, SlideStat)
    )


def test_sprites_are_stored_in_gridfs_as_any_driver_reads_them(whole: World) -> None:
    sprite = whole.entry("npc:Zulrah#725")["sprite"]
    stream = GridFSBucket(whole.analytics, bucket_name="sprites").open_download_stream(sprite["file_id"])
    data = stream.read()
    assert image_format(data) == "PNG"
    assert len(data) == sprite["bytes"] == stream.length
    assert sprite["file_id"] == ObjectId(sprite["sha256"][:24])
    assert stream.metadata is not None
    assert "in place of the Old School RuneScape Wiki" in stream.metadata["attribution"]


def test_items_are_named_and_drawn_by_their_base(whole: World) -> None:
    names = {item: whole.entry(f"item:{item}")["name"] for item in (11851, 31_901, 30_999)}
    assert names == {11851: "Graceful hood", 31_901: "Sextant of the deep", 30_999: "item 30999"}
    assert whole.file("item:11851") == "File:Graceful hood.png"
    assert whole.analytics.items.find_one({"_id": 4152}) == {
        "_id": 4152, "schema_version": SCHEMA_VERSIONS[ITEMS], "name": "Abyssal whip",
        "base_id": 4151, "source": "wiki",
    }  # fmt: skip


def test_one_file_for_several_subjects_is_fetched_and_stored_once(whole: World) -> None:
    fetched = whole.downloads()
    assert len(fetched) == len(set(fetched))
    hoods = [whole.entry(_id)["sprite"]["file_id"] for _id in ("stat:slot:HEAD", "stat:slot:HAIR", "stat:slot:JAW")]
    assert len(set(hoods)) == 1


def test_a_second_run_checks_every_file_and_fetches_and_writes_nothing(built: World) -> None:
    before = list(built.analytics.stat_images.find())
    built.server.log.clear()
    counter = WriteCounter()
    with MongoClient(built.mongo.server, event_listeners=[counter], tz_aware=True) as client, built.wiki() as wiki:
        report = Build(client[built.mongo.analytics_database], wiki, Choice(), NOW + timedelta(hours=3)).run()
    assert built.downloads() == []
    assert counter.commands == []
    assert report.entries_written == 0
    requested = "|".join(entry.query.get("titles", "") for entry in built.server.log.entries("wiki"))
    found = [entry["source"]["file"] for entry in before if entry["source"]]
    assert all(file in requested for file in found)
    assert list(built.analytics.stat_images.find()) == before


def test_one_changed_file_costs_one_download_and_the_old_version_is_removed(built: World) -> None:
    old = built.entry("npc:Goblin#5")["sprite"]["file_id"]
    built.bestiary.touch("Goblin (level 5).png")
    built.server.log.clear()
    report = built.build(NOW + timedelta(days=1))
    assert built.downloads() == ["/images/Goblin_(level_5).png"]
    assert report.entries_written == 1
    assert built.entry("npc:Goblin#5")["sprite"]["file_id"] != old
    assert built.analytics["sprites.files"].find_one({"_id": old}) is None
    assert built.entry("npc:Goblin#5")["checked_at"] == NOW + timedelta(days=1)


def test_an_old_version_that_a_report_shows_stays_until_the_report_is_rebuilt(built: World) -> None:
    old = built.entry("npc:Goblin#5")["sprite"]["file_id"]
    slide = {"stat": "favourite_mob", "image_key": "npc:Goblin#5", "image": {"file_id": old, "width": 1, "height": 1}}
    built.report(mobs=MOBS, slides=[slide])
    built.bestiary.touch("Goblin (level 5).png")
    built.build()
    assert built.analytics["sprites.files"].find_one({"_id": old}) is not None
    assert not orphans(built.analytics)
    built.report(mobs=MOBS)
    built.build()
    assert built.analytics["sprites.files"].find_one({"_id": old}) is None


def test_missing_files_are_not_requested_again_for_seven_days(built: World) -> None:
    built.bestiary.add_file("Lost drawing.png")
    built.build(NOW + WEEK - timedelta(minutes=1))
    assert built.entry("npc:Lost drawing#34")["status"] == "fallback"
    built.build(NOW + WEEK)
    assert built.file("npc:Lost drawing#34") == "File:Lost drawing.png"


def test_named_subjects_are_requested_again_at_once(built: World) -> None:
    built.bestiary.add_file("Lost drawing.png")
    report = built.build(NOW + timedelta(hours=1), subjects=["npc:Lost drawing#34"])
    assert report.subjects == 1
    assert built.file("npc:Lost drawing#34") == "File:Lost drawing.png"


def test_a_new_row_in_the_tables_replaces_a_fallback(built: World) -> None:
    built.bestiary.add_monster(Row("Spirit (dungeon)", "", "Spirit", ["777"], ["File:Spirit (dungeon).png"], "4"))
    built.build(NOW + timedelta(hours=25))
    assert built.file("npc:Spirit#4") == "File:Spirit (dungeon).png"


def test_a_file_deleted_upstream_is_replaced_by_the_next_best(built: World) -> None:
    built.bestiary.remove_file("Vet'ion.png")
    built.build(NOW + timedelta(days=1))
    assert built.file("npc:Vet'ion#454") == "File:Vet'ion Reborn.png"
    assert built.entry("npc:Vet'ion#454")["missing"] == ["File:Vet'ion.png"]


def test_the_tables_are_served_from_the_cache_for_a_day(built: World) -> None:
    built.server.log.clear()
    assert built.tables(NOW + timedelta(hours=23))["infobox_monster"].outcome == "cached"
    assert built.requested() == []
    fetched = built.tables(NOW + timedelta(hours=24))["infobox_monster"]
    assert (fetched.outcome, fetched.changed) == ("fetched", False)
