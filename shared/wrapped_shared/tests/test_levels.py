"""Levels by experience."""

from wrapped_shared.levels import level_of


def test_levels_follow_the_games_table() -> None:
    assert [level_of(xp) for xp in (0, 82, 83, 13_034_430, 13_034_431, 200_000_000)] == [1, 1, 2, 98, 99, 99]
