"""Titles and values of stats: known ones, names that look like anything, and stats of a newer version."""

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wrapped_shared.rank_places import place_text
from wrapped_shared.stat_words import stat_heading, stat_title, stat_value
from wrapped_shared.vocabulary import STAT_WORDS, PlainStat


def test_every_stat_has_its_title_and_unit() -> None:
    assert [stat for stat in STAT_WORDS if not stat.endswith(":")] == list(get_args(PlainStat))


@pytest.mark.parametrize(
    ("stat", "title", "heading"),
    [
        ("play.seconds", "time played", "Time played"),
        ("kills:a {} b:c", "a {} b:c kills", "a {} b:c kills"),
        ("xp:HITPOINTS", "Hitpoints XP", "Hitpoints XP"),
        ("fishing.sharks_caught", "sharks caught", "Sharks caught"),
        ("odd {0} {name}", "odd {0} {name}", "Odd {0} {name}"),
        ("caught:Shark", "Shark caught", "Shark caught"),
    ],
)
def test_a_stat_is_called_by_its_title_and_an_unknown_one_by_its_name(stat: str, title: str, heading: str) -> None:
    assert (stat_title(stat), stat_heading(stat)) == (title, heading)


@pytest.mark.parametrize(
    ("stat", "value", "text"),
    [
        ("play.seconds", 3600.0, "1 h"),
        ("play.days_played", 1, "1 day"),
        ("play.longest_streak_days", 2, "2 days"),
        ("movement.tiles", 1.0, "1 tile"),
        ("loot.value", 1, "1 coin"),
        ("exchange.earned", 0, "0 coins"),
        ("loot.kills", 1, "1"),
        ("xp:ATTACK", 1, "1 XP"),
        ("caught:Shark", 12_399, "12.3K"),
    ],
)
def test_a_value_has_its_unit(stat: str, value: float, text: str) -> None:
    assert stat_value(stat, value) == text


@given(stat=st.sampled_from([*get_args(PlainStat), "kills:Rat", "xp:MAGIC"]), value=st.integers(0, 3) | st.floats(0, 3))
def test_only_a_value_of_one_is_singular(stat: str, value: float) -> None:
    number, _, unit = stat_value(stat, value).partition(" ")
    if unit in ("day", "days", "tile", "tiles", "coin", "coins"):
        assert (number == "1") == (not unit.endswith("s"))
    assert re.search(r"\d|less than a second", stat_value(stat, value))


def test_a_rank_is_an_ordinal_among_few_and_a_percentage_among_many() -> None:
    assert [place_text(16.7, 6, joint=joint) for joint in (False, True)] == ["1st", "Joint 1st"]
    assert [place_text(0.4, 1204, joint=joint) for joint in (False, True)] == ["Top 0.4%", "Joint top 0.4%"]
