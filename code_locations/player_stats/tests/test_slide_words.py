"""Slides are true of any report: ties, ones, zeros, losses, instances only, unfilled offers, one tick of play."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from player_stats.domain.slides import build_slides
from wrapped_shared.words import ordinal

pytestmark = pytest.mark.slow

NAMES = ("Dragon boots", "Abyssal whip", "Coins", "Ironman platelegs")
NOUNS = ("session", "day", "month", "kill", "mob", "place", "item", "level", "skill", "tile", "death", "coin", "offer")
SINGULAR_OF_MANY = re.compile(rf"\b(?:0|[\d,]*\d{{2,}}|[2-9]) (?:other |loot )?(?:{'|'.join((*NOUNS, 'drop'))})\b")
PLURAL_OF_ONE = re.compile(rf"(?<![\d,])1 (?:other |loot |more \w+ )?(?:{'|'.join((*NOUNS, 'drop'))})s\b")

few = st.integers(0, 3)
some = st.integers(1, 3)
change = st.integers(-3, 3)
ticks = st.sampled_from([1, 2, 6_000, 60_000])
BOSSES = ("Zulrah", "The Whisperer", "Barrows Chests", "A New Row")
MONTHS = ("2024-01", "2024-02", "2024-03")


def timed(**fields: Any) -> st.SearchStrategy[dict[str, Any]]:
    """Rows with ticks and the seconds they make."""
    rows = st.fixed_dictionaries({"ticks": ticks, **fields})
    return rows.map(lambda row: {**row, "seconds": round(row["ticks"] * 0.6, 1)})


def gear() -> st.SearchStrategy[dict[str, Any]]:
    slots, names = st.sampled_from(["HEAD", "WEAPON"]), st.sampled_from([None, *NAMES])
    return timed(slot=slots, item_id=some, name=names)


def most_first(rows: list[dict[str, Any]], count: str) -> list[dict[str, Any]]:
    return sorted(rows, key=lambda row: -row[count])


@st.composite
def reports(draw: st.DrawFn) -> dict[str, Any]:
    """A consistent report of a player with at least an hour of play, or with one tick."""
    months = draw(st.dictionaries(st.sampled_from(MONTHS), st.sampled_from([6_000, 12_000]), min_size=1))
    if draw(st.integers(0, 9)) == 9:
        months = {"2024-01": 1}
    played = sum(months.values())
    mobs = draw(st.lists(mobs_of_loot(), unique_by=lambda mob: (mob["name"], mob["combat_level"])))
    values = [mob["value"] for mob in mobs if mob["value"] is not None]
    skills = draw(
        st.dictionaries(st.sampled_from(["ATTACK", "COOKING", "MAGIC"]), some | st.sampled_from([9_999, 10_000]))
    )
    deaths = draw(st.dictionaries(st.sampled_from(["Instance", "Unknown", "Barrows", "Varrock"]), some))
    walked, run = draw(few), 2 * draw(few)
    days = draw(some | st.integers(6, 30))
    dealt = draw(few)
    return {
        "play": {
            "ticks": played, "seconds": round(played * 0.6, 1), "sessions": draw(some), "days_played": days,
            "longest_streak_days": draw(st.integers(1, days)),
            "months": months, "best_month": min(months, key=lambda month: (-months[month], month)),
        },
        "movement": {"tiles": walked + run, "tiles_walked": walked, "tiles_run": run},
        "prayer": {"points_used": draw(few)},
        "places": most_first(
            draw(
                st.lists(
                    timed(name=st.sampled_from(["Instance", "Unknown", "Barrows", "Varrock"])),
                    unique_by=lambda place: place["name"],
                )
            ),
            "ticks",
        ),
        "equipment": most_first(
            draw(st.lists(gear(), max_size=4, unique_by=lambda row: (row["slot"], row["item_id"]))),
            "ticks",
        ),
        "loot": {
            "kills": sum(mob["kills"] for mob in mobs), "value": sum(values) if values else None,
            "best_drop": draw(st.none() | best_drops()) if values else None, "mobs": mobs,
        },
        "experience": {
            "favourite_skill": min(skills, key=lambda skill: (-skills[skill], skill), default=None),
            "skills": {skill: {"gained": skills[skill], "levels_gained": draw(few)} for skill in sorted(skills)},
        },
        "deaths": {
            "count": sum(deaths.values()),
            "places": most_first([{"name": name, "count": deaths[name]} for name in sorted(deaths)], "count"),
        },
        "damage": {"dealt": dealt, "taken": draw(few), "biggest_hit": min(1, dealt)},
        "exchange": {"spent": draw(few), "earned": draw(few), "offers_filled": draw(few)},
        "hiscores": draw(
            st.none()
            | st.fixed_dictionaries({
                "skills": st.dictionaries(st.just("Overall"), change),
                "bosses": st.dictionaries(st.sampled_from(BOSSES), change),
            })
        ),
        "ranks": draw(st.lists(ranks(), max_size=3)),
    }  # fmt: skip


def mobs_of_loot() -> st.SearchStrategy[dict[str, Any]]:
    """Mobs whose items have values or none."""
    item = st.fixed_dictionaries({"item_id": some, "value": st.none() | few})
    kills = some | st.sampled_from([49, 50, 51, 150])
    mob = {"name": st.sampled_from(["Goblin", "Rat", "Imp"]), "combat_level": few, "kills": kills}
    items = st.lists(item, max_size=3, unique_by=lambda item: item["item_id"])
    return st.fixed_dictionaries({**mob, "items": items}).map(
        lambda mob: {**mob, "value": sum(filter(None, values_of(mob))) if any_value(mob) else None}
    )


def values_of(mob: dict[str, Any]) -> list[int | None]:
    return [item["value"] for item in mob["items"]]


def any_value(mob: dict[str, Any]) -> bool:
    return any(value is not None for value in values_of(mob))


def best_drops() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "item_id": some, "name": st.sampled_from([None, *NAMES]), "quantity": few, "value": few,
            "mob": st.sampled_from(["Goblin", "Rat"]), "combat_level": few, "month": st.sampled_from(MONTHS),
        }
    )  # fmt: skip


@st.composite
def ranks(draw: st.DrawFn) -> dict[str, Any]:
    players = draw(st.integers(5, 300))
    place = draw(st.integers(1, players))
    stat = draw(st.sampled_from(["deaths.count", "kills:Zulrah", "xp:MAGIC"]))
    percent = -(-1000 * place // players) / 10
    joint = place < players and draw(st.booleans())
    return {"stat": stat, "value": 1, "top_percent": percent, "joint": joint, "of_players": players}


def texts(report: dict[str, Any]) -> dict[str, str]:
    return {slide["stat"]: slide["text"] for slide in build_slides(report)}


def by_name(mobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The kills of each mob over its combat levels."""
    names = {mob["name"] for mob in mobs}
    return [{"kills": sum(mob["kills"] for mob in mobs if mob["name"] == name)} for name in names]


