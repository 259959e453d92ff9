"""The slides of a report: which ones there are, their order and their texts."""

import json
from typing import Any

import pytest
from player_stats.domain.slides import build_slides, with_rank_slide
from wrapped_devkit.contract.page import sample_report

ORDER = [
    "play_time", "best_month", "favourite_mob", "favourite_place", "favourite_gear", "favourite_skill", "tiles",
    "deaths", "loot", "best_drop", "damage", "exchange", "hiscores", "rank",
    "closing",
]  # fmt: skip

NO_LOOT = {"kills": 0, "value": None, "best_drop": None, "mobs": [], "players_looted": 0}


def report(**sections: Any) -> dict[str, Any]:
    """A report with data for every slide, with some sections replaced."""
    bones = {"item_id": 526, "name": "Bones", "quantity": 3, "value": 270}
    goblin = {"name": "Goblin", "combat_level": 2, "npc_ids": [655], "kills": 3, "value": 270, "items": [bones]}
    best = {"item_id": 526, "name": "Bones", "quantity": 2, "value": 180, "mob": "Goblin", "combat_level": 2,
            "month": "2024-08"}  # fmt: skip
    full: dict[str, Any] = {
        "play": {
            "ticks": 6_000, "seconds": 3_600.0, "sessions": 1, "days_played": 2, "longest_streak_days": 2,
            "best_month": "2024-08", "months": {"2024-08": 6_000},
        },
        "movement": {"tiles": 1_200, "tiles_walked": 200, "tiles_run": 1_000},
        "prayer": {"points_used": 5},
        "places": [{"name": "Lumbridge", "ticks": 6_000, "seconds": 3_600.0}],
        "equipment": [{"slot": "WEAPON", "item_id": 4151, "name": "Abyssal whip", "ticks": 600, "seconds": 360.0}],
        "loot": {"kills": 3, "value": 270, "best_drop": best, "mobs": [goblin], "players_looted": 0},
        "experience": {
            "total": 500, "favourite_skill": "ATTACK", "skills": {"ATTACK": {"gained": 500, "levels_gained": 1}},
        },
        "deaths": {"count": 1, "places": [{"name": "Barrows", "count": 1}]},
        "damage": {"dealt": 40, "taken": 10, "biggest_hit": 12},
        "exchange": {"spent": 0, "earned": 1_000, "offers_filled": 1},
        "hiscores": {"skills": {"Overall": 900}, "bosses": {"Zulrah": 2, "Vorkath": 2}},
        "ranks": [{"stat": "loot.kills", "rank": 1, "of_players": 40, "top_percent": 2.5}],
    }  # fmt: skip
    return {**full, **sections}


def test_the_contract_s_sample_report_has_the_slides_that_are_built_from_it() -> None:
    sample = json.loads(sample_report())
    made = [(slide["stat"], slide["text"], slide["value"], slide["image_key"]) for slide in build_slides(sample)]
    shown = [(slide["stat"], slide["text"], slide["value"], slide["image_key"]) for slide in sample["slides"]]
    assert made == shown


