"""From the bytes of an upstream file to a clean sprite: checked, first frame, upright, trimmed, small, always PNG.

Bytes from the web are hostile: nothing is decoded before magic, size and dimensions are within bounds.
Drawing pictures of our own is `fallback`'s business, storing them `store`'s.
"""

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, UnidentifiedImageError

RENDER_VERSION: Final = 2
"""Raised when the same upstream file must come out as a different sprite (or fallbacks look different)."""
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PIXELS: Final = 25_000_000
SPRITE_PIXELS: Final = 512
"""Longest side of a sprite; smaller pictures keep their size."""
THUMBNAIL_PIXELS: Final = 96
"""Side of the square thumbnail; the picture is centred in it and never enlarged beyond it."""

_ORIENTATION: Final = 0x0112
"""The EXIF tag by which a camera says which way up the picture is."""
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_DEPTHS: Final = {"L;2": 2, "L;4": 4, "I;16B": 16, "RGB;16B": 16}
"""Bits a channel of the PNGs that Pillow unpacks to 8 bits, or should, by its name for how they are packed."""
_BIG: Final = 4_000_000
"""Above so many pixels a picture is shrunk strip by strip, so that no second full copy is in memory."""
_MAGIC: Final = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "JPEG": (b"\xff\xd8\xff",),
    "WEBP": (b"RIFF",),
}


class BadImage(Exception):
    """The bytes are no picture that we take, so asking for them again does not help; the message is one line."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One PNG as it is stored."""

    png: bytes
    width: int
    height: int
    sha256: str
    """Of the PNG's bytes: the same picture has the same hash, whatever it was made from."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A sprite and its square thumbnail."""

    full: Picture
    thumbnail: Picture


def normalise(data: bytes) -> Sprite:
    """Return the sprite of an upstream file.

    Takes PNG, WebP, GIF and JPEG of at most 5 MiB and 25 megapixels, of any depth and colour mode; the first frame
    is turned into RGBA and the way up that its EXIF says, transparent borders are cut off, and the rest is shrunk
    to at most 512 px.

    Raises:
        BadImage: no such picture, a broken one, one of too many bytes or pixels, or one in which nothing is to be
            seen.
    """
    if not data:
        raise BadImage("no bytes")
    if len(data) > MAX_BYTES:
        raise BadImage(f"{len(data)} bytes are more than {MAX_BYTES}")
    kind = image_format(data)
    if kind is None:
        raise BadImage(f"the bytes are no PNG, WebP, GIF or JPEG (they begin with {data[:12]!r})")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of bombs (the bound below is stricter) and of odd metadata
            with Image.open(io.BytesIO(data), formats=[kind]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise BadImage(f"{image.width}×{image.height} pixels are more than {MAX_PIXELS}")
                depth = _DEPTHS.get(str(image.tile[0].args), 8) if kind == "PNG" and image.tile else 8
                return _sprite(image, depth)
    except Image.DecompressionBombError:
        raise BadImage(f"more than {MAX_PIXELS} pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise BadImage(f"the {kind} is broken: {' '.join(str(error).split())[:120]}") from None


def image_format(data: bytes) -> str | None:
    """Return the format that the first bytes tell ("PNG", "WEBP", "GIF", "JPEG"), or None."""
    for kind, starts in _MAGIC.items():
        if data.startswith(starts) and (kind != "WEBP" or data[8:12] == b"WEBP"):
            return kind
    return None


def encode(image: Image.Image) -> Picture:
    """Return an RGBA picture as PNG: the same pixels always give the same bytes."""
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=6)
    png = out.getvalue()
    return Picture(png=png, width=image.width, height=image.height, sha256=hashlib.sha256(png).hexdigest())


def thumbnail(image: Image.Image) -> Image.Image:
    """Return a square RGBA thumbnail with the picture in its middle."""
    small = image.copy()
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), (0, 0, 0, 0))
    square.paste(small, ((THUMBNAIL_PIXELS - small.width) // 2, (THUMBNAIL_PIXELS - small.height) // 2))
    return square


def sprite_of(image: Image.Image) -> Sprite:
    """Return the sprite of an RGBA picture that is already trimmed and small."""
    return Sprite(full=encode(image), thumbnail=encode(thumbnail(image)))


def _sprite(image: Image.Image, depth: int) -> Sprite:
    image.load()  # the whole first frame, so that a truncated file is found out
    small = _upright(_shrunk(image, depth), image)
    box = small.getchannel("A").getbbox()
    if box is None:
        raise BadImage("nothing is to be seen in the picture")
    trimmed = small.crop(box)
    trimmed.thumbnail((SPRITE_PIXELS, SPRITE_PIXELS), Image.Resampling.LANCZOS)
    clean = Image.new("RGBA", trimmed.size, (0, 0, 0, 0))
    clean.paste(trimmed, (0, 0), trimmed.getchannel("A").point(lambda value: 255 if value else 0))
    return sprite_of(clean)  # without what lay under fully transparent pixels, and without metadata


def _upright(small: Image.Image, image: Image.Image) -> Image.Image:
    """The small picture turned as the EXIF of the one that it was made from says; unreadable EXIF says nothing."""
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION) or 1)
    except Exception:  # noqa: BLE001 - whatever hostile metadata does to the parser, the pixels are sound
        return small
    return small if turn is None else small.transpose(turn)


def _rgba(image: Image.Image, depth: int) -> Image.Image:
    """The picture as RGBA of 8 bits a channel, its transparent colour included."""
    key = image.info.get("transparency")
    if image.mode.startswith("I"):  # 16-bit grey: Pillow would clip it, and nearly all of it is above 255
        image = image.convert("F").point(lambda value: value * (255 / 65_535) + 0.5).convert("L")
    # Pillow scales the pixels to 8 bits but leaves the colour that counts as transparent in the file's depth.
    if image.mode == "L" and isinstance(key, int):
        image.info["transparency"] = round(key * 255 / (2**depth - 1))
    elif image.mode == "RGB" and isinstance(key, tuple) and depth == 16:
        image.info["transparency"] = tuple(value >> 8 for value in key)
    return image.convert("RGBA")


def _shrunk(image: Image.Image, depth: int) -> Image.Image:
    """The picture as RGBA; a big one shrunk by a whole factor, a strip at a time, still above sprite size."""
    factor = max(image.width, image.height) // (2 * SPRITE_PIXELS)
    if image.width * image.height <= _BIG or factor < 2:
        return _rgba(image, depth)
    out = Image.new("RGBA", (-(-image.width // factor), -(-image.height // factor)), (0, 0, 0, 0))
    rows = max(1, _BIG // 4 // image.width // factor) * factor
    for top in range(0, image.height, rows):
        strip = _rgba(image.crop((0, top, image.width, min(image.height, top + rows))), depth)
        out.paste(strip.reduce(factor), (0, top // factor))
    return out
