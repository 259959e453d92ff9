"""The game's table of experience and levels."""

from bisect import bisect_right
from typing import Final

MAX_XP: Final = 200_000_000
MAX_LEVEL: Final = 99


def _xp_table() -> list[int]:
    """The experience at which each level 1..99 begins: a quarter of the sum of floor(l + 300 * 2^(l / 7)) below it."""
    points, table = 0, [0]
    for level in range(1, MAX_LEVEL):
        points += int(level + 300 * 2 ** (level / 7))
        table.append(points // 4)
    return table


XP_OF_LEVEL: Final = _xp_table()
"""Where each level begins, from level 1."""


def level_of(xp: int) -> int:
    """Return the level (1..99) for an amount of experience."""
    return bisect_right(XP_OF_LEVEL, xp)
