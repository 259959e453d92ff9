"""How the worker's instance writes its SQLite files: without waiting for the disk at every event.

Dagster opens and closes a file for each event, and SQLite then moves its write-ahead log into the file and waits until
the disk has it all: most of a short run's time. While one more connection stays open the log is moved now and then
instead. The files are sound whatever happens; a power cut may lose the last events, never results: those are MongoDB's.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def kept_open() -> Iterator[None]:
    """Keep each SQLite file that is opened meanwhile open until the end of the block."""
    keepers: dict[str, sqlite3.Connection] = {}

    def opened(connection: Any, _: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("PRAGMA synchronous=NORMAL")
        (_, _, path), *_ = connection.execute("PRAGMA database_list")
        if path:
            if path not in keepers:
                keepers[path] = sqlite3.connect(path, check_same_thread=False)
            keepers[path].execute("PRAGMA schema_version").fetchone()  # a file counts as open once it was read

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for keeper in keepers.values():
            keeper.close()
