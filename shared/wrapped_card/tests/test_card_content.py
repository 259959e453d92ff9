"""What a card says: figures by a fixed rule, words that agree with their numbers, a fingerprint of what is drawn."""

import copy
import json
from importlib import resources
from typing import Any

import pytest
from wrapped_card.content import PROJECTION, CardContent, card_content


@pytest.fixture
def report() -> dict[str, Any]:
    text = (resources.files("wrapped_devkit.contract") / "sample_report.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def said(content: CardContent) -> list[str]:
    return [f"{figure.value} {figure.label}" for figure in content.figures]


def test_a_card_says_who_when_five_figures_the_best_drop_and_the_favourite_mob(report: dict[str, Any]) -> None:
    content = card_content(report)
    assert (content.player, content.period) == ("Wise_Otter", "2025")
    assert said(content) == [
        "30 h played",
        "445K XP gained",
        "742 loot drops",
        "1.66M coins of loot",
        "54.3K tiles on foot",
    ]
    drop, mob = content.features
    assert (drop.heading, drop.name, drop.value) == ("Best drop", "Abyssal whip", "1.61M coins")
    assert (mob.heading, mob.name, mob.value) == ("Favourite mob", "Abyssal demon", "700 kills")
    assert (drop.picture_keys, mob.picture_keys) == (("item:4151",), ("npc:Abyssal demon#124",))


def test_the_projection_has_all_that_a_card_needs(report: dict[str, Any]) -> None:
    def projected(document: Any, fields: dict[str, Any]) -> Any:
        if isinstance(document, list):
            return [projected(one, fields) for one in document]
        return {k: document[k] if v == {} else projected(document[k], v) for k, v in fields.items() if k in document}

    tree: dict[str, Any] = {}
    for path in PROJECTION:
        node = tree
        for step in path.split("."):
            node = node.setdefault(step, {})
    assert card_content(projected(report, tree)) == card_content(report)


def test_a_favourite_has_the_most_kills_not_the_most_valuable_loot(report: dict[str, Any]) -> None:
    report["loot"]["mobs"][1]["kills"] = 9_000
    assert card_content(report).features[1].name == "Goblin"


def test_a_favourite_mob_counts_over_its_combat_levels_and_shows_the_level_killed_most(report: dict[str, Any]) -> None:
    mob = report["loot"]["mobs"][0]
    levels = (("Guard", 22, 60), ("Guard", 21, 60), ("Goblin", 2, 80))
    report["loot"]["mobs"] = [{**mob, "name": n, "combat_level": level, "kills": kills} for n, level, kills in levels]
    favourite = card_content(report).features[1]
    assert (favourite.name, favourite.value, favourite.picture_keys) == ("Guard", "120 kills", ("npc:Guard#21",))


def test_what_is_unknown_gives_way_to_the_next_figure_and_feature(report: dict[str, Any]) -> None:
    report["loot"] |= {"value": None, "best_drop": None}
    content = card_content(report)
    assert said(content)[3:] == ["54.3K tiles on foot", "3 deaths"]
    assert [feature.heading for feature in content.features] == ["Favourite mob", "Favourite skill"]
    assert content.features[1].value == "250K XP"


def test_one_of_a_thing_is_singular(report: dict[str, Any]) -> None:
    report["loot"] |= {"kills": 1, "value": 1}
    report["loot"]["mobs"] = [report["loot"]["mobs"][0] | {"kills": 1}]
    report["loot"]["best_drop"] |= {"value": 1, "quantity": 3}
    report["movement"]["tiles"] = 1
    content = card_content(report)
    assert said(content)[2:] == ["1 loot drop", "1 coin of loot", "1 tile on foot"]
    assert content.features[0].value == "1 coin"
    assert content.features[0].name == "3 × Abyssal whip"
    assert content.features[1].value == "1 kill"


def test_a_report_of_almost_nothing_still_has_five_true_figures(report: dict[str, Any]) -> None:
    report["play"] |= {"seconds": 0.6, "sessions": 1, "days_played": 1, "longest_streak_days": 1}
    report["play"]["longest_session_seconds"] = 0.6
    report["loot"] = {"kills": 0, "value": None, "best_drop": None, "mobs": [], "players_looted": 0}
    report["experience"] = {"total": 0, "skills": {}, "favourite_skill": None, "best_day": None}
    report["movement"]["tiles"] = report["deaths"]["count"] = report["damage"]["dealt"] = 0
    report["exchange"]["earned"] = 0
    content = card_content(report)
    assert said(content) == ["< 1 s played", "1 day played", "1 session", "< 1 s longest session", "0 XP gained"]
    assert content.features == ()


def test_an_item_without_a_name_is_told_by_its_id(report: dict[str, Any]) -> None:
    report["loot"]["best_drop"]["name"] = None
    assert card_content(report).features[0].name == "Item 4151"


def test_a_feature_takes_the_first_picture_that_exists(report: dict[str, Any]) -> None:
    known = {"npc:Abyssal demon#124": "aa"}
    assert [feature.picture for feature in card_content(report).with_pictures(known.get).features] == [None, "aa"]


@pytest.mark.parametrize(
    ("path", "value"),
    [("player", "Other"), ("period", "2024"), ("loot.kills", 743), ("deaths.count", None), ("loot.best_drop.value", 9)],
)
def test_the_digest_tells_whether_anything_on_the_card_changed(report: dict[str, Any], path: str, value: Any) -> None:
    before = card_content(report).digest()
    changed = copy.deepcopy(report)
    *parents, last = path.split(".")
    node = changed
    for parent in parents:
        node = node[parent]
    if value is None:
        node[last] += 1
        assert card_content(changed).digest() == before  # deaths are not among the five
    else:
        node[last] = value
        assert card_content(changed).digest() != before
    assert card_content(report).with_pictures(lambda key: "aa").digest() != before


def test_a_document_that_breaks_the_contract_is_refused(report: dict[str, Any]) -> None:
    del report["play"]
    with pytest.raises(ValueError, match="play"):
        card_content(report)
