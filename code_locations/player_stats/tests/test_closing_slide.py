"""The closing slide is true of any report: what it names is alone at the top, and its figures are the report's."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from player_stats.domain.closing import closing_slide
from wrapped_shared.words import duration

NAMES = ("Goblin", "Rat", "Imp")
counts = st.sampled_from([1, 2, 20, 49, 50, 51, 100, 9_999, 10_000, 30_000])
worths = st.sampled_from([0, 1, 999_999, 1_000_000, 5_000_000, 2**63 - 1])


def report_of(
    mobs: list[tuple[str, int, int]],
    places: dict[str, int],
    skills: dict[str, int],
    *,
    nowhere: int = 0,
    streak: tuple[int, int] = (1, 1),
    drop: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """A report with mobs (name, level, kills), ticks by place and nowhere, (streak, days), (a drop's, all) worth."""
    played = max(6_000, sum(places.values()) + nowhere)
    best = {"item_id": 4151, "name": None, "value": drop[0], "mob": "Rat", "combat_level": 1} if drop else None
    return {
        "play": {
            "ticks": played, "seconds": round(played * 0.6, 1), "days_played": streak[1],
            "longest_streak_days": streak[0],
        },
        "places": [{"name": n, "ticks": t, "seconds": round(t * 0.6, 1)} for n, t in places.items()],
        "loot": {
            "mobs": [{"name": n, "combat_level": level, "kills": kills} for n, level, kills in mobs],
            "kills": sum(kills for _, _, kills in mobs), "best_drop": best, "value": drop[1] if drop else None,
        },
        "experience": {"skills": {skill: {"gained": xp} for skill, xp in skills.items()}},
    }  # fmt: skip


@st.composite
def reports(draw: st.DrawFn) -> dict[str, Any]:
    mobs = draw(st.dictionaries(st.tuples(st.sampled_from(NAMES), st.integers(1, 2)), counts))
    days = draw(st.integers(1, 40))
    worth = draw(st.none() | st.tuples(worths, worths).map(sorted))
    return report_of(
        [(*mob, kills) for mob, kills in mobs.items()],
        draw(st.dictionaries(st.sampled_from(["Instance", "Unknown", "Varrock", "Falador"]), counts)),
        draw(st.dictionaries(st.sampled_from(["ATTACK", "COOKING"]), counts)),
        nowhere=draw(st.just(0) | counts),
        streak=(draw(st.integers(1, days)), days),
        drop=(worth[0], worth[1]) if worth else None,
    )


def wholes(report: dict[str, Any]) -> dict[str, tuple[dict[str, int], int]]:
    """What may be named, as counts by name, and the whole that it is a part of."""
    kills: dict[str, int] = {}
    for mob in report["loot"]["mobs"]:
        kills[mob["name"]] = kills.get(mob["name"], 0) + mob["kills"]
    skills = {name.capitalize(): gain["gained"] for name, gain in report["experience"]["skills"].items()}
    places = {place["name"]: place["ticks"] for place in report["places"]}
    return {
        "mob": (kills, sum(kills.values())),
        "skill": (skills, sum(skills.values())),
        "place": (places, report["play"]["ticks"]),
    }


@given(report=reports())
@example(report_of([("Rat", 1, 50), ("Rat", 2, 50), ("Imp", 1, 100)], {}, {}))  # a tie over all levels
@example(report_of([], {"Varrock": 6_000}, {}))
def test_what_is_named_is_alone_at_the_top_and_its_figures_are_right(report: dict[str, Any]) -> None:
    slide = closing_slide(report)
    text, kind = slide["text"], slide["value"]
    if kind not in wholes(report):
        return
    counted, whole = wholes(report)[str(kind)]
    name = max(counted, key=lambda name: counted[name])
    part = counted[name]
    assert list(counted.values()).count(part) == 1
    assert f"play time at {name}: " in text if kind == "place" else text.startswith(f"{name} makes up ")
    assert name not in ("Instance", "Unknown")
    assert 4 * part >= whole
    figures = (f"{part:,}", f"{whole:,}") if kind != "place" else (duration(part * 0.6), duration(whole * 0.6))
    if part == whole:
        assert re.search(r"^Spent all play time at |makes up all (kills|experience gained):", text)
        assert re.search(rf": {figures[0]}( XP)?\.$", text)
    else:
        percent = int(text.partition("%")[0].rpartition(" ")[2])
        assert percent <= 100 * part / whole < percent + 1
        assert f": {figures[0]} of {figures[1]}" in text


@given(report=reports())
@example(report_of([], {}, {}, streak=(7, 7)))
@example(report_of([], {}, {}, drop=(5_000_000, 5_000_000)))
def test_streaks_and_drops_are_the_report_s_own(report: dict[str, Any]) -> None:
    slide, play, loot = closing_slide(report), report["play"], report["loot"]
    text, streak, days = slide["text"], play["longest_streak_days"], play["days_played"]
    if slide["value"] == "streak":
        assert text.startswith(f"Played {streak} days in a row")
        assert ("no other day" in text) == (streak == days)
        assert streak == days or text.endswith(f", of {days} days in all.")
    if slide["value"] == "drop":
        assert loot["best_drop"]["value"] <= loot["value"] < 2**63 - 1
        assert f"{loot['best_drop']['value']:,}" in text
        assert (" makes up all loot value" in text) == (loot["best_drop"]["value"] == loot["value"])


@pytest.mark.slow
@given(report=reports())
@example(report_of([("Rat", 1, 1)], {}, {"ATTACK": 1}))
def test_the_greatest_share_is_told_and_without_any_the_period_in_figures(report: dict[str, Any]) -> None:
    slide, play = closing_slide(report), report["play"]
    shares = {"streak": play["longest_streak_days"] / play["days_played"]}
    if slide["value"] in ("mob", "skill", "place"):
        for kind, (counted, whole) in wholes(report).items():
            shares[kind] = max(counted.values(), default=0) / max(whole, 1)
        if play["longest_streak_days"] >= 7:
            assert shares[str(slide["value"])] >= shares["streak"]
        assert slide["image_key"] != "stat:closing"
    if slide["value"] == "play":
        assert play["longest_streak_days"] < 7
        assert f" on {play['days_played']} day" in slide["text"]
        assert ("loot drop" in slide["text"]) == (report["loot"]["kills"] > 0)
        assert ("XP" in slide["text"]) == bool(report["experience"]["skills"])
