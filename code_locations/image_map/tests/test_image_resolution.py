"""Resolution: ids before names and levels, those before pages, and never a guess."""

import pytest
from image_map.domain.bucket import WikiRow, parse_row
from image_map.domain.resolution import Candidate, RowIndex, candidates, page_candidates, with_shown
from image_map.domain.subjects import Subject, item, mob, named
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary
from wrapped_shared.vocabulary import ResolutionStep


@pytest.fixture(scope="module")
def index() -> RowIndex:
    tables = Bestiary().tables

    def rows(table: str) -> list[WikiRow]:
        return [row for entry in tables[table] if (row := parse_row(entry)) is not None]

    return RowIndex(rows("infobox_monster") + rows("infobox_npc"), rows("infobox_item"))


def first(subject: Subject | None, index: RowIndex) -> tuple[str, str | None]:
    assert subject is not None
    found = candidates(subject, index)
    return (found[0].step, found[0].file or f"page:{found[0].page}") if found else ("fallback", None)


@pytest.mark.parametrize("ids", [(2042, 2043, 2044), (2043, 2042), (2042,)])
def test_zulrahs_forms_are_one_mob_with_one_picture(index: RowIndex, ids: tuple[int, ...]) -> None:
    assert first(mob("Zulrah", 725, list(ids)), index) == ("npc_id", "File:Zulrah (serpentine).png")


@pytest.mark.parametrize(
    ("level", "ids", "file"),
    [
        (2, [3028, 3029], "File:Goblin.png"),
        (5, [3045], "File:Goblin (level 5).png"),
        (13, [3046], "File:Goblin (Level 13, armed).png"),
    ],
)
def test_goblins_of_each_level_have_their_own_picture(index: RowIndex, level: int, ids: list[int], file: str) -> None:
    assert first(mob("Goblin", level, ids), index) == ("npc_id", file)
    assert first(mob("Goblin", level, [999_999]), index) == ("name_level", file)


def test_a_level_that_the_wiki_lacks_gives_the_default_version(index: RowIndex) -> None:
    assert first(mob("Goblin", 77), index) == ("name", "File:Goblin.png")


@pytest.mark.parametrize(
    ("ids", "file"),
    [([6611, 6612], "File:Vet'ion.png"), ([6611], "File:Vet'ion.png"), ([6612], "File:Vet'ion Reborn.png")],
)
def test_vetion_reborn_is_still_vetion(index: RowIndex, ids: list[int], file: str) -> None:
    assert first(mob("Vet'ion", 454, ids), index) == ("npc_id", file)


def test_dusk_and_dawn_are_two(index: RowIndex) -> None:
    assert first(mob("Dusk", 248, [7851]), index) == ("npc_id", "File:Dusk.png")
    assert first(mob("Dusk", 328, [7888]), index) == ("npc_id", "File:Dusk (enraged).png")
    assert first(mob("Dawn", 228, [7852, 7885]), index) == ("npc_id", "File:Dawn.png")


def test_the_id_or_else_the_level_distinguishes_guards(index: RowIndex) -> None:
    assert first(mob("Guard", 21, [3011]), index) == ("npc_id", "File:Guard (Varrock, 2).png")
    assert first(mob("Guard", 19), index) == ("name_level", "File:Guard (Falador).png")


def test_the_page_title_may_differ_from_the_mobs_name(index: RowIndex) -> None:
    assert first(mob("Archer", 42), index) == ("name_level", "File:Archer (Ardougne).png")


def test_names_compare_without_case_and_odd_spaces(index: RowIndex) -> None:
    assert first(mob("KREE'ARRA\u00a0", 580), index) == ("name_level", "File:Kree'arra.png")


def test_of_two_pictures_the_last_comes_first(index: RowIndex) -> None:
    subject = mob("Goblin Champion", 24, [1260])
    assert subject is not None
    assert [found.file for found in candidates(subject, index)][:2] == [
        "File:Goblin Champion.gif",
        "File:Goblin Champion scroll.png",
    ]


@pytest.mark.parametrize(
    ("images", "best"),
    [
        (["File:Ned.png", "File:Ned chathead.png"], "File:Ned.png"),
        (["File:Ned chathead.png", "File:Ned.png"], "File:Ned.png"),
        (["File:Ned.png", "File:Ned (Chathead, old).png", "File:Ned icon.png"], "File:Ned.png"),
        (["File:Ned.png", "File:Ned (armed).png", "File:Ned Chat head.png"], "File:Ned (armed).png"),
        (["File:Ned chathead.png"], "File:Ned chathead.png"),
        (["File:Ned.png", "File:Iconoclast.png"], "File:Iconoclast.png"),
    ],
)
def test_a_head_or_icon_comes_last_wherever_the_row_has_it(images: list[str], best: str) -> None:
    rows = [WikiRow("Ned", None, "Ned", (7,), tuple(images), 3)]
    assert first(mob("Ned", 3, [7]), RowIndex(rows)) == ("npc_id", best)


def test_a_head_comes_after_the_full_picture_of_another_row_with_the_same_id() -> None:
    rows = [
        WikiRow("Ned", None, "Ned", (7,), ("File:Ned chathead.png",), 3),
        WikiRow("Ned the sailor", None, "Ned", (7,), ("File:Ned aboard.png",), 3),
    ]
    assert first(mob("Ned", 3, [7]), RowIndex(rows)) == ("npc_id", "File:Ned aboard.png")


def queue_of(*files: tuple[ResolutionStep, str]) -> list[Candidate]:
    return [Candidate(step, file, None) for step, file in files]


