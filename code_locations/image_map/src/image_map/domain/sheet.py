"""The contact sheet: all pictures of the map at a glance, by kind, for people.

Pure drawing; `store` knows which pictures there are.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from PIL import Image, ImageDraw

from image_map.domain.fallback import font_of
from image_map.domain.sprites import THUMBNAIL_PIXELS, Picture, encode
from image_map.domain.subjects import KINDS
from image_map.domain.titles import clean_text

COLUMNS: Final = 12
CELL: Final = (THUMBNAIL_PIXELS + 12, THUMBNAIL_PIXELS + 30)
HEADER: Final = 34
MOST_OF_A_KIND: Final = 180
"""Maximum pictures per kind on the sheet; the headings say how many more there are."""
PREVIEW_PIXELS: Final = 1_500_000

_GROUND: Final = (30, 32, 40, 255)
_TEXT: Final = (225, 228, 235, 255)
_DIM: Final = (150, 155, 170, 255)
_LABEL_FONT: Final = 11
_HEADINGS: Final = {
    "npc": "Mobs",
    "boss": "Bosses",
    "skill": "Skills",
    "item": "Items",
    "place": "Places",
    "stat": "Slides and slots",
}


@dataclass(frozen=True, slots=True)
class Tile:
    """One picture of the sheet."""

    kind: str
    label: str
    found: bool
    """False: a drawn fallback, labelled in a dimmer colour."""
    png: bytes
    """The thumbnail."""


def draw_sheet(tiles: Iterable[Tile]) -> Picture:
    """Return the sheet: a section per kind, in rows of twelve labelled thumbnails."""
    sections = _sections(tiles)
    height = sum(HEADER + CELL[1] * -(-len(shown) // COLUMNS) for _, shown in sections) or HEADER
    sheet = Image.new("RGBA", (COLUMNS * CELL[0] + 12, height + 8), _GROUND)
    pen = ImageDraw.Draw(sheet)
    top = 4
    for heading, shown in sections:
        pen.text((12, top + HEADER / 2), heading, font=font_of(18), fill=_TEXT, anchor="lm")
        top += HEADER
        for number, tile in enumerate(shown):
            _place(sheet, pen, tile, 6 + number % COLUMNS * CELL[0], top + number // COLUMNS * CELL[1])
        top += CELL[1] * -(-len(shown) // COLUMNS)
    if not sections:
        pen.text((12, 20), "No pictures yet", font=font_of(18), fill=_DIM, anchor="lm")
    return encode(sheet)


def preview(png: bytes, most_bytes: int) -> bytes:
    """Return a sheet as a PNG with few colours, scaled down until it fits into `most_bytes`."""
    with Image.open(io.BytesIO(png), formats=["PNG"]) as sheet:
        image = sheet.convert("RGB")
    if image.width * image.height > PREVIEW_PIXELS:
        scale = (PREVIEW_PIXELS / (image.width * image.height)) ** 0.5
        image = image.resize((int(image.width * scale), int(image.height * scale)), Image.Resampling.BOX)
    while True:
        out = io.BytesIO()
        image.quantize(128).save(out, "PNG", optimize=True)
        if out.tell() <= most_bytes or min(image.size) < 64:
            return out.getvalue()
        image = image.resize((image.width * 3 // 4, image.height * 3 // 4), Image.Resampling.LANCZOS)


def _sections(tiles: Iterable[Tile]) -> list[tuple[str, Sequence[Tile]]]:
    by_kind: dict[str, list[Tile]] = {kind: [] for kind in KINDS}
    for tile in tiles:
        by_kind[tile.kind].append(tile)
    sections: list[tuple[str, Sequence[Tile]]] = []
    for kind, all_of_kind in by_kind.items():
        if all_of_kind:
            shown, drawn = all_of_kind[:MOST_OF_A_KIND], sum(1 for tile in all_of_kind if not tile.found)
            more = f", {len(all_of_kind) - len(shown)} not shown" if len(shown) < len(all_of_kind) else ""
            sections.append((f"{_HEADINGS[kind]}: {len(all_of_kind)}, {drawn} of them drawn{more}", shown))
    return sections


def _place(sheet: Image.Image, pen: ImageDraw.ImageDraw, tile: Tile, left: int, top: int) -> None:
    with Image.open(io.BytesIO(tile.png), formats=["PNG"]) as thumbnail:
        picture = thumbnail.convert("RGBA")
    sheet.alpha_composite(picture, (left + 6, top))
    middle = (left + CELL[0] / 2, top + THUMBNAIL_PIXELS + 14)
    label = _fitted(pen, clean_text(tile.label))
    pen.text(middle, label, font=font_of(_LABEL_FONT), fill=_TEXT if tile.found else _DIM, anchor="mm")


def _fitted(pen: ImageDraw.ImageDraw, label: str) -> str:
    """Return the label, truncated to the width of its cell."""
    font = font_of(_LABEL_FONT)
    text = "".join(char if char.isprintable() else " " for char in label[:60])
    while len(text) > 1 and pen.textlength(text, font=font) > CELL[0] - 6:
        text = text[:-2].rstrip() + "…" if text.endswith("…") else text[:-1].rstrip() + "…"
    return text
