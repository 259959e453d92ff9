"""Pictures for the stand-in wiki, drawn on the fly: every file name has its own look.

A drawing of `wiki_glyphs` if one fits the name; else creatures are symmetric pixel figures, items small symbols, places
landscapes, icons emblems. All are this project's own drawings; none resembles a picture from the game, and their
metadata says that they are stand-ins. Which files exist belongs to `wiki_bestiary`.
"""

import base64
import hashlib
import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from wrapped_devkit.osrs_server.wiki_glyphs import any_tone, draw_glyph, enlarged, glyph_of, outlined, shade

STAND_IN = "A stand-in picture, drawn by the devkit of Runelite Wrapped Analytics; not from the game or its wiki."
"""What the metadata of PNG, GIF and JPEG files says."""
MIME = {
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "jpg": "image/jpeg",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True)
class Drawing:
    """An encoded picture and what `imageinfo` says about it."""

    data: bytes
    width: int
    height: int
    mime: str
    sha1: str


@lru_cache(maxsize=4_096)
def draw(name: str, theme: str, revision: int = 0) -> Drawing:
    """Return the picture of a file: format by its extension, motif by theme, look by name and revision."""
    chance = random.Random(f"{theme}/{name}/{revision}")
    painters: dict[str, Callable[[random.Random], Image.Image]] = {
        "mob": _creature,
        "item": _thing,
        "place": _landscape,
        "icon": _emblem,
    }
    creature = None if theme == "icon" else theme == "mob"
    glyph = glyph_of(name, creature=creature) if theme != "place" else None
    image = draw_glyph(glyph, chance) if glyph is not None else painters[theme](chance)
    return uploaded(name, _encode(image, _extension(name)), image.size)


def uploaded(name: str, data: bytes, size: tuple[int, int] | None = None) -> Drawing:
    """Return bytes as a file: its format by the extension, its size as given or else as the bytes say."""
    if size is None:
        with Image.open(io.BytesIO(data)) as image:
            size = image.size
    return Drawing(data, *size, MIME[_extension(name)], hashlib.sha1(data, usedforsecurity=False).hexdigest())


def rendered(drawing: Drawing, box: tuple[int, int]) -> Drawing | None:
    """Return the rendering of a file that fits into a box; None if the file itself fits and browsers can show it."""
    vector = drawing.mime == MIME["svg"]
    scale = min(box[0] / drawing.width, box[1] / drawing.height)
    if scale >= 1 and not vector:
        return None
    size = max(1, round(drawing.width * scale)), max(1, round(drawing.height * scale))
    try:
        with Image.open(io.BytesIO(_picture_in(drawing.data) if vector else drawing.data)) as image:
            small = image.convert("RGBA").resize(size)
    except (OSError, ValueError):  # a broken upload: its rendering is as broken
        return Drawing(b"", *size, "image/png", drawing.sha1)
    mime = drawing.mime if drawing.mime == MIME["jpg"] else MIME["png"]
    return Drawing(_encode(small, "jpg" if mime == MIME["jpg"] else "png"), *size, mime, drawing.sha1)


@lru_cache(maxsize=1)
def huge_png(side: int = 20_000) -> bytes:
    """Return a small PNG that expands to `side` × `side` empty pixels: a decompression bomb."""
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    packed = zlib.compressobj(9)
    row = bytes(1 + side // 8)
    body = b"".join(packed.compress(row) for _ in range(side)) + packed.flush()
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(chunk_type, data) for chunk_type, data in ((b"IHDR", header), (b"IDAT", body), (b"IEND", b""))
    )


