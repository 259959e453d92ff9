"""What is wrong with stored gains, as the asset checks see it.

What belongs here: the rules. What does not: computing gains (`domain.gains`), and reading them.
"""

from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Final

from wrapped_shared.hiscores_rows import OVERALL

TOLERANCE: Final = 0.05
"""How much more than `Overall` the skills may have gained, as a share: rows appear and dip one by one."""
SMALL: Final = 100_000
"""Experience points below which nothing is compared."""


def faults(gains: Mapping[str, Any]) -> list[str]:
    """Return what no correct document of `hiscores_gains` can have."""
    rows = [value for part in ("skills", "bosses", "activities") for value in gains[part].values()]
    times = [point["at"] for point in gains["points"]]
    found = {
        "a gain below 0": any(value < 0 for value in rows),
        "an end before the beginning": gains["from"] > gains["to"],
        "points out of order": any(one >= other for one, other in pairwise(times)),
        "points outside the time": any(not gains["from"] <= at <= gains["to"] for at in times),
    }
    return [what for what, there in found.items() if there]


def disagrees(gains: Mapping[str, Any]) -> bool:
    """Return whether the skills gained clearly more than `Overall`, without a flag that explains it."""
    skills = dict(gains["skills"])
    overall = skills.pop(OVERALL, 0)
    return not gains["flags"] and sum(skills.values()) > overall * (1 + TOLERANCE) + SMALL
