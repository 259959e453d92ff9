"""Rows of the Bucket API: any types come in, one shape comes out."""

import json

import pytest
from image_map.domain.bucket import WikiRow, bucket_query, parse_mapping_row, parse_row

MARKER = "\x7f'\"`UNIQ--ref-0000002A-QINU`\"'\x7f"


def test_a_regular_row_is_read() -> None:
    row = parse_row(
        {
            "page_name": "Goblin",
            "page_name_sub": "Goblin#Level 5",
            "name": "Goblin",
            "id": ["3045", "3047"],
            "image": ["File:Goblin (level 5).png"],
            "combat_level": 5,
        }
    )
    assert row == WikiRow("Goblin", "Level 5", "Goblin", (3045, 3047), ("File:Goblin (level 5).png",), 5)


@pytest.mark.parametrize(
    ("value", "ids"),
    [
        (["26", "27"], (26, 27)),
        ("26,27, 28", (26, 27, 28)),
        (26, (26,)),
        (["hist11249", "beta2792", "3"], (3,)),
        ([f"9601{MARKER}"], (9601,)),
        (["26", "26"], (26,)),
        (["-4", "1.5", "٣", "", None, True], ()),
        ({}, ()),
    ],
)
def test_ids_come_as_lists_lines_or_numbers_and_old_servers_do_not_count(value: object, ids: tuple[int, ...]) -> None:
    row = parse_row({"page_name": "X", "id": value})
    assert row is not None
    assert row.ids == ids


@pytest.mark.parametrize(
    ("value", "level"), [("13", 13), (13.0, 13), ("1,043", 1043), ("?", None), ("-1", None), ("inf", None)]
)
def test_combat_levels_come_as_text_or_number(value: object, level: int | None) -> None:
    row = parse_row({"page_name": "X", "combat_level": value})
    assert row is not None
    assert row.level == level


@pytest.mark.parametrize("row", [{}, None, [], {"page_name": ""}, {"name": "without a page"}])
def test_a_row_without_a_page_is_skipped(row: object) -> None:
    assert parse_row(row) is None


def test_missing_fields_are_empty_and_the_page_title_is_the_name() -> None:
    assert parse_row({"page_name_sub": "Pale presence"}) == WikiRow("Pale presence", None, "Pale presence", (), ())


def test_npc_and_item_tables_have_other_field_names() -> None:
    npc = parse_row({"page_name": "Hans", "npc_id": "3105", "image": "File:Hans.png"})
    item = parse_row(
        {
            "page_name": "Coins",
            "item_name": "Coins",
            "item_id": [995],
            "image": ["File:Coins 1.png", "File:Coins 10000.png"],
        }
    )
    assert npc is not None
    assert npc.ids == (3105,)
    assert item is not None
    assert (item.name, item.images) == ("Coins", ("File:Coins 1.png", "File:Coins 10000.png"))


def test_a_row_survives_being_stored() -> None:
    row = WikiRow("Goblin", None, "Goblin", (1, 2), ("File:Goblin.png",), 2)
    assert WikiRow.read(json.loads(json.dumps(row.stored()))) == row


def test_the_query_selects_what_it_sorts_by() -> None:
    assert bucket_query("infobox_monster", 500, 1000) == (
        "bucket('infobox_monster').select('page_name','page_name_sub','name','id','image','combat_level')"
        ".limit(500).offset(1000).orderBy('page_name_sub','asc').run()"
    )


def test_the_price_services_list_is_read_without_its_junk() -> None:
    row = parse_mapping_row({"id": 4151, "name": "Abyssal whip", "limit": 70})
    assert row is not None
    assert (row.ids, row.name) == ((4151,), "Abyssal whip")
    assert [parse_mapping_row(junk) for junk in ({}, {"id": 1}, {"name": "x"}, "x", {"id": "y", "name": "z"})] == [
        None
    ] * 5