def _chunk(chunk_type: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + chunk_type + data + struct.pack(">I", zlib.crc32(chunk_type + data))


def _extension(name: str) -> str:
    return name.rpartition(".")[2].lower()


def _picture_in(svg: bytes) -> bytes:
    """The PNG inside an SVG from `_encode`."""
    return base64.b64decode(svg.partition(b"base64,")[2].partition(b'"')[0])


def _encode(image: Image.Image, extension: str) -> bytes:
    out = io.BytesIO()
    if extension == "svg":
        png = base64.b64encode(_encode(image, "png")).decode()
        return f'<svg xmlns="http://www.w3.org/2000/svg"><image href="data:image/png;base64,{png}"/></svg>'.encode()
    if extension == "jpg":
        flat = Image.new("RGB", image.size, "white")
        flat.paste(image, (0, 0), image)
        flat.save(out, "JPEG", quality=88, comment=STAND_IN)
    elif extension == "gif":  # two frames, like an animation
        image.save(out, "GIF", save_all=True, append_images=[image.rotate(4)], duration=200, loop=0, comment=STAND_IN)
    elif extension == "webp":
        image.save(out, "WEBP", lossless=True)
    else:
        mark = PngInfo()
        mark.add_text("Comment", STAND_IN)
        image.save(out, "PNG", pnginfo=mark)
    return out.getvalue()


def _creature(chance: random.Random) -> Image.Image:
    """A symmetric figure of 14 × 14 cells with a dark outline, shaded from above, with eyes."""
    cells, half = 14, 7
    body: set[tuple[int, int]] = set()
    wide = [chance.randint(2, 6) for _ in range(cells)]
    for y in range(1, cells - 1):
        reach = min(half - 1, max(1, (wide[y] + wide[y - 1]) // 2 + (1 if 4 < y < 9 else 0)))
        for x in range(reach):
            if x < 3 or chance.random() < 0.8:
                body |= {(half - 1 - x, y), (half + x, y)}
    if chance.random() < 0.5:  # horns or ears
        body |= {(3, 0), (10, 0), (3, 1), (10, 1)}
    legs = chance.choice(((4, 9), (3, 5, 8, 10), (2, 11)))
    body = {(x, y) for x, y in body if y < 11 or x in legs or x + 1 in legs}
    tone = any_tone(chance)
    image = outlined(body, cells, tone)
    for x, y in body:
        image.putpixel((x + 1, y + 1), shade(tone, 1.25 - y * 0.055 + chance.uniform(-0.05, 0.05)))
    eye, row = any_tone(chance, (70, 85)), chance.randint(3, 5)
    for x in (5, 8):
        image.putpixel((x + 1, row + 1), shade(eye, 1.1))
        image.putpixel((x + 1, row + 2), (20, 16, 24, 255))
    return enlarged(image)


def _thing(chance: random.Random) -> Image.Image:
    """One of a few symbols (blade, flask, ring, cape, pile) in two tones, with smooth edges."""
    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    pen, tone, other = ImageDraw.Draw(image), any_tone(chance), any_tone(chance)
    dark = shade(tone, 0.3)
    shape = chance.randrange(5)
    if shape == 0:
        pen.polygon(
            [(250, 30), (300, 80), (290, 350), (220, 350), (210, 80)],
            fill=shade(tone, 1.2),
            outline=dark,
            width=10,
        )
        pen.rounded_rectangle((140, 340, 370, 385), 18, fill=shade(other, 0.9), outline=dark, width=10)
        pen.rounded_rectangle((230, 380, 280, 480), 18, fill=shade(other, 0.6), outline=dark, width=10)
    elif shape == 1:
        pen.rounded_rectangle((215, 40, 297, 190), 16, fill=(225, 235, 240, 235), outline=dark, width=10)
        pen.ellipse((100, 150, 412, 470), fill=(225, 235, 240, 235), outline=dark, width=10)
        pen.chord((112, 162, 400, 458), 10, 170, fill=shade(tone, 1.15))
        pen.rounded_rectangle((205, 20, 307, 70), 14, fill=shade(other, 0.7), outline=dark, width=8)
    elif shape == 2:
        pen.ellipse((90, 140, 420, 470), outline=shade(tone, 1.1), width=58)
        pen.ellipse((90, 140, 420, 470), outline=dark, width=8)
        pen.polygon([(256, 20), (330, 95), (256, 180), (182, 95)], fill=shade(other, 1.3), outline=dark, width=10)
    elif shape == 3:
        pen.polygon(
            [(160, 60), (352, 60), (430, 460), (330, 420), (256, 470), (180, 420), (82, 460)],
            fill=shade(tone, 1.0),
            outline=dark,
            width=12,
        )
        pen.line([(256, 90), (256, 430)], fill=shade(tone, 0.7), width=14)
        pen.ellipse((190, 40, 322, 110), fill=shade(other, 1.1), outline=dark, width=10)
    else:
        for turn in range(9):
            x, y = 150 + 105 * (turn % 3) - 20 * (turn // 3), 380 - 90 * (turn // 3)
            pen.ellipse((x - 70, y - 45, x + 70, y + 45), fill=shade(tone, 1.0 + turn * 0.04), outline=dark, width=9)
    return image.resize((128, 128), Image.Resampling.LANCZOS)


def _landscape(chance: random.Random) -> Image.Image:
    """Sky, a sun, hills and a house or tower, in a round frame."""
    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    scene = Image.new("RGBA", (512, 512), shade(any_tone(chance, (70, 80)), 1.1))
    pen = ImageDraw.Draw(scene)
    x = chance.randint(90, 400)
    pen.ellipse((x - 55, 70, x + 55, 180), fill=(255, 236, 170, 255))
    ground = any_tone(chance, (35, 50))
    for turn, factor in enumerate((1.3, 1.05, 0.8)):
        middle, height = chance.randint(60, 450), 250 + 55 * turn
        pen.ellipse((middle - 420, height, middle + 420, height + 600), fill=shade(ground, factor))
    wall, x, top = any_tone(chance, (60, 75)), chance.randint(140, 330), chance.randint(190, 270)
    pen.rectangle((x, top, x + 90, 400), fill=shade(wall, 1.0), outline=shade(wall, 0.4), width=8)
    pen.polygon([(x - 20, top), (x + 110, top), (x + 45, top - 85)], fill=shade(wall, 0.55))
    pen.rectangle((x + 30, 330, x + 60, 400), fill=shade(wall, 0.3))
    mask = Image.new("L", (512, 512), 0)
    ImageDraw.Draw(mask).ellipse((6, 6, 506, 506), fill=255)
    image.paste(scene, (0, 0), mask)
    ImageDraw.Draw(image).ellipse((6, 6, 506, 506), outline=shade(ground, 0.4), width=14)
    return image.resize((160, 160), Image.Resampling.LANCZOS)


def _emblem(chance: random.Random) -> Image.Image:
    """A shield with a simple emblem."""
    image = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    pen, field, device = ImageDraw.Draw(image), any_tone(chance, (35, 50)), any_tone(chance, (70, 85))
    pen.polygon(
        [(70, 60), (442, 60), (430, 290), (256, 480), (82, 290)],
        fill=shade(field, 1.0),
        outline=shade(field, 0.35),
        width=18,
    )
    shape = chance.randrange(4)
    if shape == 0:
        pen.regular_polygon((256, 230, 120), chance.randint(3, 7), fill=shade(device, 1.0))
    elif shape == 1:
        pen.rectangle((225, 100, 287, 400), fill=shade(device, 1.0))
        pen.rectangle((130, 190, 382, 250), fill=shade(device, 1.0))
    elif shape == 2:
        pen.ellipse((150, 120, 362, 332), fill=shade(device, 1.0))
        pen.ellipse((205, 100, 385, 300), fill=shade(field, 1.0))
    else:
        for turn in range(3):
            pen.polygon(
                [
                    (130, 170 + 80 * turn),
                    (256, 110 + 80 * turn),
                    (382, 170 + 80 * turn),
                    (256, 200 + 80 * turn),
                ],
                fill=shade(device, 1.1 - turn * 0.15),
            )
    return image.resize((64, 64), Image.Resampling.LANCZOS)