def ties(rows: list[dict[str, Any]], count: str) -> int:
    """How many other rows have as much as the first."""
    return sum(row[count] == rows[0][count] for row in rows[1:])


@given(report=reports())
def test_one_is_singular_and_every_other_number_plural(report: dict[str, Any]) -> None:
    for text in texts(report).values():
        assert not PLURAL_OF_ONE.search(text), text
        assert not SINGULAR_OF_MANY.search(text), text


@given(report=reports())
def test_a_text_is_a_sentence_without_empty_values(report: dict[str, Any]) -> None:
    for text in texts(report).values():
        assert text.endswith(".")
        assert text[0].isupper() or text[0].isdigit()
        assert not re.search(
            r"\(s\)|\d %|\b(was|were|he|his)\b|(?<!\d)0 (s|running|walking|taken)\b|None|[+-]-", text
        ), text


@given(report=reports())
def test_ties_are_joint_first_and_say_with_how_many(report: dict[str, Any]) -> None:
    months = [{"ticks": n} for _, n in sorted(report["play"]["months"].items(), key=lambda month: -month[1])]
    gains = most_first(list(report["experience"]["skills"].values()), "gained")
    items = {(row["item_id"], row["ticks"]): row for row in report["equipment"]}  # one item may be worn in two slots
    for stat, rows, count, thing in (
        ("best_month", months, "ticks", "month"),
        ("favourite_mob", most_first(by_name(report["loot"]["mobs"]), "kills"), "kills", "mob"),
        ("favourite_place", report["places"], "ticks", "place"),
        ("favourite_gear", list(items.values()), "ticks", "item"),
        ("favourite_skill", gains, "gained", "skill"),
    ):
        text = texts(report).get(stat)
        if text is not None:
            tied = ties(rows, count)
            assert ("joint" in text) == (tied > 0), text
            assert not tied or f"joint first with {tied} other {thing}" in text


@given(report=reports())
def test_a_favourite_place_had_more_time_than_instances_and_places_without_a_name(report: dict[str, Any]) -> None:
    slides = {slide["stat"]: slide["value"] for slide in build_slides(report)}
    spent = {place["name"]: place["ticks"] for place in report["places"]}
    nameless = max(spent.pop("Instance", 0), spent.pop("Unknown", 0))
    if "favourite_place" in slides:
        assert spent[slides["favourite_place"]] == max(spent.values()) > nameless
    elif len(slides) > 1:  # more than an hour was played
        longest = max(spent.values(), default=0)
        assert longest <= nameless or longest < max(100, 0.05 * report["play"]["ticks"])


