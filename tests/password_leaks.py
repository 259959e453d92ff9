"""Searches everything that was printed or stored for parts of a password.

What belongs here: reading everything below a folder as text, and the search. What does not: causing failures.
"""

import contextlib
import re
import sqlite3
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_RANDOM = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{16,}|\d[\d.:T-]{9,}")
"""Run ids, hashes and times, which contain any three characters by chance."""


def leaks(secret: str, text: str, harmless: str) -> set[str]:
    """Every run of three characters of a secret that a text shows but would not show without it."""
    pieces = {secret[start : start + 3] for start in range(len(secret) - 2)}
    return {piece for piece in pieces if piece in text and piece not in harmless}


def plain(text: str) -> str:
    """The text without random ids and times, once unchanged and once without JSON's backslashes."""
    text = _RANDOM.sub("", text)
    return text + text.replace("\\", "")


def stored(folder: Path) -> str:
    """All text in all files below a folder; for SQLite databases, every value of every table."""
    return plain("\n".join(text for path in sorted(folder.rglob("*")) if path.is_file() for text in _texts(path)))


def _texts(path: Path) -> Iterator[str]:
    if path.read_bytes()[:15] != b"SQLite format 3":
        yield path.read_text(encoding="utf-8", errors="replace")
        return
    with contextlib.closing(sqlite3.connect(path)) as database:
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f'SELECT * FROM "{table}"'):  # noqa: S608 - names from the file itself
                yield from (_text(value) for value in row)


def _text(value: Any) -> str:
    if not isinstance(value, bytes):
        return str(value)
    with contextlib.suppress(zlib.error):
        value = zlib.decompress(value)  # snapshots of jobs
    return str(value, "utf-8", "replace")
