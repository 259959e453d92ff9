"""Draws a card from its layout: stone, bronze and gold in coarse pixels, texts and pictures on top. All of it our own.

What belongs here: colours and pixels. What does not: what is said and where (`content`, `layout`).
"""

import io
from collections.abc import Mapping
from functools import cache
from typing import Final

from PIL import Image, ImageDraw

from wrapped_card.content import CardContent
from wrapped_card.icons import icon
from wrapped_card.layout import Box, Layout, Role, Slot, lay_out
from wrapped_card.lettering import font

SIZES: Final[Mapping[str, tuple[int, int]]] = {"1080x1920": (1080, 1920), "1200x630": (1200, 630)}
"""The sizes of cards, by name: one for phones and stories, one for link previews."""
PIXEL: Final = 6
"""The side of one coarse pixel of the background, in which both sizes can be divided."""
_PIXEL_ART: Final = 96
"""A picture of at most this side is pixel art, and is enlarged in whole steps only."""
_LARGEST_PICTURE: Final = 2048

_COLOURS: Final[Mapping[Role, tuple[int, int, int]]] = {
    "title": (255, 244, 214),
    "year": (255, 200, 61),
    "heading": (255, 160, 56),
    "figure": (255, 217, 84),
    "plain": (246, 234, 206),
    "quiet": (178, 158, 122),
}
_SHADOW: Final = (14, 10, 6)
_BLACK: Final = (20, 14, 9)
_BRONZE: Final = (122, 86, 40)
_GOLD: Final = (214, 170, 84)
_DEEP: Final = (38, 28, 18)
_LIT: Final = (64, 48, 30)


