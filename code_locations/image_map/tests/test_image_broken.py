"""Files without a usable picture: the next one is tried, and each is fetched once a week, not in every run."""

import struct
import zlib
from contextlib import suppress
from datetime import timedelta

import pytest
from image_map.domain.sprites import BadImage, normalise
from image_map.store.sprites import orphans
from image_map_world import MOBS, NOW, WEEK, World, png_of
from wrapped_devkit.osrs_server.wiki_draw import huge_png

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BROKEN = ["404", "empty", "wrong-magic", "truncated-image", "huge-image"]
VETION, REBORN = "/images/Vet'ion.png", "File:Vet'ion Reborn.png"


@pytest.mark.slow
@pytest.mark.parametrize("fault", BROKEN)
def test_the_next_candidate_is_tried_and_the_broken_one_is_not_fetched_again_for_seven_days(
    world: World, fault: str
) -> None:
    world.report(mobs=[("Vet'ion", 454, [6611, 6612])])
    world.faults(f"{fault}@{VETION}")
    report = world.build()
    assert world.file("npc:Vet'ion#454") == REBORN
    assert report.problems == []
    assert [line.partition(":")[2].partition(":")[0] for line in report.broken] == ["Vet'ion.png"]
    assert world.downloads().count(VETION) == 1
    world.server.log.clear()
    for later in (HOUR, DAY, WEEK - HOUR):
        report = world.build(NOW + later)
        assert (report.entries_written, report.problems, report.broken) == (0, [], [])
    assert list(world.downloads()) == []
    world.build(NOW + WEEK)
    world.build(NOW + WEEK + HOUR)
    assert list(world.downloads()) == [VETION]
    world.faults()
    world.build(NOW + 2 * WEEK)
    assert world.file("npc:Vet'ion#454") == "File:Vet'ion.png"


@pytest.mark.slow
@pytest.mark.parametrize("fault", BROKEN)
def test_without_another_candidate_a_final_fallback_is_drawn(world: World, fault: str) -> None:
    world.report(mobs=[("Cow", 2, [2790])])
    world.faults(f"{fault}@/images/Cow.png")
    world.build()
    entry = world.entry("npc:Cow#2")
    assert (entry["status"], entry["pending"]) == ("fallback", False)
    assert "File:Cow.png" in entry["missing"]
    world.server.log.clear()
    assert world.build(NOW + DAY).problems == []
    assert list(world.downloads()) == []


def test_a_broken_file_is_fetched_once_for_all_its_subjects(world: World) -> None:
    world.report(mobs=[("Cow", level, [2790]) for level in range(2, 9)])
    world.faults("404@/images/Cow.png")
    report = world.build()
    assert world.downloads().count("/images/Cow.png") == 1
    assert report.broken == ["File:Cow.png: HTTP 404"]


@pytest.mark.slow
@pytest.mark.parametrize("fault", BROKEN)
def test_a_picture_stays_if_its_new_upload_is_broken_and_there_is_no_other(built: World, fault: str) -> None:
    built.report(mobs=[*MOBS, ("Cow", 2, [2790])])
    built.build()
    before = built.entry("npc:Cow#2")
    built.bestiary.touch("Cow.png")
    built.faults(f"{fault}@/images/Cow.png")
    built.server.log.clear()
    for later in (DAY, 2 * DAY, 3 * DAY):
        report = built.build(NOW + later)
        assert (report.kept, report.problems, report.files_removed) == (1, [], 0)
    assert list(built.downloads()) == ["/images/Cow.png"]
    parts = ("status", "resolved_by", "source", "sprite", "thumbnail")
    assert [built.entry("npc:Cow#2")[part] for part in parts] == [before[part] for part in parts]
    built.faults()
    built.build(NOW + DAY + WEEK)
    after = built.entry("npc:Cow#2")
    assert after["source"]["sha1"] != before["source"]["sha1"]
    assert after["missing"] == []
    assert not orphans(built.analytics)


def test_upstream_failures_do_not_cause_a_broken_file_to_be_fetched_again(built: World) -> None:
    built.bestiary.touch("Vet'ion.png")
    built.bestiary.touch("Vet'ion Reborn.png")
    before = built.entry("npc:Vet'ion#454")
    built.faults(f"404@{VETION}", "503@/images/")
    built.server.log.clear()
    for later in (DAY, DAY + HOUR):
        assert built.build(NOW + later).problems
    assert built.downloads().count(VETION) == 1
    assert built.entry("npc:Vet'ion#454")["sprite"] == before["sprite"]
    built.faults()
    built.build(NOW + 2 * DAY)
    assert built.file("npc:Vet'ion#454") == REBORN


def test_a_page_instead_of_one_file_while_others_are_served_is_a_broken_file(world: World) -> None:
    world.report(mobs=[("Vet'ion", 454, [6611, 6612]), ("Cow", 2, [2790])])
    world.faults(f"html-200@{VETION}")
    report = world.build()
    assert report.problems == []
    assert world.file("npc:Vet'ion#454") == REBORN
    world.server.log.clear()
    for later in (HOUR, DAY, WEEK - HOUR):
        assert world.build(NOW + later).problems == []
    assert list(world.downloads()) == []


def test_a_png_with_contradictory_headers_is_a_picture_or_rejected() -> None:
    headers = [(2, 1, depth, colour) for depth, colour in ((0, 0), (255, 9), (16, 0), (4, 0), (16, 2))]
    for first in headers:
        for second in headers:
            chunks = [(b"IHDR", struct.pack(">IIBBBBB", *header, 0, 0, 0)) for header in (first, second)]
            chunks += [(b"tRNS", b"\xff" * 6), (b"IDAT", zlib.compress(bytes(13))), (b"IEND", b"")]
            with suppress(BadImage):
                assert normalise(png_of(chunks)).full.width > 0


@pytest.mark.slow
def test_bytes_that_are_not_a_picture_are_rejected_no_matter_what_the_wiki_says(world: World) -> None:
    hostile = {
        "Cow.png": b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        "Zulrah (serpentine).png": huge_png(),
        "Goblin (level 5).png": b"\x89PNG\r\n\x1a\n" + bytes(300),
    }
    for name, data in hostile.items():
        world.bestiary.upload(name, data, (100, 100))
    world.report(mobs=[("Cow", 2, [2790]), ("Zulrah", 725, [2042]), ("Goblin", 5, [3045])])
    report = world.build()
    assert report.problems == []
    assert sorted(line.partition(": ")[0] for line in report.broken) == sorted(f"File:{name}" for name in hostile)
    assert not any("\n" in line for line in report.broken)
