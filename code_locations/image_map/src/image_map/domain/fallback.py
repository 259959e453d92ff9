"""Fallback pictures, drawn with Pillow: kind, initials, and a colour derived from the name.

Drawn if the wiki has no picture or could not be reached; the same name always looks the same.
"""

import colorsys
import hashlib
import unicodedata
from functools import cache
from typing import Final

from PIL import Image, ImageDraw, ImageFont
from wrapped_shared.vocabulary import ImageKind

from image_map.domain.sprites import Sprite, sprite_of
from image_map.domain.titles import clean_text

SIDE: Final = 128
_SMALL_WORDS: Final = frozenset({"of", "the", "a", "an", "to", "in", "and"})


def initials(name: str) -> str:
    """Return one or two characters that represent a name, "?" if it has no letter or digit.

    Accents are dropped and other scripts left out: Pillow's built-in font has only Latin letters.
    """
    plain = unicodedata.normalize("NFKD", clean_text(name))
    letters = "".join(char if char.isascii() and char.isalnum() else " " for char in plain.replace("'", ""))
    words = letters.split()
    words = [word for word in words if word.lower() not in _SMALL_WORDS] or words
    if not words:
        return "?"
    return (words[0][0] + words[1][0] if len(words) > 1 else words[0][:2]).upper()


def colour(kind: ImageKind, name: str) -> tuple[int, int, int]:
    """Return a fallback's background colour: dark enough for white letters, derived from kind and name."""
    digest = hashlib.sha256(f"{kind}:{name}".encode("utf-8", "replace")).digest()
    red, green, blue = colorsys.hls_to_rgb(digest[0] / 256, 0.30 + digest[1] / 2560, 0.45)
    return int(red * 255), int(green * 255), int(blue * 255)


def draw(kind: ImageKind, name: str) -> Sprite:
    """Return the fallback picture for something called `name`."""
    ground = colour(kind, name)
    image = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    pen = ImageDraw.Draw(image)
    _frame(pen, kind, ground)
    text = initials(name)
    pen.text((SIDE / 2, SIDE * 0.46), text, font=font_of(52 if len(text) > 1 else 64), fill="white", anchor="mm")
    pen.text((SIDE / 2, SIDE * 0.80), kind, font=font_of(17), fill=(255, 255, 255, 190), anchor="mm")
    return sprite_of(image)


def _frame(pen: ImageDraw.ImageDraw, kind: ImageKind, ground: tuple[int, int, int]) -> None:
    """The outline shows the kind at a glance: round for mobs and bosses, square for items."""
    box = (2, 2, SIDE - 3, SIDE - 3)
    rim = tuple(min(255, value + 70) for value in ground)
    if kind in ("npc", "boss"):
        pen.ellipse(box, fill=ground, outline=rim, width=6 if kind == "boss" else 3)
    else:
        radius = {"item": 10, "skill": 34, "place": 22, "stat": 50}[kind]
        pen.rounded_rectangle(box, radius=radius, fill=ground, outline=rim, width=3)


@cache
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return Pillow's built-in font in a size."""
    return ImageFont.load_default(size)
