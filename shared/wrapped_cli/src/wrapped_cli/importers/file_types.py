"""Describes files that cannot be imported, for error messages."""

import codecs
import json
import re
from pathlib import Path
from typing import Final

from wrapped_cli.importers.streams import GZIP_MAGIC, head_of

_MAGIC: Final = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive (unpack it first)",
    b"PK\x05\x06": "an empty ZIP archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive (unpack it first)",
    b"Rar!": "a RAR archive (unpack it first)",
    b"BZh": "a bzip2 file (unpack it first)",
    b"\xfd7zXZ": "an xz file (unpack it first)",
    b"\x28\xb5\x2f\xfd": "a Zstandard file (unpack it first)",
    GZIP_MAGIC: "a file gzipped twice (unpack it first)",
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"RIFF": "an image, audio or video file",
    b"\x7fELF": "a program",
    b"MZ": "a Windows program",
    b"\xca\xfe\xba\xbe": "a Java class",
    b"PAR1": "a Parquet file",
    b"SQLite format 3\x00": "a SQLite file",
    b"\x37\x7f\x06\x82": "the log of a SQLite file (name the SQLite file itself)",
    b"\x37\x7f\x06\x83": "the log of a SQLite file (name the SQLite file itself)",
    b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7": "the journal of a SQLite file (name the SQLite file itself)",
    b"version https://git-lfs": "a Git LFS pointer (git lfs pull brings the file itself)",
}
_TAR_AT: Final = slice(257, 262)
_PAGE: Final = re.compile(r"<(!doctype html|html|head|body)\b", re.IGNORECASE)
_SEPARATORS: Final = (",", "\t", ";", "|")
_CONTROLS: Final = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffd]")


def file_type_of(path: Path) -> str:
    """Return what a file looks like by its first bytes, unpacked if it is gzipped: `a PDF document`.

    Raises:
        CommandError: it cannot be read.
    """
    head = head_of(path)
    if not head:
        return "an empty file" if path.stat().st_size == 0 else "a damaged or empty gzip file"
    for magic, file_type in _MAGIC.items():
        if head.startswith(magic):
            return file_type
    if head[_TAR_AT] == b"ustar":
        return "a tar archive (unpack it first)"
    decoder = codecs.getincrementaldecoder(json.detect_encoding(head))("replace")
    return _type_of_text(decoder.decode(head).lstrip("\ufeff \t\r\n"))


def _type_of_text(text: str) -> str:
    if _CONTROLS.search(text):
        return "binary data"
    if not text:
        return "blank text"
    if text.startswith(("{", "[")):
        return "JSON"
    if _PAGE.search(text):
        return "a web page (HTML)"
    if text.startswith("<"):
        return "XML"
    first, *rest = text.splitlines()
    for separator in _SEPARATORS:
        columns = first.count(separator)
        if columns and rest and (len(rest) == 1 or rest[0].count(separator) == columns):
            return "CSV (export it as JSON: mongoexport --type=json)"
    return "plain text"
