"""The naive reference on tiny cases calculated by hand: loot, experience, deaths and damage."""

import pytest
from naive_player_stats.growth import level_of
from player_stats.domain.markup import plain_name
from report_by_hand import report
from telemetry_documents import Telemetry

HOUR = 3_600_000
LUMBRIDGE = {"x": 3200, "y": 3200}


def test_loot_is_grouped_by_name_and_level_over_all_npc_ids() -> None:
    telemetry = Telemetry()
    telemetry.drop("Zulrah", 725, 2043, ((12934, 100), (995, 5), (995, 6)), tick=1)
    telemetry.drop("Zulrah", 725, 2042, ((12934, 150),), tick=2)
    telemetry.drop("Guard", 21, 1, ((1, 1), (2, 1)), tick=3)
    telemetry.drop("Guard", 19, 1, tick=4)
    telemetry.drop("Other", 3, 1, tick=5, kind=2)
    telemetry.drop(None, None, None, tick=6, kind=2)
    telemetry.drop(None, None, None, tick=7, kind=0)
    loot = report(telemetry)["loot"]
    assert (loot["kills"], loot["players_looted"]) == (4, 2)
    assert [(m["name"], m["combat_level"], m["npc_ids"], m["kills"]) for m in loot["mobs"]] == [
        ("Zulrah", 725, [2042, 2043], 2),
        ("Guard", 19, [1], 1),
        ("Guard", 21, [1], 1),
    ]
    assert [(i["item_id"], i["quantity"]) for i in loot["mobs"][0]["items"]] == [(995, 11), (12934, 250)]
    assert [i["item_id"] for i in loot["mobs"][2]["items"]] == [1, 2]


def test_loot_is_worth_the_price_of_its_month_or_of_the_nearest_earlier_else_later_one() -> None:
    telemetry = Telemetry(at="2024-03-31T23:00:00")
    telemetry.drop("Demon", 124, 1, ((4151, 1), (4152, 1), (9, 5)))
    telemetry.drop("Demon", 124, 1, ((4151, 2), (4151, 1)), after=3_600_000)
    telemetry.drop("Goblin", 2, 1, ((995, 300), (13204, 2), (526, 1)), after=3_600_000)
    prices = {"2024-02": {4151: 100}, "2024-04": {4151: 60}, "2024-05": {526: 7}}
    loot = report(telemetry, prices=prices, bases={4152: 4151})["loot"]
    assert [(i["item_id"], i["quantity"], i["value"]) for i in loot["mobs"][1]["items"]] == [
        (4151, 4, 280),
        (4152, 1, 100),
        (9, 5, None),
    ]
    assert [(m["name"], m["value"]) for m in loot["mobs"]] == [("Goblin", 2_307), ("Demon", 380)]
    assert loot["value"] == 2_687
    best = loot["best_drop"]
    assert (best["item_id"], best["quantity"], best["value"], best["month"]) == (13204, 2, 2_000, "2024-04")


def test_the_best_drop_of_equal_ones_is_of_the_earlier_month_then_of_the_smaller_item_and_mob() -> None:
    telemetry = Telemetry(at="2024-03-31T23:00:00")
    for after, mob, level, stacks in (
        (0, "Rat", 3, ((527, 3), (526, 3))),
        (1, "Rat", 2, ((526, 3),)),
        (2, "Ant", 9, ((527, 3),)),
        (3_600_000, "Ant", 1, ((526, 3),)),
    ):
        telemetry.drop(mob, level, 1, stacks, after=after)
    best = report(telemetry, prices={"2024-01": {526: 5, 527: 5}})["loot"]["best_drop"]
    assert (best["item_id"], best["mob"], best["combat_level"], best["month"]) == (526, "Rat", 2, "2024-03")


