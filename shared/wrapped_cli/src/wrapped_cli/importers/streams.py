"""Reading files that may be gzipped, cut off or damaged: bytes and BSON documents.

What the bytes mean is up to the modules that use this one.
"""

import gzip
import zlib
from contextlib import suppress
from io import BufferedReader
from pathlib import Path
from typing import Any, Final

import bson
from bson.codec_options import CodecOptions, DatetimeConversion

from wrapped_cli.errors import CommandError
from wrapped_cli.importers.rows import BROKEN_BSON, CUT_OFF, MAX_DOCUMENT_BYTES, InvalidRowError

DAMAGE: Final = (EOFError, OSError, zlib.error)
GZIP_MAGIC: Final = b"\x1f\x8b"
_HEAD: Final = 512
_HEADROOM: Final = 16 * 1024  # a dump may contain documents slightly above the limit
_CODEC: Final[CodecOptions[dict[str, Any]]] = CodecOptions(
    tz_aware=True, datetime_conversion=DatetimeConversion.DATETIME_AUTO
)

_LENIENT: Final = _CODEC.with_options(unicode_decode_error_handler="replace")


class CutOffError(Exception):
    """The file is truncated, or so damaged that nothing further can be read."""


class Input:
    """A file open for reading, unpacked if it is gzipped; knows its position in the file itself."""

    def __init__(self, path: Path) -> None:
        try:
            self._file = path.open("rb")
        except OSError as error:
            raise CommandError(f"cannot read {path}: {error.strerror}") from None
        packed = self._file.read(2) == GZIP_MAGIC
        self._file.seek(0)
        self.stream: gzip.GzipFile | BufferedReader = gzip.GzipFile(fileobj=self._file) if packed else self._file

    def __enter__(self) -> "Input":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def position(self) -> int:
        """Return how many bytes of the file itself (packed or not) have been read."""
        return 0 if self._file.closed else self._file.tell()

    def read(self, size: int, *, up_to: bool = False) -> bytes:
        """Read `size` bytes, fewer only at the end of the file; with `up_to`, what can be read at once, at least one.

        Raises:
            CutOffError: the gzip stream is damaged, or the disk cannot be read.
        """
        try:
            return self.stream.read1(size) if up_to else self.stream.read(size)
        except DAMAGE:
            raise CutOffError(CUT_OFF) from None

    def document(self, prefix: bytes) -> bytes:
        """Read the rest of a BSON document whose first four bytes (its length) are `prefix`.

        Raises:
            CutOffError: the file ends inside it, or the length is invalid.
        """
        length = int.from_bytes(prefix, "little", signed=True)
        if len(prefix) < 4 or not 5 <= length <= MAX_DOCUMENT_BYTES + _HEADROOM:
            raise CutOffError(CUT_OFF)
        body = self.read(length - 4)
        if len(body) < length - 4:
            raise CutOffError(CUT_OFF)
        return prefix + body


def head_of(path: Path) -> bytes:
    """Return the first 512 bytes of a file, unpacked if it is gzipped; fewer if it is damaged.

    Raises:
        CommandError: it cannot be read.
    """
    with Input(path) as file:
        try:
            return file.read(_HEAD, up_to=True)
        except CutOffError:
            return b""


def is_gzipped(path: Path) -> bool:
    """Return whether a file is gzipped, by its first bytes."""
    with path.open("rb") as file:
        return file.read(len(GZIP_MAGIC)) == GZIP_MAGIC


def is_empty(path: Path) -> bool:
    """Return whether a file is empty, unpacked if it is gzipped; a damaged one is not empty.

    Raises:
        CommandError: it cannot be read.
    """
    with Input(path) as file:
        try:
            return not file.read(1)
        except CutOffError:
            return False


def decode(raw: bytes) -> tuple[dict[str, Any], bool]:
    """Return a BSON document as a dict, types kept, and whether all its strings are UTF-8.

    Invalid bytes become U+FFFD, as the Mongo resource reads them.

    Raises:
        InvalidRowError: it is broken.
    """
    for codec in (_CODEC, _LENIENT):
        with suppress(bson.errors.BSONError, ValueError, OverflowError, RecursionError):
            return bson.decode(raw, codec_options=codec), codec is _CODEC
    raise InvalidRowError(BROKEN_BSON)


def encode(document: dict[str, Any]) -> bytes:
    """Return a document as BSON, types kept.

    Raises:
        ValueError, OverflowError, RecursionError, TypeError, bson.errors.BSONError: BSON cannot hold it.
    """
    return bson.encode(document, codec_options=_CODEC)
