"""Opens a SQLite file that a client may be writing, or left behind in the middle of a transaction.

Only committed data is read, and no file appears or disappears next to it. Where SQLite's locks are enough for that,
the file is read in place. Where SQLite would have to write first (roll back a transaction, create the index of a
write-ahead log), it works on a copy of the file and of its journal or log, in a temporary folder.
"""

import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, TypeAlias
from urllib.parse import quote

from wrapped_cli.errors import CommandError
from wrapped_cli.importers.rows import MAX_DOCUMENT_BYTES

SIDE_FILES: Final = ("-journal", "-wal", "-shm")
"""Suffixes of the files that SQLite keeps next to a database file."""
_COPIED: Final = ("", "-journal", "-wal")
_PATIENCE_SECONDS: Final = 3.0  # a client commits within milliseconds
_TRIES: Final = 20
_PAUSE_SECONDS: Final = 0.05
_TICK_NS: Final = 50_000_000  # modification times are only as fine as the kernel's ticks
_LOG_FORMAT: Final = slice(18, 20)  # where the header says 2 for a write-ahead log

_Stamp: TypeAlias = tuple[int, int, int]
"""Detects a change of a file: its inode, its size in bytes, its modification time (ns)."""


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a SQLite file for reading; texts are returned as bytes, since they may not be UTF-8.

    Raises:
        CommandError: a program has locked it or keeps writing to it, or it is damaged.
    """
    path = path.resolve()
    with ExitStack() as stack:
        try:
            database = _in_place(path)
            if database is None:
                folder = stack.enter_context(TemporaryDirectory(prefix="wrapped-import-"))
                database = _connect(_settled_copy(path, Path(folder)), "rw")
        except sqlite3.DatabaseError as error:
            raise CommandError(_why(path, error)) from None
        yield stack.enter_context(closing(database))


def in_use(error: sqlite3.Error) -> bool:
    """Return whether an error means that another program prevents us from reading on."""
    return _code(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_READONLY)


def _in_place(path: Path) -> sqlite3.Connection | None:
    """Open it in place; None if SQLite would have to write for that."""
    with path.open("rb") as file:
        log = 2 in file.read(20)[_LOG_FORMAT] or _side(path, "-wal").exists()
    if log and not _side(path, "-shm").exists():  # SQLite would create it, and leave it there
        return None
    try:
        return _connect(path, "ro")
    except sqlite3.OperationalError as error:
        if _code(error) in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR):
            return None
        raise


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    database = sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=_PATIENCE_SECONDS)
    try:
        database.text_factory = bytes
        database.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_DOCUMENT_BYTES)  # generated values can be huge
        database.execute("PRAGMA trusted_schema = OFF")
        database.execute("SELECT 1 FROM sqlite_master LIMIT 1").close()
    except sqlite3.Error:
        database.close()
        raise
    return database


def _settled_copy(path: Path, folder: Path) -> Path:
    """Copy a file, its journal and its log while none of them changes.

    Raises:
        CommandError: they kept changing, or cannot be copied.
    """
    copy = folder / "copy.sqlite"
    for _ in range(_TRIES):
        before = _state(path)
        if _is_quiet(before) and _copied(path, copy) and _state(path) == before:
            return copy
        time.sleep(_PAUSE_SECONDS)
    raise CommandError(f"{path} is being written by another program: close that program and import again")


def _copied(path: Path, copy: Path) -> bool:
    """Copy them; False if one disappeared because its writer ended a transaction."""
    try:
        for end in _COPIED:
            _side(copy, end).unlink(missing_ok=True)
            if _side(path, end).exists():
                shutil.copyfile(_side(path, end), _side(copy, end))
    except FileNotFoundError:
        return False
    except OSError as error:
        raise CommandError(f"{path} cannot be copied to {copy.parent}: {error.strerror}") from None
    return True


def _is_quiet(state: list[_Stamp | None]) -> bool:
    """Return whether the last change is old enough that the next one will get a different modification time."""
    now = time.time_ns()
    return all(abs(now - stamp[2]) > _TICK_NS for stamp in state if stamp is not None)


def _state(path: Path) -> list[_Stamp | None]:
    found: list[_Stamp | None] = []
    for end in _COPIED:
        try:
            stat = _side(path, end).stat()
        except FileNotFoundError:
            found.append(None)
        else:
            found.append((stat.st_ino, stat.st_size, stat.st_mtime_ns))
    return found


def _side(path: Path, end: str) -> Path:
    return path.with_name(path.name + end)


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _why(path: Path, error: sqlite3.Error) -> str:
    if in_use(error):
        return f"{path} is locked by another program, such as the game client: close it and import again"
    return f"{path} cannot be read as a SQLite file: {error}"
