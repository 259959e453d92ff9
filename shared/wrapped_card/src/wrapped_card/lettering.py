"""Text that can be drawn: cleaned for the font, measured, fitted into a width.

What belongs here: what one line of text needs. What does not: where lines stand (`layout`).
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from PIL import ImageFont

from wrapped_card.fonts import font_file

UNKNOWN: Final = "?"
"""Drawn for a character that the font does not have."""
_LONGEST: Final = 200
"""No name of the game is as long; what comes after is not even measured."""
_TALLEST: Final = 10_000
_LACKING: Final = "\U0010ffff"
"""A character that no font has: its picture is the font's box for missing ones."""


@cache
def font(size: int, weight: int) -> ImageFont.FreeTypeFont:
    """Return the font in a size (pixels) and weight.

    Pillow's own layout engine is used, as the other one depends on libraries of the machine.
    """
    made = ImageFont.truetype(font_file(), size, layout_engine=ImageFont.Layout.BASIC)
    made.set_variation_by_axes([weight])
    return made


@cache
def _has(character: str) -> bool:
    probe = font(24, 400)
    return bytes(probe.getmask(character)) != bytes(probe.getmask(_LACKING))


def drawable(text: str) -> str:
    """Return a text in which every character can be drawn: one line, without control and combining characters.

    Look-alikes in other widths become plain letters, a character that the font lacks its base letter or "?".
    """
    out = []
    for char in unicodedata.normalize("NFKC", text[:_LONGEST]):
        category = unicodedata.category(char)
        if char.isspace() or category in ("Zs", "Zl", "Zp"):
            out.append(" ")
        elif category[0] == "C" or category[0] == "M":
            out.append("" if category in ("Cf", "Mn", "Me", "Mc") else UNKNOWN)
        elif _has(char):
            out.append(char)
        else:
            base = unicodedata.normalize("NFD", char)[0]
            out.append(base if base != char and _has(base) else UNKNOWN)
    return " ".join("".join(out).split()) or UNKNOWN


@dataclass(frozen=True, slots=True)
class Line:
    """A line of text in a size and weight of the font."""

    text: str
    size: int
    weight: int

    @property
    def width(self) -> int:
        """How many pixels the line takes, its first letter's overhang included."""
        left, _, right, _ = self.ink
        return right - min(0, left)

    @property
    def ink(self) -> tuple[int, int, int, int]:
        """The box of its ink: left, top, right, bottom, seen from the start of its baseline."""
        left, top, right, bottom = font(self.size, self.weight).getbbox(self.text, anchor="ls")
        return int(left), int(top), int(right), int(bottom)


def fitted(
    text: str, width: int, sizes: Sequence[int], weight: int, *, rise: int = _TALLEST, fall: int = _TALLEST
) -> Line:
    """Return the text on one line in the first size that fits; if none does, cut with "…" in the last one.

    Args:
        text: a drawable text.
        width: what is available, in pixels.
        sizes: the sizes to try, the largest first.
        weight: the font's weight.
        rise: what is available above the baseline: letters with two accents are tall.
        fall: what is available below it.
    """
    for size in sizes:
        line = Line(text, size, weight)
        _, top, _, bottom = line.ink
        if line.width <= width and -top <= rise and bottom <= fall:
            return line
    return _cut(text, width, sizes[-1], weight)


def wrapped(text: str, width: int, sizes: Sequence[int], weight: int) -> list[Line]:
    """Return the text on one line or two: on one if it fits in a large size, else on two, cut if need be.

    Args:
        text: a drawable text.
        width: what is available, in pixels.
        sizes: the sizes to try, the largest first; those of at least three quarters of the largest are large.
        weight: the font's weight.
    """
    for size in (size for size in sizes if size * 4 >= sizes[0] * 3):
        if (line := Line(text, size, weight)).width <= width:
            return [line]
    for size in sizes:
        first, rest = _split(text, width, size, weight)
        if first and Line(rest, size, weight).width <= width:
            return [Line(first, size, weight), Line(rest, size, weight)]
    first, rest = _split(text, width, sizes[-1], weight)
    lines = [first, rest] if first else [rest]
    return [fitted(line, width, sizes[-1:], weight) for line in lines]


def _split(text: str, width: int, size: int, weight: int) -> tuple[str, str]:
    """Return as many of the first words as fit on a line but not all of them, maybe none, and the rest."""
    words = text.split(" ")
    for end in range(len(words) - 1, 0, -1):
        first = " ".join(words[:end])
        if Line(first, size, weight).width <= width:
            return first, " ".join(words[end:])
    return "", text


def _cut(text: str, width: int, size: int, weight: int) -> Line:
    kept = text
    while len(kept) > 1 and Line(kept.rstrip() + "…", size, weight).width > width:
        kept = kept[:-1]
    return Line(kept.rstrip() + "…" if kept != text else text, size, weight)