def test_values_stop_at_the_greatest_64_bit_integer() -> None:
    telemetry = Telemetry()
    telemetry.drop("Rat", 1, 1, ((526, 2**53 - 1), (526, 2**53 - 1)))
    loot = report(telemetry, prices={"2024-01": {526: 2**31 - 1}})["loot"]
    assert loot["value"] == loot["best_drop"]["value"] == loot["mobs"][0]["value"] == 2**63 - 1
    assert loot["best_drop"]["quantity"] == 2**54 - 2


def test_without_prices_only_coins_and_platinum_have_a_value() -> None:
    telemetry = Telemetry()
    telemetry.drop("Rat", 1, 1, ((526, 1),))
    loot = report(telemetry)["loot"]
    assert (loot["value"], loot["best_drop"], loot["mobs"][0]["value"]) == (None, None, None)


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
    telemetry = Telemetry()
    telemetry.drop(sent)
    assert [mob["name"] for mob in report(telemetry)["loot"]["mobs"]] == [shown]
    assert plain_name(sent) == shown


def test_a_name_of_markup_only_is_empty() -> None:
    telemetry = Telemetry()
    telemetry.drop("<col=1></col>\u00a0<br>")
    telemetry.death("<img=2>Bob")
    telemetry.hit(5, "<col=ffffff>BOB</col>", 2)
    got = report(telemetry)
    assert got["quality"]["events_left_out"] == {"loot.actor.name": 1}
    assert (got["deaths"]["count"], got["damage"]["taken"]) == (1, 5)


def test_sums_saturate_at_the_greatest_integer() -> None:
    telemetry = Telemetry()
    telemetry.drop(items=tuple((995, 2**53 - 1) for _ in range(1025)))
    assert report(telemetry)["loot"]["mobs"][0]["items"][0]["quantity"] == 2**63 - 1


def test_the_first_invalid_field_of_loot_is_its_reason() -> None:
    telemetry = Telemetry()
    telemetry.add("loot_received", {"actor": "Goblin", "items": []})
    telemetry.drop(kind="1")
    telemetry.drop(items=None)
    telemetry.drop(items=[{"id": -1, "quantity": 1}])
    telemetry.drop(items=[{"id": 1, "quantity": 1.5}], tick=1)
    telemetry.drop("")
    telemetry.drop(level=None)
    telemetry.drop(npc=True)
    got = report(telemetry)
    assert got["loot"]["kills"] == 0
    assert got["quality"]["events_left_out"] == {
        "loot.actor": 1,
        "loot.actor.type": 1,
        "loot.items": 3,
        "loot.actor.name": 1,
        "loot.actor.combatLevel": 1,
        "loot.actor.id": 1,
    }


def test_experience_is_the_sum_of_gains_and_a_decrease_is_a_new_baseline() -> None:
    telemetry = Telemetry()
    for after, xp in enumerate((1000, 1100, 1100, 0, 1150, 50, 60)):
        telemetry.stat(xp, after * 1000, after)
    telemetry.stat(500, 0, skill="COOKING")
    telemetry.stat(83, 0, skill="MINING")
    telemetry.stat(84, 25 * HOUR, skill="MINING")
    experience = report(telemetry)["experience"]
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


def test_levels_are_gained_by_the_gains_that_count() -> None:
    telemetry = Telemetry()
    telemetry.stat(80, 0)
    telemetry.stat(200, 600)
    telemetry.stat(1, 1200)
    telemetry.stat(83, 1800)
    assert report(telemetry)["experience"]["skills"] == {"ATTACK": {"gained": 202, "levels_gained": 3}}


@pytest.mark.parametrize(
    ("rise", "after", "gained"),
    [(250_000, 0, 250_000), (250_001, 0, 0), (2_250_000, HOUR, 2_250_000), (2_250_001, HOUR, 0)],
)
def test_a_gain_too_fast_for_one_world_is_a_new_baseline(rise: int, after: int, gained: int) -> None:
    telemetry = Telemetry()
    telemetry.stat(10, 0, 0)
    telemetry.stat(10 + rise, after, 1)
    telemetry.stat(11 + rise, after, 2)
    assert report(telemetry)["experience"]["total"] == gained + 1


