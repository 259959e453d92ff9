"""Counts by place: regions as the summaries number them, with a name for instances and for what has none.

The names of regions are in `wrapped_shared.map_regions`.
"""

from collections.abc import Iterable
from typing import Final

from wrapped_shared.map_regions import region_names

from player_stats.domain.mappings import summed

NO_COORDINATES: Final = -2
"""The region of events without valid coordinates."""
INSTANCE: Final = "Instance"
"""A house, a raid, a boss room: its coordinates are in the instance area and differ with each visit."""
UNKNOWN: Final = "Unknown"


def place_name(region: int) -> str:
    """Return the name of a region as the summaries number them (-1 = instance, -2 = no coordinates)."""
    if region == NO_COORDINATES:
        return UNKNOWN
    return INSTANCE if region < 0 else region_names().get(region, UNKNOWN)


def named_counts(counts: Iterable[tuple[int, int]]) -> list[tuple[str, int]]:
    """Add up (region, count) by place name; most first, ties by name."""
    named = summed((place_name(number), count) for number, count in counts)
    return sorted(named.items(), key=lambda entry: (-entry[1], entry[0]))
