"""A small map around a tile: the regions near it as squares, named places as areas. Pure geometry, drawn as SVG.

The only source is the table of region names: where land and sea are, it does not know, and the map does not show.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Final

from wrapped_shared.map_regions import REGION_TILES, region_names, region_of

REACH: Final = 2
"""How many regions the map shows on each side of the tile's own."""
_LETTER: Final = 9.5
"""The width of a letter in the drawing's units, at most, and the height of a line."""
_LINE: Final = 18
_LETTERS: Final = 9
"""How many letters a line of a word or two has, near the width of a region."""
_UNNAMED: Final = "a place without a name"


@dataclass(frozen=True)
class Square:
    """One region; `shade` is 0 without a name, 1 to 3 for places side by side, 4 for the tile's own place."""

    x: int
    y: int
    shade: int


@dataclass(frozen=True)
class Label:
    """The name of a place, centred; `own` for the place of the tile."""

    x: float
    y: float
    lines: Sequence[str]
    own: bool


@dataclass(frozen=True)
class Map:
    """A map in a square of `size` units, one per tile, with north at the top."""

    place: str
    size: int
    squares: Sequence[Square]
    labels: Sequence[Label]
    marker: tuple[float, float]


def map_around(x: int, y: int) -> Map:
    """Return the map around a tile in world coordinates."""
    names, own = region_names(), region_of(x, y)
    side = 2 * REACH + 1
    west, north = (x // REGION_TILES - REACH, y // REGION_TILES + REACH)
    places = {
        (column, row): names.get((west + column) << 8 | (north - row), "")
        for row in range(side)
        for column in range(side)
        if west + column >= 0 and north - row >= 0
    }
    shades = _shades(places, names.get(own, ""))
    squares = [
        Square(column * REGION_TILES, row * REGION_TILES, shades[name]) for (column, row), name in places.items()
    ]
    marker = (x - west * REGION_TILES + 0.5, (north + 1) * REGION_TILES - y - 0.5)
    labels = list(_labels(places, names.get(own, ""), marker))
    return Map(names.get(own, _UNNAMED), side * REGION_TILES, squares, labels, marker)


def _shades(places: Mapping[tuple[int, int], str], own: str) -> dict[str, int]:
    """Return shades such that few neighbours share one."""
    named = sorted({name for name in places.values() if name and name != own})
    return {**{name: 1 + index % 3 for index, name in enumerate(named)}, "": 0, **({own: 4} if own else {})}


def _labels(places: Mapping[tuple[int, int], str], own: str, marker: tuple[float, float]) -> Iterator[Label]:
    """Yield the names that fit: that of the tile's own place first, none over another, the marker or the edge."""
    taken = [(marker[0] - 12, marker[1] - 34, marker[0] + 12, marker[1] + 6)]
    size = (2 * REACH + 1) * REGION_TILES
    for name in sorted(set(places.values()) - {""}, key=lambda name: (name != own, len(name), name)):
        lines = wrap(name, _LETTERS, break_long_words=False, break_on_hyphens=False)
        half, high = max(map(len, lines)) * _LETTER / 2, len(lines) * _LINE
        for column, row in sorted(cell for cell, found in places.items() if found == name):
            middle = min(max((column + 0.5) * REGION_TILES, half + 4), size - half - 4)
            for top in (row * REGION_TILES + (REGION_TILES - high) / 2, row * REGION_TILES + 4):
                box = (middle - half, top, middle + half, top + high)
                if not any(_overlap(box, other) for other in taken):
                    break
            else:
                continue
            taken.append(box)
            yield Label(middle, top, lines, name == own)
            break


def _overlap(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
