"""Titles: cleaned, requested in batches of fifty, matched after normalisation and redirects."""

import pytest
from image_map.domain.titles import (
    answer_titles,
    clean_text,
    file_title,
    file_titles,
    page_title,
    title_batches,
)

MARKER = "\x7f'\"`UNIQ--ref-0000002A-QINU`\"'\x7f"


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        (f"Marked{MARKER} wight", "Marked wight"),
        ("'\"`UNIQ--nowiki-00000000-QINU`\"'Zulrah", "Zulrah"),
        ("<col=ff9040>Abyssal whip</col>", "Abyssal whip"),
        ("&#60;col=ff0000&#62;Dark&#60;/col&#62; beast", "Dark beast"),
        ("  a\u00a0 b_c ", "a b c"),
        (13, "13"),
        (None, ""),
        (True, ""),
    ],
)
def test_markers_tags_and_odd_spaces_are_removed(raw: object, clean: str) -> None:
    assert clean_text(raw) == clean


@pytest.mark.parametrize(
    "name", ["", "a|b", "a#b", "{{x}}", "[[x]]", "<script", "a\x00b", "..", "a/../b", "é" * 200, ":x", None]
)
def test_a_name_that_cannot_be_a_title_is_never_requested(name: object) -> None:
    assert page_title(name) is None


@pytest.mark.parametrize("name", ["50% Luke", "Boo!", "Gnome guard, off duty", "K'ril Tsutsaroth", "Zulrah (magma)"])
def test_names_with_odd_characters_are_titles(name: str) -> None:
    assert page_title(name) == name


@pytest.mark.parametrize(
    ("value", "title"),
    [
        ("File:Goblin.png", "File:Goblin.png"),
        ("file: goblin_(level 2).png", "File:Goblin (level 2).png"),
        ("[[File:Zombie (Level 13, 13).png|200px]]", "File:Zombie (Level 13, 13).png"),
        (f"File:Marked wight.png{MARKER}", "File:Marked wight.png"),
        ("Big frog → Giant frog.png", "File:Big frog → Giant frog.png"),
        ("No", None),
        ("a/b.png", None),
        (7, None),
    ],
)
def test_file_values_come_in_several_shapes(value: object, title: str | None) -> None:
    assert file_title(value) == title


def test_a_field_with_two_links_holds_two_files() -> None:
    both = ["File:A.png", "File:B.png"]
    assert file_titles("[[File:A.png|50px]] [[File:B.png|50px]]") == both
    assert file_titles(["File:A.png", "File:B.png", "File:A.png"]) == both


def test_titles_are_batched_by_fifty_and_long_ones_by_fewer() -> None:
    assert [len(batch) for batch in title_batches(f"File:A{n}.png" for n in range(120))] == [50, 50, 20]
    long = [f"File:{'é' * 100}{n}.png" for n in range(20)]
    assert [title for batch in title_batches(long) for title in batch] == long
    assert max(sum(len(title.encode()) * 3 for title in batch) for batch in title_batches(long)) < 8000


def test_a_response_is_matched_after_normalisation_and_two_redirects() -> None:
    query = {
        "normalized": [{"from": "old_name", "to": "Old name"}],
        "redirects": [
            {"from": "Newer name", "to": "Newest name", "tofragment": "Level 2"},
            {"from": "Old name", "to": "Newer name"},
        ],
    }
    assert answer_titles(["old_name", "Other"], query) == {
        "old_name": ("Newest name", "Level 2"),
        "Other": ("Other", None),
    }


def test_redirect_loops_end() -> None:
    query = {"redirects": [{"from": "A", "to": "B"}, {"from": "B", "to": "A"}, "junk", {"from": 1, "to": 2}]}
    assert answer_titles(["A"], query) == {"A": (None, None)}
