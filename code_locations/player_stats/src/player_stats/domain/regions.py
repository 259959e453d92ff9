"""Names of places on the map, by region.

A region is a square of 64 x 64 tiles with the number ((x >> 6) << 8) | (y >> 6). `place_regions.json` lists the regions
of each place, under the name that players use; it is part of the data contract.
"""

import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Final

NO_COORDINATES: Final = -2
"""The region of events without valid coordinates."""
INSTANCE: Final = "Instance"
"""A house, a raid, a boss room: its coordinates are in the instance area and differ with each visit."""
UNKNOWN: Final = "Unknown"


@cache
def region_names() -> dict[int, str]:
    """Return the name of every named region."""
    places = json.loads((files(__package__) / "place_regions.json").read_text(encoding="utf-8"))
    return {region: name for name, regions in places.items() for region in regions}


def place_name(region: int) -> str:
    """Return the name of a region as the summaries number them (-1 = instance, -2 = no coordinates)."""
    if region == NO_COORDINATES:
        return UNKNOWN
    return INSTANCE if region < 0 else region_names().get(region, UNKNOWN)


def named_counts(counts: Iterable[tuple[int, int]]) -> list[tuple[str, int]]:
    """Add up (region, count) by place name; most first, ties by name."""
    named: dict[str, int] = {}
    for number, count in counts:
        name = place_name(number)
        named[name] = named.get(name, 0) + count
    return sorted(named.items(), key=lambda entry: (-entry[1], entry[0]))
