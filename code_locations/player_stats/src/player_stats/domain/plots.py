"""Heat maps for the asset pages, as PNG bytes without an image library."""

import struct
import zlib
from typing import Final

import numpy as np
import numpy.typing as npt

_CELL: Final = 12
"""The side of a square in pixels."""
_EMPTY: Final = np.array([236, 239, 244], dtype=np.float64)
_FULL: Final = np.array([27, 94, 140], dtype=np.float64)


def heatmap_png(values: npt.NDArray[np.int64]) -> bytes:
    """Return a heat map of a table of numbers from 0: one square per value, light for 0, dark for the maximum."""
    share = np.sqrt(values / max(1, int(values.max())))[..., None]
    squares = (_EMPTY + (_FULL - _EMPTY) * share).astype(np.uint8)
    pixels = np.full((values.shape[0] * _CELL, values.shape[1] * _CELL, 3), 255, dtype=np.uint8)
    for y in range(_CELL - 1):
        for x in range(_CELL - 1):
            pixels[y::_CELL, x::_CELL] = squares
    return _png(pixels)


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    height, width, _ = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = b"".join(b"\x00" + row.tobytes() for row in pixels)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in chunks
    )
