"""From the bytes of an upstream file to a clean sprite: checked, first frame, upright, trimmed, small, always PNG.

Bytes from the web are hostile: nothing is decoded before magic, size and dimensions are within bounds.
Drawing our own pictures belongs to `fallback`, storing them to `store`.
"""

import hashlib
import io
import struct
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image, UnidentifiedImageError

RENDER_VERSION: Final = 2
"""Increase it when the same upstream file should give a different sprite (or fallbacks look different)."""
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PIXELS: Final = 25_000_000
SPRITE_PIXELS: Final = 512
"""Longest side of a sprite; smaller pictures keep their size."""
THUMBNAIL_PIXELS: Final = 96
"""Side of the square thumbnail; the picture is centred in it and never enlarged."""

_ORIENTATION: Final = 0x0112
"""The EXIF tag for the picture's orientation."""
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
"""Bits per channel of PNGs that Pillow unpacks (or should) to 8 bits, by its name for their packing."""
_BIG: Final = 4_000_000
"""Above this many pixels a picture is scaled down strip by strip, to avoid a second full copy in memory."""
_MAGIC: Final = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "JPEG": (b"\xff\xd8\xff",),
    "WEBP": (b"RIFF",),
}


class BadImage(Exception):
    """The bytes are not an acceptable picture, so fetching them again does not help; the message is one line."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One PNG as stored."""

    png: bytes
    width: int
    height: int
    sha256: str
    """Of the PNG's bytes: the same picture has the same hash, regardless of its source."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A sprite and its square thumbnail."""

    full: Picture
    thumbnail: Picture


def normalise(data: bytes) -> Sprite:
    """Return the sprite of an upstream file.

    Accepts PNG, WebP, GIF and JPEG of at most 5 MiB and 25 megapixels, of any depth and colour mode; the first frame is
    converted to RGBA and rotated as its EXIF says, transparent borders are trimmed, and the rest is scaled down to at
    most 512 px.

    Raises:
        BadImage: not such a picture, a broken one, one with too many bytes or pixels, or one without any visible pixel.
    """
    if not data:
        raise BadImage("no bytes")
    if len(data) > MAX_BYTES:
        raise BadImage(f"{len(data)} bytes are more than {MAX_BYTES}")
    file_format = image_format(data)
    if file_format is None:
        raise BadImage(f"the bytes are not a PNG, WebP, GIF or JPEG (they begin with {data[:12]!r})")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about bombs (the limit below is stricter) and odd metadata
            with Image.open(io.BytesIO(data), formats=[file_format]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise BadImage(f"{image.width}×{image.height} pixels are more than {MAX_PIXELS}")
                depth = _DEPTHS.get(str(image.tile[0].args), 8) if file_format == "PNG" and image.tile else 8
                return _sprite(image, depth)
    except Image.DecompressionBombError:
        raise BadImage(f"more than {MAX_PIXELS} pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, struct.error) as error:
        raise BadImage(f"the {file_format} is broken: {' '.join(str(error).split())[:120]}") from None


def image_format(data: bytes) -> str | None:
    """Return the format by the first bytes ("PNG", "WEBP", "GIF", "JPEG"), or None."""
    for file_format, starts in _MAGIC.items():
        if data.startswith(starts) and (file_format != "WEBP" or data[8:12] == b"WEBP"):
            return file_format
    return None


def encode(image: Image.Image) -> Picture:
    """Return an RGBA picture as PNG: the same pixels always give the same bytes."""
    out = io.BytesIO()
    image.save(out, "PNG", optimize=False, compress_level=6)
    png = out.getvalue()
    return Picture(png=png, width=image.width, height=image.height, sha256=hashlib.sha256(png).hexdigest())


def thumbnail(image: Image.Image) -> Image.Image:
    """Return a square RGBA thumbnail with the picture centred in it."""
    small = image.copy()
    small.thumbnail((THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), Image.Resampling.LANCZOS)
    square = Image.new("RGBA", (THUMBNAIL_PIXELS, THUMBNAIL_PIXELS), (0, 0, 0, 0))
    square.paste(small, ((THUMBNAIL_PIXELS - small.width) // 2, (THUMBNAIL_PIXELS - small.height) // 2))
    return square


def sprite_of(image: Image.Image) -> Sprite:
    """Return the sprite of an RGBA picture that is already trimmed and small."""
    return Sprite(full=encode(image), thumbnail=encode(thumbnail(image)))


def _sprite(image: Image.Image, depth: int) -> Sprite:
    image.load()  # the whole first frame, so that a truncated file is detected
    small = _upright(_shrunk(image, depth), image)
    box = small.getchannel("A").getbbox()
    if box is None:
        raise BadImage("the picture has no visible pixels")
    trimmed = small.crop(box)
    trimmed.thumbnail((SPRITE_PIXELS, SPRITE_PIXELS), Image.Resampling.LANCZOS)
    clean = Image.new("RGBA", trimmed.size, (0, 0, 0, 0))
    clean.paste(trimmed, (0, 0), trimmed.getchannel("A").point(lambda value: 255 if value else 0))
    return sprite_of(clean)  # without colours under fully transparent pixels, and without metadata


def _upright(small: Image.Image, image: Image.Image) -> Image.Image:
    """Return the small picture rotated by the EXIF of its original; unreadable EXIF is ignored."""
    try:
        turn = _TURNS.get(image.getexif().get(_ORIENTATION) or 1)
    except Exception:  # noqa: BLE001 - no matter how hostile metadata breaks the parser, the pixels are valid
        return small
    return small if turn is None else small.transpose(turn)


def _rgba(image: Image.Image, depth: int) -> Image.Image:
    """Return the picture as RGBA with 8 bits per channel, including its transparent colour."""
    key = image.info.get("transparency")
    if image.mode.startswith("I"):  # 16-bit grey: Pillow would clip it, and nearly all values are above 255
        image = image.convert("F").point(lambda value: value * (255 / 65_535) + 0.5).convert("L")
    # Pillow scales the pixels to 8 bits but leaves the transparent colour at the file's depth.
    if image.mode == "L" and isinstance(key, int):
        image.info["transparency"] = round(key * 255 / (2**depth - 1))
    elif image.mode == "RGB" and isinstance(key, tuple) and depth == 16:
        image.info["transparency"] = tuple(value >> 8 for value in key)
    return image.convert("RGBA")


def _shrunk(image: Image.Image, depth: int) -> Image.Image:
    """Return the picture as RGBA; a big one is scaled down by an integer factor, in strips, to sprite size or more."""
    factor = max(image.width, image.height) // (2 * SPRITE_PIXELS)
    if image.width * image.height <= _BIG or factor < 2:
        return _rgba(image, depth)
    out = Image.new("RGBA", (-(-image.width // factor), -(-image.height // factor)), (0, 0, 0, 0))
    rows = max(1, _BIG // 4 // image.width // factor) * factor
    for top in range(0, image.height, rows):
        strip = _rgba(image.crop((0, top, image.width, min(image.height, top + rows))), depth)
        out.paste(strip.reduce(factor), (0, top // factor))
    return out
