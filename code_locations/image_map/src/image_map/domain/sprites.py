"""From the bytes of an upstream file to a clean sprite: checked, first frame, trimmed, small, always PNG.

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

RENDER_VERSION: Final = 1
"""Raised when the same upstream file must come out as a different sprite (or fallbacks look different)."""
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PIXELS: Final = 25_000_000
SPRITE_PIXELS: Final = 512
"""Longest side of a sprite; smaller pictures keep their size."""
THUMBNAIL_PIXELS: Final = 96
"""Side of the square thumbnail; the picture is centred in it and never enlarged beyond it."""

_BIG: Final = 4_000_000
"""Above so many pixels a picture is shrunk strip by strip, so that no second full copy is in memory."""
_MAGIC: Final = {
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "JPEG": (b"\xff\xd8\xff",),
    "WEBP": (b"RIFF",),
}


class BadImage(Exception):
    """The bytes are no picture that we take; the message is one line."""


class ForbiddenImage(BadImage):
    """A picture, but beyond the bounds (too many bytes or pixels): asking for it again will not help."""


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

    Takes PNG, WebP, GIF and JPEG of at most 5 MiB and 25 megapixels; the first frame is turned into RGBA,
    transparent borders are cut off, and the rest is shrunk to at most 512 px.

    Raises:
        ForbiddenImage: too many bytes or pixels.
        BadImage: no such picture, a broken one, or one in which nothing is to be seen.
    """
    if len(data) > MAX_BYTES:
        raise ForbiddenImage(f"{len(data)} bytes are more than {MAX_BYTES}")
    kind = image_format(data)
    if kind is None:
        raise BadImage(f"the bytes are no PNG, WebP, GIF or JPEG (they begin with {data[:12]!r})")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the bound below is stricter
            with Image.open(io.BytesIO(data), formats=[kind]) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise ForbiddenImage(f"{image.width}×{image.height} pixels are more than {MAX_PIXELS}")
                return _sprite(image)
    except Image.DecompressionBombError:
        raise ForbiddenImage(f"more than {MAX_PIXELS} pixels") from None
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


def _sprite(image: Image.Image) -> Sprite:
    image.load()  # the whole first frame, so that a truncated file is found out
    small = _shrunk(image)
    box = small.getchannel("A").getbbox()
    if box is None:
        raise BadImage("nothing is to be seen in the picture")
    trimmed = small.crop(box)
    trimmed.thumbnail((SPRITE_PIXELS, SPRITE_PIXELS), Image.Resampling.LANCZOS)
    clean = Image.new("RGBA", trimmed.size, (0, 0, 0, 0))
    clean.paste(trimmed, (0, 0), trimmed.getchannel("A").point(lambda value: 255 if value else 0))
    return sprite_of(clean)  # without what lay under fully transparent pixels, and without metadata


def _shrunk(image: Image.Image) -> Image.Image:
    """The picture as RGBA; a big one shrunk by a whole factor, a strip at a time, still above sprite size."""
    factor = max(image.width, image.height) // (2 * SPRITE_PIXELS)
    if image.width * image.height <= _BIG or factor < 2:
        return image.convert("RGBA")
    out = Image.new("RGBA", (-(-image.width // factor), -(-image.height // factor)), (0, 0, 0, 0))
    rows = max(1, _BIG // 4 // image.width // factor) * factor
    for top in range(0, image.height, rows):
        strip = image.crop((0, top, image.width, min(image.height, top + rows))).convert("RGBA")
        out.paste(strip.reduce(factor), (0, top // factor))
    return out