def test_the_current_file_keeps_its_rank_even_if_the_tables_lost_its_row() -> None:
    shown = Candidate("name_level", "File:Now.png", "Page")
    queue = queue_of(("npc_id", "File:A.png"), ("name_level", "File:B.png"), ("name", "File:C.png"))
    files = [candidate.file for candidate in with_shown(queue, shown)]
    assert files == ["File:A.png", "File:B.png", "File:Now.png", "File:C.png"]
    assert with_shown([], shown) == [shown]
    assert with_shown(queue, None) == queue


def test_the_current_file_is_requested_once() -> None:
    shown = Candidate("name_level", "File:Now.png", "Page")
    better = queue_of(("npc_id", "File:Now.png"), ("name", "File:C.png"))
    assert with_shown(better, shown) == better
    worse = queue_of(("name", "File:C.png"), ("page", "File:Now.png"))
    assert [candidate.file for candidate in with_shown(worse, shown)] == ["File:Now.png", "File:C.png"]


def test_ids_of_old_servers_find_nothing_but_the_name_does(index: RowIndex) -> None:
    assert first(mob("Old guardian", 12, [11249]), index) == ("name_level", "File:Old guardian.png")


def test_two_infoboxes_on_one_page_are_distinguished(index: RowIndex) -> None:
    assert first(mob("Twin Keeper", 77, [9801]), index)[1] == "File:Twin Keeper.png"
    assert first(mob("Twin Keeper", 78, [9802]), index)[1] == "File:Twin Keeper (dark).png"


def test_markers_in_values_do_not_matter(index: RowIndex) -> None:
    assert first(mob("Marked wight", 61, [9601]), index) == ("npc_id", "File:Marked wight.png")


def test_a_mob_without_a_picture_is_looked_up_by_its_page(index: RowIndex) -> None:
    assert first(mob("Pale presence", 33, [9701]), index) == ("page", "page:Pale presence")


def test_npcs_that_cannot_be_fought_are_found_too(index: RowIndex) -> None:
    assert first(mob("Hans", 0, [3105]), index) == ("npc_id", "File:Hans.png")


@pytest.mark.parametrize(
    ("boss", "file"),
    [
        ("Barrows Chests", "File:Dharok the Wretched.png"),
        ("The Gauntlet", "File:Crystalline Hunllef (melee).png"),
        ("The Corrupted Gauntlet", "File:Corrupted Hunllef (melee).png"),
        ("Chambers of Xeric", "File:Great Olm.png"),
        ("Theatre of Blood: Hard Mode", "File:Verzik Vitur.png"),
        ("Tombs of Amascut: Expert Mode", "File:Tumeken's Warden.png"),
        ("Grotesque Guardians", "File:Dusk.png"),
        ("The Royal Titans", "File:Branda the Fire Queen.png"),
        ("Lunar Chests", "File:Blood Moon.png"),
        ("Nightmare", "File:The Nightmare.png"),
        ("Mimic", "File:The Mimic.png"),
    ],
)
def test_bosses_that_are_not_npcs_have_an_alias(index: RowIndex, boss: str, file: str) -> None:
    assert first(named("boss", boss), index) == ("alias", file)


def test_a_boss_that_is_an_npc_needs_no_alias(index: RowIndex) -> None:
    assert first(named("boss", "Zulrah"), index) == ("name", "File:Zulrah (serpentine).png")
    assert first(named("boss", "Wintertodt"), index) == ("name", "File:Wintertodt.png")


def test_items_are_found_by_id_and_piles_show_the_fullest(index: RowIndex) -> None:
    assert first(item(4151), index) == ("item_id", "File:Abyssal whip.png")
    assert first(item(995), index) == ("item_id", "File:Coins 10000.png")
    assert first(item(31_999), index) == ("fallback", None)


def test_skills_slots_and_slides_come_from_our_own_table(index: RowIndex) -> None:
    assert first(named("skill", "RUNECRAFT"), index) == ("alias", "File:Runecraft icon.png")
    assert first(named("stat", "loot"), index) == ("alias", "File:Coins 10000.png")
    assert first(Subject("stat", "slot:BOOTS", "BOOTS"), index) == ("alias", "File:Feet slot.png")


def test_places_are_looked_up_by_page_but_instances_are_drawn(index: RowIndex) -> None:
    assert first(named("place", "Seers' Village"), index) == ("page", "page:Seers' Village")
    assert first(named("place", "Instance"), index) == ("fallback", None)
    assert first(named("place", "Unknown"), index) == ("fallback", None)


def test_a_name_that_cannot_be_a_title_is_drawn(index: RowIndex) -> None:
    assert first(mob("a|File:Goblin.png", 3), index) == ("fallback", None)
    assert first(named("place", "<img src=x>"), index) == ("fallback", None)


def test_a_file_is_never_guessed_from_the_name(index: RowIndex) -> None:
    subject = mob("Never heard of", 50, [123_456_789])
    assert subject is not None
    assert [found for found in candidates(subject, index) if found.file] == []


def test_a_page_found_after_redirects_offers_its_rows_first(index: RowIndex) -> None:
    subject = mob("Reborn Vet'ion", 454)
    assert subject is not None
    offers = page_candidates(subject, "Vet'ion", "Reborn", "File:Vet'ion.png", index)
    assert offers == [
        Candidate("page", "File:Vet'ion Reborn.png", "Vet'ion"),
        Candidate("page", "File:Vet'ion.png", "Vet'ion"),
    ]


def test_a_page_without_an_infobox_shows_places_but_not_mobs(index: RowIndex) -> None:
    spirit, varrock = mob("Spirit", 10), named("place", "Varrock")
    assert spirit is not None
    assert varrock is not None
    assert page_candidates(spirit, "Spirit", None, "File:Spirit.png", index) == []
    assert page_candidates(varrock, "Varrock", None, "File:Varrock.png", index) == [
        Candidate("page", "File:Varrock.png", "Varrock")
    ]
