"""The naive reference on tiny cases worked out by hand: loot, experience, deaths and damage."""

import pytest
from naive_player_stats.growth import level_of
from player_stats.domain.markup import plain_name
from report_by_hand import report
from telemetry_documents import Telemetry

HOUR = 3_600_000
LUMBRIDGE = {"x": 3200, "y": 3200}


def test_loot_is_grouped_by_name_and_level_over_all_forms() -> None:
    told = Telemetry()
    told.drop("Zulrah", 725, 2043, ((12934, 100), (995, 5), (995, 6)), tick=1)
    told.drop("Zulrah", 725, 2042, ((12934, 150),), tick=2)
    told.drop("Guard", 21, 1, ((1, 1), (2, 1)), tick=3)
    told.drop("Guard", 19, 1, tick=4)
    told.drop("Other", 3, 1, tick=5, kind=2)
    told.drop(None, None, None, tick=6, kind=2)
    told.drop(None, None, None, tick=7, kind=0)
    loot = report(told)["loot"]
    assert (loot["kills"], loot["players_looted"]) == (4, 2)
    assert [(m["name"], m["combat_level"], m["npc_ids"], m["kills"]) for m in loot["mobs"]] == [
        ("Zulrah", 725, [2042, 2043], 2),
        ("Guard", 19, [1], 1),
        ("Guard", 21, [1], 1),
    ]
    assert [(i["item_id"], i["quantity"]) for i in loot["mobs"][0]["items"]] == [(12934, 250), (995, 11)]
    assert [i["item_id"] for i in loot["mobs"][2]["items"]] == [1, 2]


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("<col=ff0000>TzTok-Jad</col>", "TzTok-Jad"),
        ("<img=10><u>Guard<u=1></u></str><shad=0>", "Guard"),
        ("Tormented<br>Demon", "Tormented Demon"),
        ("<lt>col=1<gt>", "<col=1>"),
        ("\u00a0Giant\u00a0Mole ", "Giant Mole"),
        ("<COL=1><b>Rat</b> <col", "<COL=1><b>Rat</b> <col"),
    ],
)
def test_mobs_are_named_without_markup(sent: str, shown: str) -> None:
    told = Telemetry()
    told.drop(sent)
    assert [mob["name"] for mob in report(told)["loot"]["mobs"]] == [shown]
    assert plain_name(sent) == shown


def test_a_name_of_nothing_but_markup_is_empty() -> None:
    told = Telemetry()
    told.drop("<col=1></col>\u00a0<br>")
    told.death("<img=2>Bob")
    told.hit(5, "<col=ffffff>BOB</col>", 2)
    got = report(told)
    assert got["quality"]["events_left_out"] == {"loot.actor.name": 1}
    assert (got["deaths"]["count"], got["damage"]["taken"]) == (1, 5)


def test_sums_are_held_at_the_greatest_integer() -> None:
    told = Telemetry()
    told.drop(items=tuple((995, 2**53 - 1) for _ in range(1025)))
    assert report(told)["loot"]["mobs"][0]["items"][0]["quantity"] == 2**63 - 1


def test_the_first_bad_field_of_loot_is_its_reason() -> None:
    told = Telemetry()
    told.add("loot_received", {"actor": "Goblin", "items": []})
    told.drop(kind="1")
    told.drop(items=None)
    told.drop(items=[{"id": -1, "quantity": 1}])
    told.drop(items=[{"id": 1, "quantity": 1.5}], tick=1)
    told.drop("")
    told.drop(level=None)
    told.drop(npc=True)
    got = report(told)
    assert got["loot"]["kills"] == 0
    assert got["quality"]["events_left_out"] == {
        "loot.actor": 1,
        "loot.actor.type": 1,
        "loot.items": 3,
        "loot.actor.name": 1,
        "loot.actor.combatLevel": 1,
        "loot.actor.id": 1,
    }


def test_experience_is_the_sum_of_rises_with_new_baselines_at_falls() -> None:
    told = Telemetry()
    for after, xp in enumerate((1000, 1100, 1100, 0, 1150, 50, 60)):
        told.stat(xp, after * 1000, after)
    told.stat(500, 0, skill="COOKING")
    told.stat(83, 0, skill="MINING")
    told.stat(84, 25 * HOUR, skill="MINING")
    experience = report(told)["experience"]
    assert experience["skills"] == {
        "ATTACK": {
            "gained": 160,
            "levels_gained": 1,
        },  # 1,000 is level 9, 1,150 level 9 and 10 (1,154) is not
        "MINING": {"gained": 1, "levels_gained": 0},
    } | {"ATTACK": {"gained": 160, "levels_gained": level_of(1150) - level_of(1000)}}
    assert (experience["total"], experience["favourite_skill"]) == (161, "ATTACK")
    assert experience["best_day"] == "2024-01-01"