def test_equal_times_are_ordered_by_experience_and_skills_tie_by_name() -> None:
    telemetry = Telemetry()
    for skill in ("WOODCUTTING", "AGILITY"):
        telemetry.stat(30, 0, 0, skill)
        telemetry.stat(10, 0, 0, skill)
        telemetry.stat(20, 0, 0, skill)
    experience = report(telemetry)["experience"]
    assert experience["total"] == 40
    assert experience["favourite_skill"] == "AGILITY"


def test_invalid_experience_is_counted_but_zero_is_only_skipped() -> None:
    telemetry = Telemetry()
    telemetry.stat(0)
    telemetry.stat(0.0, tick=1)
    for tick, xp in enumerate((-1, 200_000_001, None, "5", True, 1.5, float("nan"))):
        telemetry.stat(xp, tick=tick + 2)
    for tick, skill in enumerate(("attack", "", "A" * 25, "ATTACK\n", None, "$X")):
        telemetry.stat(5, tick=tick, skill=skill)
    assert report(telemetry)["quality"]["events_left_out"] == {"experience.xp": 7, "experience.skill": 6}


def test_deaths_of_the_player_within_ten_ticks_are_one() -> None:
    telemetry = Telemetry()
    telemetry.death("BOB", 0, 100, type=2, location=LUMBRIDGE)
    telemetry.death("bob", 600, 109)
    telemetry.death("bob", 1200, 118)  # 9 after the previous one, though 18 after the first
    telemetry.death("bob", 1800, 128, type=None)  # 10 after
    telemetry.death("bob", 2400, 127, type=2.0, location={"x": 6400, "y": 1})  # the tick count decreased: a new client
    telemetry.death("bob", 2400 + 300_001, 128, location={"x": "a", "y": 1})  # not joined
    telemetry.death("bob", 2400, 128, sessionId="other", location={"x": 1, "y": 1})  # another session
    telemetry.death("bob", 0, 500, type=1)
    telemetry.death("Goblin", 0, 501)
    telemetry.death("", 0, 502)
    telemetry.death(None, 0, 503)
    got = report(telemetry)
    assert got["deaths"] == {
        "count": 5,
        "places": [
            {"name": "Unknown", "count": 3},
            {"name": "Instance", "count": 1},
            {"name": "Lumbridge", "count": 1},
        ],
    }
    assert got["quality"]["events_left_out"] == {"deaths.name": 1}


def test_damage_is_dealt_or_taken_or_neither() -> None:
    telemetry = Telemetry()
    telemetry.hit(10, mine=True)
    telemetry.hit(7, mine=True, kind=2, name="Other")
    telemetry.hit(30, mine=1)
    telemetry.hit(40)
    for splat in (4, 6, 60):
        telemetry.hit(50, mine=True, splat=splat)
        telemetry.hit(50, "bob", 2, splat=splat)
    telemetry.hit(3, "bOb", 2, mine=True)
    telemetry.hit(4, "BOB", None)
    telemetry.hit(99, "bob", 1)
    telemetry.hit(5, "bob", 1, mine=True)
    got = report(telemetry)
    assert got["damage"] == {"dealt": 22, "taken": 7, "biggest_hit": 10}


def test_the_first_invalid_field_of_damage_is_its_reason() -> None:
    telemetry = Telemetry()
    telemetry.add("hitsplat_applied", {"hitsplat": {}})
    telemetry.add("hitsplat_applied", {"actor": {}})
    telemetry.hit(-1, splat=None)
    telemetry.hit(1, splat="16")
    assert report(telemetry)["quality"]["events_left_out"] == {
        "damage.actor": 1,
        "damage.hitsplat": 1,
        "damage.hitsplat.amount": 1,
        "damage.hitsplat.hitsplatType": 1,
    }