@given(report=reports())
def test_a_favourite_has_a_minute_and_a_twentieth_of_the_play_time(report: dict[str, Any]) -> None:
    found = texts(report)
    for stat, section in (("favourite_place", "places"), ("favourite_gear", "equipment")):
        if stat in found:
            assert report[section][0]["ticks"] >= max(100, report["play"]["ticks"] / 20)
            assert not re.search(r"less than a second|\b\d+ s\b", found[stat])


@given(report=reports())
def test_the_mob_of_the_closing_slide_is_the_one_killed_most(report: dict[str, Any]) -> None:
    slides = {slide["stat"]: slide for slide in build_slides(report)}
    if "closing" in slides and slides["closing"]["value"] == "mob":
        assert slides["closing"]["text"].startswith(f"{slides['favourite_mob']['value']} makes up ")
        assert slides["closing"]["image_key"] == slides["favourite_mob"]["image_key"]


@given(report=reports())
def test_deaths_are_most_often_where_most_of_several_are(report: dict[str, Any]) -> None:
    text, places = texts(report).get("deaths"), report["deaths"]["places"]
    if text is None:
        return
    alone = ties(places, "count") == 0 and places[0]["name"] != "Unknown"
    assert ("most often" in text) == (alone and len(places) > 1)
    assert (", both " in text) == (alone and len(places) == 1 and places[0]["count"] == 2)
    assert (", all " in text) == (alone and len(places) == 1 and places[0]["count"] > 2)
    assert alone or text == f"{report['deaths']['count']} death{'s' * (report['deaths']['count'] > 1)}."


@given(report=reports())
def test_coins_are_earned_before_tax_and_only_filled_offers_are_counted(report: dict[str, Any]) -> None:
    text, exchange = texts(report).get("exchange"), report["exchange"]
    if text is not None:
        assert ("before tax" in text) == ("earned" in text) == (exchange["earned"] > 0)
        assert ("spent" in text) == (exchange["spent"] > 0)
        assert ("filled" in text) == (exchange["offers_filled"] > 0)
        assert not exchange["offers_filled"] or f"{exchange['offers_filled']} offer" in text


@given(report=reports())
def test_the_loot_has_its_value_and_counts_the_items_without_a_price(report: dict[str, Any]) -> None:
    text, loot = texts(report).get("loot"), report["loot"]
    if text is not None:
        assert ("worth" in text) == bool(loot["value"])
        items = {(item["item_id"], item["value"] is None) for mob in loot["mobs"] for item in mob["items"]}
        without = len({number for number, is_unknown in items if is_unknown})
        assert ("without a price" in text) == bool(loot["value"] and without)
        assert not loot["value"] or not without or f"; {without} item" in text
    best = loot["best_drop"]
    assert ("best_drop" in texts(report)) == bool(len(texts(report)) > 1 and best and best["value"])


@given(report=reports())
def test_the_distance_names_only_the_ways_of_moving_that_were_used(report: dict[str, Any]) -> None:
    text, movement = texts(report).get("tiles"), report["movement"]
    if text is not None:
        assert ("running" in text) == (movement["tiles_run"] > 0)
        assert ("walking" in text) == (movement["tiles_walked"] > 0)
        assert (", all " in text) == (
            not (movement["tiles_run"] and movement["tiles_walked"]) and movement["tiles"] > 1
        )


@given(report=reports())
def test_only_gains_are_shown_of_the_hiscores(report: dict[str, Any]) -> None:
    text, gains = texts(report).get("hiscores"), report["hiscores"] or {"skills": {}, "bosses": {}}
    xp, kills = gains["skills"].get("Overall", 0), max(gains["bosses"].values(), default=0)
    if len(texts(report)) > 1:  # more than an hour was played
        assert (text is not None) == (xp > 0 or kills > 0)
    if text is not None:
        assert ("XP" in text) == (xp > 0)
        assert ("more" in text) == (kills > 0)


@given(report=reports())
def test_a_rank_is_a_place_among_few_and_a_percentage_among_many(report: dict[str, Any]) -> None:
    text = texts(report).get("rank")
    if text is None:
        return
    best = min(report["ranks"], key=lambda rank: (rank["top_percent"], rank["joint"], rank["stat"]))
    players = best["of_players"]
    if players >= 100:
        top = "Joint top" if best["joint"] else "Top"
        assert text.startswith(f"{top} {best['top_percent']:g}% of {players} tracked players by ")
    else:
        place = next(n for n in range(1, players + 1) if -(-1000 * n // players) / 10 == best["top_percent"])
        joint = "Joint " if best["joint"] else ""
        assert text.startswith(f"{joint}{ordinal(place)} of {players} tracked players by ")


@given(report=reports())
def test_under_an_hour_only_the_play_time_is_shown_even_for_one_tick(report: dict[str, Any]) -> None:
    report["play"] |= {"ticks": 1, "seconds": 0.6, "sessions": 1, "days_played": 1}
    report["play"] |= {"months": {"2024-01": 1}, "best_month": "2024-01"}
    assert texts(report) == {"play_time": "Played for less than a second in 1 session on 1 day."}