def test_levels_follow_the_game_s_table() -> None:
    known = {0: 1, 82: 1, 83: 2, 174: 3, 1153: 9, 1154: 10, 101_332: 49, 101_333: 50}
    known |= {13_034_430: 98, 13_034_431: 99, 200_000_000: 99}
    assert {xp: level_of(xp) for xp in known} == known


def test_levels_are_gained_over_the_counted_rises() -> None:
    told = Telemetry()
    told.stat(80, 0)
    told.stat(200, 600)
    told.stat(1, 1200)
    told.stat(83, 1800)
    assert report(told)["experience"]["skills"] == {"ATTACK": {"gained": 202, "levels_gained": 3}}


@pytest.mark.parametrize(
    ("rise", "after", "gained"),
    [(250_000, 0, 250_000), (250_001, 0, 0), (2_250_000, HOUR, 2_250_000), (2_250_001, HOUR, 0)],
)
def test_a_rise_too_steep_for_one_world_is_a_new_baseline(rise: int, after: int, gained: int) -> None:
    told = Telemetry()
    told.stat(10, 0, 0)
    told.stat(10 + rise, after, 1)
    told.stat(11 + rise, after, 2)
    assert report(told)["experience"]["total"] == gained + 1


def test_equal_times_are_ordered_by_experience_and_skills_tie_by_name() -> None:
    told = Telemetry()
    for skill in ("WOODCUTTING", "AGILITY"):
        told.stat(30, 0, 0, skill)
        told.stat(10, 0, 0, skill)
        told.stat(20, 0, 0, skill)
    experience = report(told)["experience"]
    assert experience["total"] == 40
    assert experience["favourite_skill"] == "AGILITY"


def test_bad_experience_is_counted_and_zero_is_merely_skipped() -> None:
    told = Telemetry()
    told.stat(0)
    told.stat(0.0, tick=1)
    for tick, xp in enumerate((-1, 200_000_001, None, "5", True, 1.5, float("nan"))):
        told.stat(xp, tick=tick + 2)
    for tick, skill in enumerate(("attack", "", "A" * 25, "ATTACK\n", None, "$X")):
        told.stat(5, tick=tick, skill=skill)
    assert report(told)["quality"]["events_left_out"] == {"experience.xp": 7, "experience.skill": 6}


def test_deaths_of_the_player_himself_within_ten_ticks_are_one() -> None:
    told = Telemetry()
    told.death("BOB", 0, 100, type=2, location=LUMBRIDGE)
    told.death("bob", 600, 109)
    told.death("bob", 1200, 118)  # 9 after the one before, though 18 after the first
    told.death("bob", 1800, 128, type=None)  # 10 after
    told.death("bob", 2400, 127, type=2.0, location={"x": 6400, "y": 1})  # the counter fell: a new client
    told.death("bob", 2400 + 300_001, 128, location={"x": "a", "y": 1})  # not joined
    told.death("bob", 2400, 128, sessionId="other", location={"x": 1, "y": 1})  # another session
    told.death("bob", 0, 500, type=1)
    told.death("Goblin", 0, 501)
    told.death("", 0, 502)
    told.death(None, 0, 503)
    got = report(told)
    assert got["deaths"] == {
        "count": 5,
        "places": [
            {"name": "Unknown", "count": 3},
            {"name": "Instance", "count": 1},
            {"name": "Lumbridge", "count": 1},
        ],
    }
    assert got["quality"]["events_left_out"] == {"deaths.name": 1}


def test_damage_dealt_taken_and_neither() -> None:
    told = Telemetry()
    told.hit(10, mine=True)
    told.hit(7, mine=True, kind=2, name="Other")
    told.hit(30, mine=1)
    told.hit(40)
    for splat in (4, 6, 60):
        told.hit(50, mine=True, splat=splat)
        told.hit(50, "bob", 2, splat=splat)
    told.hit(3, "bOb", 2, mine=True)
    told.hit(4, "BOB", None)
    told.hit(99, "bob", 1)
    told.hit(5, "bob", 1, mine=True)
    got = report(told)
    assert got["damage"] == {"dealt": 22, "taken": 7, "biggest_hit": 10}


def test_the_first_bad_field_of_damage_is_its_reason() -> None:
    told = Telemetry()
    told.add("hitsplat_applied", {"hitsplat": {}})
    told.add("hitsplat_applied", {"actor": {}})
    told.hit(-1, splat=None)
    told.hit(1, splat="16")
    assert report(told)["quality"]["events_left_out"] == {
        "damage.actor": 1,
        "damage.hitsplat": 1,
        "damage.hitsplat.amount": 1,
        "damage.hitsplat.hitsplatType": 1,
    }
