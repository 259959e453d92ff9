"""Subjects: what reports name, no matter what else they contain."""

from typing import get_args

from image_map.domain.bucket import WikiRow
from image_map.domain.items import base_id, item_documents, known_forms, parse_forms, parse_names, static_names
from image_map.domain.subjects import (
    Subject,
    constant_subjects,
    item,
    merge,
    mob,
    named,
    subject_of_id,
    subjects_of_report,
)
from image_map_world import report
from wrapped_shared.vocabulary import EquipmentSlot, Skill, SlideStat


def ids_of(document: dict[str, object]) -> set[str]:
    return {subject.id for subject in subjects_of_report(document)}


def test_a_report_names_mobs_items_places_bosses_and_slides() -> None:
    document = report(
        mobs=[("Goblin", 5, [3045])],
        items=[6570],
        places=["Varrock"],
        bosses=["Zulrah"],
        slides=[{"stat": "favourite_mob", "image_key": "npc:Cow#2"}, {"stat": "tiles", "image_key": None}],
    )
    document["exchange"] = {"items": [{"item_id": 560}]}
    document["loot"]["mobs"][0]["items"] = [{"item_id": 526}]
    document["deaths"] = {"places": [{"name": "Wilderness"}]}
    document["experience"] = {"skills": {"ATTACK": {"gained": 5}}}
    assert ids_of(document) == {
        "npc:Goblin#5", "npc:Cow#2", "item:6570", "item:560", "item:526", "place:Varrock", "place:Wilderness",
        "boss:Zulrah", "stat:favourite_mob", "stat:tiles", "skill:ATTACK",
    }  # fmt: skip


def test_malformed_parts_are_skipped() -> None:
    junk: list[object] = [None, 7, "x", [], {}, [1, None, {"name": 5, "combat_level": "x", "item_id": True}]]
    for wrong in junk:
        document = dict.fromkeys(
            ("loot", "equipment", "exchange", "places", "deaths", "experience", "hiscores", "slides"), wrong
        )
        document["loot"] = {"mobs": wrong}
        assert ids_of(document) <= {"skill:x", "boss:x"}


def test_names_that_cannot_be_an_id_are_not_subjects() -> None:
    assert mob("x" * 400, 3) is None
    assert named("place", "a\x00b") is None
    assert named("place", "\ud800") is None
    assert mob("", 3) is None
    assert item(-1) is None
    assert item(2.5) is None


def test_an_image_key_gives_its_subject_back() -> None:
    for subject in [
        *constant_subjects(),
        mob("Guard#2", 21),
        mob("Hans", 0),
        item(4151),
        named("boss", "Theatre of Blood: Hard Mode"),
    ]:
        assert subject is not None
        again = subject_of_id(subject.id)
        assert again is not None
        assert again.stored() == subject.stored()
    assert [
        subject_of_id(key) for key in ("npc:Goblin", "npc:Goblin#x", "item:x", "pet:Rocky", "", None, "place:")
    ] == [None] * 7


def test_the_constants_are_all_skills_slots_and_slides() -> None:
    wanted = {f"skill:{skill}" for skill in get_args(Skill)}
    wanted |= {f"stat:slot:{slot}" for slot in get_args(EquipmentSlot)}
    wanted |= {f"stat:{slide}" for slide in get_args(SlideStat)}
    assert {subject.id for subject in constant_subjects()} == wanted


def test_ids_of_the_same_mob_are_merged() -> None:
    known: dict[str, Subject] = {}
    merge([mob("Zulrah", 725, [2042]), None, mob("Zulrah", 725.0, [2044, 2043, "x", True])], known)
    assert known["npc:Zulrah#725"].sorted_npc_ids() == [2042, 2043, 2044]


def test_forms_lead_to_their_base() -> None:
    assert [base_id(form) for form in (4152, 11851, 13342, 89, 1514, 4151)] == [4151, 11850, 13280, 88, 1513, 4151]
    assert base_id(4152, {4152}) == 4152
    assert len(known_forms()) > 13_000
    assert not [form for form, base in known_forms().items() if base in known_forms()]


def test_runs_in_the_table_are_expanded() -> None:
    assert parse_forms("# head\nnote\t7\t6\t3\t2\t2\n") == {7: 6, 9: 8, 11: 10}


def row(name: str, *ids: int) -> WikiRow:
    return WikiRow(name, None, name, ids, ())


def test_items_get_their_names_from_the_wiki_then_from_the_price_service() -> None:
    documents = item_documents(
        [row("Abyssal whip", 4151), row("Graceful hood", 11850, 11851)],
        [row("ABYSSAL WHIP", 4151), row("Sextant", 31_901)],
    )
    names = {item_id: (found["name"], found["base_id"], found["source"]) for item_id, found in documents.items()}
    assert names[4151] == ("Abyssal whip", 4151, "wiki")
    assert names[4152] == ("Abyssal whip", 4151, "wiki")
    assert names[11851] == ("Graceful hood", 11850, "wiki")
    assert names[31_901] == ("Sextant", 31_901, "prices")
    assert 1514 not in names


def test_names_and_ranges_of_ids_in_the_table_are_expanded() -> None:
    assert parse_names("# head\nCoins\t995 1000-1002\nShark's tooth\t7\n") == {
        **dict.fromkeys((995, 1000, 1001, 1002), "Coins"),
        7: "Shark's tooth",
    }


def test_the_table_names_old_and_new_items_and_only_base_ids() -> None:
    assert len(static_names()) > 14_000
    assert static_names().keys().isdisjoint(known_forms())
    assert [static_names()[item_id] for item_id in (0, 995, 4151, 19_553, 33_801)] == [
        "Dwarf remains", "Coins", "Abyssal whip", "Amulet of torture", "Silvthrill javelin",
    ]  # fmt: skip
    assert all(name == name.strip() and name for name in static_names().values())


def test_wanted_items_without_an_answer_get_static_names_with_their_notes_and_placeholders() -> None:
    documents = item_documents([row("Whip, Abyssal", 4151)], [], wanted=[4152, 19_554, 11_851, 999_999])
    found = {item_id: (one["name"], one["base_id"], one["source"]) for item_id, one in documents.items()}
    assert found[4152] == ("Whip, Abyssal", 4151, "wiki")
    assert found[19_553] == found[19_554] == ("Amulet of torture", 19_553, "static")
    assert found[11_850] == found[11_851] == ("Graceful hood", 11_850, "static")
    assert 999_999 not in found
    assert 995 not in found, "nobody requested it"
