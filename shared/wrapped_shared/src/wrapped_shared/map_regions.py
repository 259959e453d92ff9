"""Names of places on the map, by region.

A region is a square of 64 x 64 tiles with the number ((x >> 6) << 8) | (y >> 6). `place_regions.json` lists the regions
of each place, under the name that players use; it is part of the data contract. What belongs here: which region a place
is. What does not: how events without coordinates and in instances are counted (`player_stats.domain.regions`).
"""

import json
from functools import cache
from importlib.resources import files
from typing import Final

REGION_TILES: Final = 64
"""Tiles on each side of a region."""


@cache
def region_names() -> dict[int, str]:
    """Return the name of every named region."""
    places = json.loads((files(__package__) / "place_regions.json").read_text(encoding="utf-8"))
    return {region: name for name, regions in places.items() for region in regions}


def region_of(x: int, y: int) -> int:
    """Return the region of a tile."""
    return (x // REGION_TILES) << 8 | y // REGION_TILES
