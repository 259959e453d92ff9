"""Which mob was killed most: the rule for slides, cards and pages.

A report lists each combat level of a mob by itself. What belongs here: adding the levels up. What does not: what is
shown of a mob.
"""

from collections.abc import Iterable
from typing import TypeAlias

Killed: TypeAlias = tuple[str, int, int]
"""(name, combat level, kills)."""


def mobs_by_kills(levels: Iterable[Killed]) -> list[Killed]:
    """Return mobs with the kills of all their levels, under the level killed most, the lowest of equals.

    Those with most kills come first, equal ones by name.
    """
    kills: dict[str, int] = {}
    best: dict[str, tuple[int, int]] = {}
    for name, level, number in levels:
        kills[name] = kills.get(name, 0) + number
        best[name] = min(best.get(name, (0, level)), (-number, level))
    return [(name, best[name][1], kills[name]) for name in sorted(kills, key=lambda name: (-kills[name], name))]
