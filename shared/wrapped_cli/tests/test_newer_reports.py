"""A report of a newer version, with words and sections that this one does not know, is still shown."""

from typing import Any, get_args

import pytest
from preview_world import full_report
from test_report_words import printed
from wrapped_card.content import card_content
from wrapped_cli.preview import changes, deck, meanings, slides
from wrapped_cli.preview.site import player_page
from wrapped_cli.preview.source import Pictures, read_report
from wrapped_shared.models.report_sections import Sections
from wrapped_shared.mongo import MongoResource
from wrapped_shared.vocabulary import EquipmentSlot, PlainStat, SlideStat


def newer_report() -> dict[str, Any]:
    """A full report with a new family: its section, slide, stats, rank and change; and other new words."""
    report = full_report()
    rank = {"top_percent": 0.1, "of_players": 1204, "joint": False}
    report["ranks"] += [{"stat": stat, "value": 1, **rank} for stat in ("fishing.sharks_caught", "caught:{Shark}")]
    change = {"stat": "fishing.sharks_caught", "value": 7, "before": 0, "percent": None}
    report["before"]["changes"].append(change)
    new = {"stat": "fishing", "title": "Fishing", "text": "7 sharks caught.", "value": 7, "image_key": "stat:fishing"}
    report["slides"] = [*report["slides"], {**new, "image": None}]
    report["fishing"] = {"sharks_caught": 7, "best_spot": None, "spots": [{"name": "Catherby"}]}
    report["pets"] = [{"name": "Heron\x1b", "met": 3}]
    report["equipment"].append({**report["equipment"][0], "slot": "RING"})
    report["hiscores"]["flags"] = ["a_newer_flag"]
    return report


def test_a_page_shows_an_unknown_slide_by_its_title_and_text_and_unknown_stats_by_their_names(
    mongo: MongoResource,
) -> None:
    page = player_page(mongo.analytics, newer_report())
    assert 'id="fishing-title"' in page
    assert "sharks caught." in page
    assert "<bdi>Sharks caught</bdi>" in page
    assert "<bdi>{Shark} caught</bdi>" in page
    assert "none in 2023" in page
    assert page.count('id="closing"') == 1
    assert 'id="summary"' not in page


def test_the_terminal_shows_the_fields_of_unknown_sections() -> None:
    text = printed(newer_report())
    assert "Fishing: 7 sharks caught." in text
    for row in (("sharks caught", "7"), ("best spot", "–"), ("spots", "1 entry"), ("Heron\ufffd", "3"), ("Ring",)):
        assert any(all(cell in line for cell in row) for line in text.splitlines()), row
    assert "Sharks caught" in text
    assert "{Shark} caught" in text


def test_a_card_is_drawn_from_a_report_with_unknown_words() -> None:
    assert card_content(newer_report()) == card_content(full_report())


@pytest.mark.parametrize("name", Sections.model_fields)
def test_the_terminal_shows_every_section(name: str) -> None:
    report = full_report()
    whole = printed(report)
    section = report[name]
    changed = printed(
        {**report, name: [] if isinstance(section, list) else {**section, next(iter(section)): 987_654_321}}
    )
    assert changed != whole


SLIDES = {*get_args(SlideStat), "cover", "summary"}


def test_only_slides_that_there_are_have_a_colour_and_any_slide_gets_one() -> None:
    assert set(meanings.HUES) <= SLIDES
    assert all(0 <= meanings.hue_of(stat) < 360 for stat in (*SLIDES, "fishing"))


def test_only_slides_that_there_are_have_a_meaning_and_any_slide_gets_one() -> None:
    assert set(meanings.MEANINGS) <= SLIDES
    assert all(meanings.meaning_of(stat).endswith(".") for stat in (*SLIDES, "fishing"))


def test_only_slides_that_there_are_have_charts_and_any_slide_can_be_asked_for_them() -> None:
    assert set(slides.CHARTS) <= SLIDES
    material = slides.Material(read_report(full_report()), {}, Pictures({}, {}, {}))
    assert all(isinstance(slides.charts_of(stat, material), list) for stat in (*SLIDES, "fishing"))


def test_portraits_are_those_of_known_slides() -> None:
    assert set(deck._PORTRAITS) <= SLIDES


def test_every_slot_of_the_body_is_drawn() -> None:
    assert set(slides._SLOTS) == set(get_args(EquipmentSlot))
    assert set(slides._SELDOM_WORN) <= set(get_args(EquipmentSlot))


def test_changes_are_shown_on_slides_that_there_are() -> None:
    sections = {stat.partition(".")[0] for stat in get_args(PlainStat)}
    assert set(changes._SLIDES) <= sections
    assert {changes._SLIDES.get(section, section) for section in sections} <= set(get_args(SlideStat))