def draw_card(content: CardContent, size: str, pictures: Mapping[str, bytes]) -> bytes:
    """Return a card as PNG: the same arguments always give the same bytes.

    Args:
        content: what it says.
        size: a key of `SIZES`.
        pictures: the PNGs by the ids in the content's features; one that is absent or broken is replaced by an icon.
    """
    layout = lay_out(content, *SIZES[size])
    card = _ground(layout).resize((layout.width, layout.height), Image.Resampling.NEAREST)
    for slot in layout.slots:
        _place(card, slot, pictures.get(slot.feature.picture or ""))
    pen = ImageDraw.Draw(card)
    for text in layout.texts:
        face = font(text.line.size, text.line.weight)
        down = max(2, text.line.size // 20)
        pen.text((text.x + down, text.y + down), text.line.text, font=face, fill=_SHADOW, anchor="ls")
        pen.text((text.x, text.y), text.line.text, font=face, fill=_COLOURS[text.role], anchor="ls")
    out = io.BytesIO()
    card.save(out, "PNG", compress_level=6)
    return out.getvalue()


def _ground(layout: Layout) -> Image.Image:
    """Return the background with frame and panels, one pixel for each coarse one."""
    ground = _wall(layout.width // PIXEL, layout.height // PIXEL).copy()
    pen = ImageDraw.Draw(ground)
    _frame(pen, ground.width, ground.height)
    for box in layout.panels:
        _panel(pen, box)
    for box in layout.rules:
        _rule(pen, box)
    return ground


@cache
def _wall(width: int, height: int) -> Image.Image:
    """Return a wall of stone blocks, lit from above the middle in a few steps."""
    wall = Image.new("RGB", (width, height))
    middle, light = width / 2, height * 0.24
    reach = max(width, height) * 0.62
    pixels = []
    for y in range(height):
        row = y // 9
        for x in range(width):
            across = x + (11 if row % 2 else 0)
            block = across // 22
            joint = y % 9 == 0 or across % 22 == 0
            edge = y % 9 == 1 or across % 22 == 1
            grain = (row * 7919 + block * 104_729 + 31) % 11 - 5
            speck = (x * 73 + y * 151 + x * y * 7) % 29
            distance = (((x - middle) * 1.25) ** 2 + (y - light) ** 2) ** 0.5 / reach
            glow = max(0.0, 1 - round(distance * 9) / 9)
            base = 27 if joint else 47 if edge else 41
            level = (base + (0 if joint else grain) + (3 if speck == 0 else 0)) * (0.62 + 0.85 * glow)
            pixels.append((int(level * 1.12), int(level * 0.92), int(level * 0.68)))
    wall.putdata(pixels)
    return wall


def _frame(pen: ImageDraw.ImageDraw, width: int, height: int) -> None:
    for inset, colour in enumerate((_BLACK, _BRONZE, _GOLD, _BRONZE, _BLACK)):
        pen.rectangle((inset, inset, width - 1 - inset, height - 1 - inset), outline=colour)
    for x in (0, width - 9):
        for y in (0, height - 9):
            pen.rectangle((x, y, x + 8, y + 8), fill=_BRONZE, outline=_BLACK)
            pen.rectangle((x + 2, y + 2, x + 6, y + 6), fill=_DEEP, outline=_GOLD)
            pen.rectangle((x + 3, y + 3, x + 5, y + 5), fill=_COLOURS["year"])


def _panel(pen: ImageDraw.ImageDraw, box: Box) -> None:
    """A sunk panel with cut corners."""
    left, top, right, bottom = (edge // PIXEL for edge in (box.left, box.top, box.right, box.bottom))
    right, bottom = right - 1, bottom - 1
    pen.rectangle((left + 1, top, right - 1, bottom), fill=_BLACK)
    pen.rectangle((left, top + 1, right, bottom - 1), fill=_BLACK)
    pen.rectangle((left + 1, top + 1, right - 1, bottom - 1), fill=_DEEP, outline=_BRONZE)
    pen.line((left + 2, top + 2, right - 2, top + 2), fill=_BLACK)
    pen.line((left + 2, top + 2, left + 2, bottom - 2), fill=_BLACK)
    pen.line((left + 3, bottom - 2, right - 2, bottom - 2), fill=_LIT)
    pen.line((right - 2, top + 3, right - 2, bottom - 2), fill=_LIT)
    for x in (left + 1, right - 1):
        for y in (top + 1, bottom - 1):
            pen.point((x, y), fill=_GOLD)


def _rule(pen: ImageDraw.ImageDraw, box: Box) -> None:
    """A line that ends in points, with a gem in the middle."""
    left, right, y = box.left // PIXEL, box.right // PIXEL - 1, (box.top + box.bottom) // 2 // PIXEL
    middle = (left + right) // 2
    pen.line((left, y, right, y), fill=_BRONZE)
    pen.line((left + 6, y, right - 6, y), fill=_GOLD)
    pen.polygon(
        ((middle - 2, y), (middle, y - 2), (middle + 2, y), (middle, y + 2)), fill=_COLOURS["year"], outline=_BLACK
    )


def _place(card: Image.Image, slot: Slot, png: bytes | None) -> None:
    """Put a picture, or the icon of its feature, into the middle of its slot."""
    picture = (_opened(png) if png else None) or icon(slot.feature.heading)
    _glow(card, slot.box)
    scaled = _scaled(picture, slot.box)
    at = (slot.box.middle - scaled.width // 2, (slot.box.top + slot.box.bottom - scaled.height) // 2)
    shadow = Image.new("RGBA", scaled.size, (*_SHADOW, 0))
    shadow.putalpha(scaled.getchannel("A").point(lambda value: value * 6 // 10))
    card.paste(shadow, (at[0] + PIXEL, at[1] + PIXEL), shadow)
    card.paste(scaled, at, scaled)


def _glow(card: Image.Image, box: Box) -> None:
    """A lighter patch behind a picture, in coarse pixels, so that dark pictures stand out."""
    width, height = box.width // PIXEL, box.height // PIXEL
    radius = min(width, height) / 2
    patch = Image.new("L", (max(1, width), max(1, height)))
    patch.putdata(
        [
            max(0, 150 - int((((x - width / 2 + 0.5) ** 2 + (y - height / 2 + 0.5) ** 2) ** 0.5 / radius) * 5) * 30)
            for y in range(max(1, height))
            for x in range(max(1, width))
        ]
    )
    mask = patch.resize((patch.width * PIXEL, patch.height * PIXEL), Image.Resampling.NEAREST)
    left, top = box.left // PIXEL * PIXEL, box.top // PIXEL * PIXEL
    card.paste((124, 96, 56), (left, top, left + mask.width, top + mask.height), mask)


def _scaled(picture: Image.Image, box: Box) -> Image.Image:
    """Return a picture as large as its box allows: pixel art in whole steps, others up to twice as large."""
    room = min(box.width / picture.width, box.height / picture.height)
    if max(picture.size) <= _PIXEL_ART and room >= 1:
        steps = int(room)
        return picture.resize((picture.width * steps, picture.height * steps), Image.Resampling.NEAREST)
    scale = min(room, 2.0)
    size = (max(1, int(picture.width * scale)), max(1, int(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS)


def _opened(png: bytes) -> Image.Image | None:
    """Return a stored picture without its transparent border; None if it cannot be read or is absurdly large."""
    try:
        with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
            if max(image.size) > _LARGEST_PICTURE:
                return None
            picture = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return None
    visible = picture.getchannel("A").getbbox()
    return picture.crop(visible) if visible else None
