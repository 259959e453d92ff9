"""Failures upstream and in storage: pictures stay, new subjects are drawn for now, leftovers are cleaned up."""

from datetime import timedelta

import pytest
from bson import ObjectId
from gridfs import GridFSBucket
from image_map.domain.sprites import image_format
from image_map.store.sprites import loose_chunks, orphans
from image_map_world import MOBS, NOW, World


def test_if_a_table_cannot_be_fetched_the_stale_one_is_used(built: World) -> None:
    built.faults("html-200")
    report = built.tables(NOW + timedelta(days=3))
    assert {table.outcome for table in report.values()} == {"stale"}
    assert all(table.problem for table in report.values())


@pytest.mark.slow
@pytest.mark.parametrize(
    "fault",
    [
        "html-200",
        "html-200@/images",
        "503",
        "403@/images",
        "reset@/images",
        "maxlag@/api",
        "error-200",
        "elsewhere@/images",
    ],
)
def test_pictures_survive_any_failure_and_new_subjects_are_drawn_for_now(built: World, fault: str) -> None:
    before = built.entry("npc:Goblin#5")
    built.bestiary.touch("Goblin (level 5).png")
    built.report(mobs=[*MOBS, ("Cow", 2, [2790])])
    built.faults(fault)
    report = built.build(NOW + timedelta(days=1))
    assert report.problems
    assert built.entry("npc:Goblin#5") == before
    cow = built.entry("npc:Cow#2")
    assert (cow["status"], cow["pending"], cow["missing"]) == ("fallback", True, [])
    built.faults()
    built.build(NOW + timedelta(days=1, minutes=1))
    assert built.file("npc:Cow#2") == "File:Cow.png"
    assert built.entry("npc:Goblin#5")["source"]["sha1"] != before["source"]["sha1"]
    assert not orphans(built.analytics)


@pytest.mark.slow
def test_a_mixture_of_faults_never_stores_a_wrong_picture(built: World) -> None:
    right = {entry["_id"]: entry["sprite"] for entry in built.analytics.stat_images.find({"status": "found"})}
    built.analytics.stat_images.delete_many({})
    shares = ("html-200", "503", "reset", "challenge", "429", "error-200")
    built.faults(*(f"{fault}:0.05" for fault in shares))
    for _ in range(2):
        built.build()
        for entry in built.analytics.stat_images.find({"status": "found"}):
            assert entry["sprite"]["sha256"] == right.get(entry["_id"], entry["sprite"])["sha256"]
    built.faults()
    built.build(redownload=False, kinds=["npc", "item", "place", "boss"])
    assert {entry["_id"] for entry in built.analytics.stat_images.find({"status": "found"})} == right.keys()


@pytest.mark.slow
def test_without_the_wiki_everything_is_drawn_and_replaced_later(world: World) -> None:
    world.report(mobs=[("Cow", 2, [2790])])
    world.faults("503")
    world.build()
    assert {entry["status"] for entry in world.analytics.stat_images.find()} == {"fallback"}
    world.faults()
    world.build()
    assert world.file("npc:Cow#2") == "File:Cow.png"
    assert not loose_chunks(world.analytics)


def test_kinds_and_players_restrict_a_run(built: World) -> None:
    built.report(id="all/other", player="other", mobs=[("Cow", 2, [2790])], items=[536])
    assert built.build(kinds=["place"]).subjects == 3
    report = built.build(players=["other"], kinds=["npc", "item"])
    assert report.subjects == 2
    assert built.file("npc:Cow#2") == "File:Cow.png"


def test_damaged_files_are_repaired_on_demand(built: World) -> None:
    sprite = built.entry("npc:Zulrah#725")["sprite"]["file_id"]
    built.analytics["sprites.chunks"].update_one({"files_id": sprite}, {"$set": {"data": b"junk"}})
    built.build(redownload=True, subjects=["npc:Zulrah#725"])
    data = GridFSBucket(built.analytics, bucket_name="sprites").open_download_stream(sprite).read()
    assert image_format(data) == "PNG"


def test_a_lost_file_is_fetched_again(built: World) -> None:
    sprite = built.entry("npc:Zulrah#725")["sprite"]["file_id"]
    built.analytics["sprites.files"].delete_one({"_id": sprite})
    built.server.log.clear()
    built.build()
    assert len(built.downloads()) == 1
    assert built.analytics["sprites.files"].find_one({"_id": sprite}) is not None


def test_the_leftovers_of_a_killed_write_are_cleaned_up(built: World) -> None:
    built.analytics["sprites.chunks"].insert_one({"files_id": ObjectId(), "n": 0, "data": b"half"})
    built.analytics["sprites.files"].insert_one({"_id": ObjectId(), "length": 0, "chunkSize": 1, "uploadDate": NOW})
    report = built.build()
    assert report.files_removed == 2
    assert not orphans(built.analytics)
    assert not loose_chunks(built.analytics)


@pytest.mark.slow
def test_the_same_input_gives_the_same_map_in_any_number_of_pieces(world: World) -> None:
    world.report(mobs=MOBS, items=[4151])
    world.build(subjects=["npc:Goblin#5"])
    world.build(kinds=["npc"])
    world.build()
    pieces = list(world.analytics.stat_images.find().sort("_id", 1))
    world.analytics.stat_images.delete_many({})
    world.build()
    assert list(world.analytics.stat_images.find().sort("_id", 1)) == pieces
