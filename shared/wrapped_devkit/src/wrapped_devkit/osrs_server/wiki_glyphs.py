"""Pixel drawings for the stand-in wiki, by what a file's name says it shows; `glyphs.txt` has them as text.

Belongs here: choosing and colouring a drawing. Encoding files belongs to `wiki_draw`, which also draws whatever no
drawing fits.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from re import findall
from typing import Final

from PIL import Image, ImageColor

Tone = tuple[int, int, int]

CELLS: Final = 12
_SCALE: Final = 12
_CREATURES: Final = frozenset(
    {"skull", "serpent", "spider", "dragon", "cow", "frog", "demon", "ogre", "knight", "goblin"}
)


@dataclass(frozen=True)
class Glyph:
    """One drawing."""

    rows: tuple[str, ...]
    creature: bool
    hue: int | None
    """The main tone's hue in degrees; None = any."""


@cache
def _glyphs() -> Mapping[str, list[Glyph]]:
    """The drawings by the words in the names of files."""
    found: dict[str, list[Glyph]] = {}
    for block in (files("wrapped_devkit.osrs_server") / "glyphs.txt").read_text(encoding="utf-8").split("\n= ")[1:]:
        head, *lines = block.split("\n")
        title, _, words = head.partition(":")
        name, _, hue = title.partition(" ")
        rows = tuple(row + row[::-1] if len(row) == CELLS // 2 else row for row in lines if row)
        for word in words.split():
            found.setdefault(word, []).append(Glyph(rows, name in _CREATURES, int(hue) if hue else None))
    return found


def glyph_of(file: str, *, creature: bool | None) -> Glyph | None:
    """Return the drawing for a file, such as the sword for "Rune scimitar.png"; None if none fits.

    Args:
        file: the file's name.
        creature: whether it shows a creature; None = it may or may not.
    """
    words = findall(r"[a-z']+", file.rpartition(".")[0].lower())
    known = (glyph for word in reversed(words) for glyph in _glyphs().get(word, ()))
    return next((glyph for glyph in known if creature in (None, glyph.creature)), None)


def draw_glyph(glyph: Glyph, chance: Random) -> Image.Image:
    """Draw it in two tones by chance, with a dark outline and light from above."""
    main, second = any_tone(chance, hue=glyph.hue), any_tone(chance)
    filled = {(x, y): cell for y, row in enumerate(glyph.rows) for x, cell in enumerate(row) if cell != "."}
    image = outlined(filled, CELLS, main)
    for (x, y), cell in filled.items():
        light = 1.25 - y * 0.05 + chance.uniform(-0.04, 0.04)
        colour = shade(main, 0.45) if cell == "o" else shade(second if cell == "+" else main, light)
        image.putpixel((x + 1, y + 1), colour)
    return enlarged(image)


def outlined(filled: Collection[tuple[int, int]], cells: int, tone: Tone) -> Image.Image:
    """Return the dark outline of some cells of a square, one pixel for each cell and for a margin."""
    image = Image.new("RGBA", (cells + 2, cells + 2), (0, 0, 0, 0))
    for x, y in filled:
        for dx, dy in ((1, 0), (-1, 0), (0, 1), (0, -1)):
            if (x + dx, y + dy) not in filled:
                image.putpixel((x + dx + 1, y + dy + 1), shade(tone, 0.25))
    return image


def enlarged(image: Image.Image) -> Image.Image:
    """Return a picture of cells with a square of pixels for each."""
    return image.resize((image.width * _SCALE, image.height * _SCALE), Image.Resampling.NEAREST)


def any_tone(chance: Random, light: tuple[int, int] = (42, 62), hue: int | None = None) -> Tone:
    """Return a colour by chance, of a lightness in percent and near a hue, if one is given."""
    degrees = chance.randrange(360) if hue is None else (hue + chance.randint(-14, 14)) % 360
    text = f"hsl({degrees}, {chance.randint(45, 75)}%, {chance.randint(*light)}%)"
    red, green, blue = ImageColor.getrgb(text)[:3]
    return red, green, blue


def shade(colour: Tone, factor: float) -> tuple[int, int, int, int]:
    """Return a lighter or darker colour, opaque."""
    red, green, blue = (max(0, min(255, int(value * factor))) for value in colour)
    return red, green, blue, 255