def by_stat(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {slide["stat"]: slide for slide in build_slides(found)}


def test_a_full_report_has_every_slide_in_order() -> None:
    slides = build_slides(report())
    assert [slide["stat"] for slide in slides] == ORDER
    assert all(set(slide) == {"stat", "title", "text", "value", "image_key", "image"} for slide in slides)


def test_under_an_hour_only_the_play_time_is_shown() -> None:
    short = report()
    short["play"] |= {"ticks": 5_999, "seconds": 3_599.4}
    assert [slide["stat"] for slide in build_slides(short)] == ["play_time"]


@pytest.mark.parametrize(
    ("thin", "left_out"),
    [
        ({"loot": NO_LOOT}, {"favourite_mob", "loot", "best_drop"}),
        ({"places": []}, {"favourite_place"}),
        (
            {"places": [{"name": n, "ticks": 900, "seconds": 540.0} for n in ("Instance", "Unknown")]},
            {"favourite_place"},
        ),
        (
            {"places": [{"name": n, "ticks": 900, "seconds": 540.0} for n in ("Falador", "Instance")]},
            {"favourite_place"},
        ),
        ({"places": [{"name": "Barrows", "ticks": 1, "seconds": 0.6}]}, {"favourite_place"}),
        ({"places": [{"name": "Barrows", "ticks": 299, "seconds": 179.4}]}, {"favourite_place"}),
        ({"equipment": []}, {"favourite_gear"}),
        (
            {"equipment": [{"slot": "CAPE", "item_id": 1, "name": "Cape", "ticks": 299, "seconds": 179.4}]},
            {"favourite_gear"},
        ),
        ({"experience": {"total": 0, "favourite_skill": None, "skills": {}}}, {"favourite_skill"}),
        ({"movement": {"tiles": 0, "tiles_walked": 0, "tiles_run": 0}}, {"tiles"}),
        ({"deaths": {"count": 0, "places": []}}, {"deaths"}),
        ({"damage": {"dealt": 0, "taken": 9, "biggest_hit": 0}}, {"damage"}),
        ({"exchange": {"spent": 0, "earned": 0, "offers_filled": 0}}, {"exchange"}),
        ({"hiscores": None}, {"hiscores"}),
        ({"hiscores": {"skills": {}, "bosses": {}}}, {"hiscores"}),
        ({"ranks": []}, {"rank"}),
    ],
)
def test_a_slide_without_enough_data_is_left_out(thin: dict[str, Any], left_out: set[str]) -> None:
    assert [slide["stat"] for slide in build_slides(report(**thin))] == [s for s in ORDER if s not in left_out]


def test_the_favourite_place_is_the_one_with_most_time() -> None:
    places = [{"name": name, "ticks": n, "seconds": n * 0.6} for name, n in (("Varrock", 900), ("Instance", 800))]
    slide = by_stat(report(places=places))["favourite_place"]
    assert (slide["value"], slide["image_key"]) == ("Varrock", "place:Varrock")
    assert slide["text"] == "Spent 9 min at Varrock."


def test_pictures_show_the_subject_of_the_slide() -> None:
    slides = by_stat(report())
    keys = {stat: slide["image_key"] for stat, slide in slides.items() if not slide["image_key"].startswith("stat:")}
    assert keys == {
        "favourite_mob": "npc:Goblin#2",
        "favourite_place": "place:Lumbridge",
        "favourite_gear": "item:4151",
        "favourite_skill": "skill:ATTACK",
        "best_drop": "item:526",
        "hiscores": "boss:Vorkath",
        "closing": "place:Lumbridge",
    }
    assert slides["deaths"]["image_key"] == "stat:deaths"


def test_an_item_without_a_name_is_shown_by_its_id() -> None:
    nameless = [{"slot": "CAPE", "item_id": 6570, "name": None, "ticks": 600, "seconds": 360.0}]
    assert by_stat(report(equipment=nameless))["favourite_gear"]["text"] == "Item 6570: worn for 6 min."


def test_the_hiscores_show_a_boss_if_there_is_one_else_experience() -> None:
    boss = by_stat(report())["hiscores"]
    assert boss["value"] == "Vorkath"  # as many kills as Zulrah; the smaller name wins
    assert boss["text"] == "Hiscores: +900 XP and 2 more Vorkath kills."
    assert by_stat(report(hiscores={"skills": {"Overall": 7}, "bosses": {}}))["hiscores"]["value"] == 7


@pytest.mark.parametrize(
    ("boss", "count", "text"),
    [
        ("Zulrah", 1, "1 more Zulrah kill."),
        ("The Whisperer", 2, "2 more Whisperer kills."),
        ("Barrows Chests", 3, "3 more for Barrows Chests."),
        ("The Corrupted Gauntlet", 1, "1 more for The Corrupted Gauntlet."),
        ("Chambers of Xeric: Challenge Mode", 3, "3 more for Chambers of Xeric: Challenge Mode."),
        ("A Row Of Next Year", 3, "3 more for A Row Of Next Year."),
    ],
)
def test_only_what_is_killed_is_counted_in_kills(boss: str, count: int, text: str) -> None:
    slide = by_stat(report(hiscores={"skills": {}, "bosses": {boss: count}}))["hiscores"]
    assert slide["text"] == f"Hiscores: {text}"


def test_the_mob_killed_most_is_the_one_of_the_closing_slide_over_all_its_levels() -> None:
    levels = (("Guard", 21, 60), ("Guard", 22, 60), ("Goblin", 2, 80))
    mobs = [{"name": n, "combat_level": level, "kills": kills, "items": []} for n, level, kills in levels]
    loot = {**NO_LOOT, "kills": 200, "mobs": mobs}
    slides = by_stat(report(loot=loot, places=[]))
    assert slides["favourite_mob"]["text"] == "Guard: 120 kills over 2 combat levels."
    assert slides["closing"]["text"] == "Guard makes up 60% of all kills: 120 of 200."
    assert slides["favourite_mob"]["image_key"] == slides["closing"]["image_key"] == "npc:Guard#21"


def test_mobs_of_one_name_are_no_tie_and_others_are() -> None:
    mobs = [{"name": n, "combat_level": lv, "kills": 60, "items": []} for n, lv in (("Rat", 1), ("Rat", 2))]
    loot = {**NO_LOOT, "kills": 120, "mobs": mobs}
    assert by_stat(report(loot=loot))["favourite_mob"]["text"] == "Rat: 120 kills over 2 combat levels."
    tied = {**loot, "mobs": [*mobs, {"name": "Imp", "combat_level": 0, "kills": 120, "items": []}]}
    assert by_stat(report(loot=tied))["favourite_mob"]["text"] == "Imp: 120 kills, joint first with 1 other mob."


def test_deaths_without_a_known_place_name_no_place() -> None:
    unknown = {"count": 2, "places": [{"name": "Unknown", "count": 2}]}
    assert by_stat(report(deaths=unknown))["deaths"]["text"] == "2 deaths."


def test_an_outright_place_is_better_than_a_joint_one() -> None:
    joint = {"stat": "deaths.count", "value": 1, "of_players": 6, "top_percent": 16.7, "joint": True}
    slide = by_stat(report(ranks=[joint, {**joint, "stat": "loot.kills", "joint": False}]))["rank"]
    assert slide["text"] == "1st of 6 tracked players by loot drops."
    assert by_stat(report(ranks=[joint]))["rank"]["text"] == "Joint 1st of 6 tracked players by deaths."


def test_the_best_rank_is_shown_and_of_equal_ones_the_smaller_name() -> None:
    ranks = [
        {"stat": stat, "rank": 1, "of_players": 40, "top_percent": percent}
        for stat, percent in (("play.seconds", 5.0), ("kills:Zulrah", 2.5), ("deaths.count", 2.5))
    ]
    slide = by_stat(report(ranks=ranks))["rank"]
    assert slide["value"] == 2.5
    assert slide["text"] == "1st of 40 tracked players by deaths."


def test_a_new_rank_replaces_the_old_one_and_nothing_else() -> None:
    before = build_slides(report())
    better = report(ranks=[{"stat": "kills:Zulrah", "rank": 1, "of_players": 100, "top_percent": 1.0}])
    after = with_rank_slide(before, better["ranks"], better["play"]["seconds"])
    assert (after[:-2], after[-1]) == (before[:-2], before[-1])
    assert after[-2]["text"] == "Top 1% of 100 tracked players by Zulrah kills."
    assert with_rank_slide(after, [], better["play"]["seconds"]) == [*before[:-2], before[-1]]
