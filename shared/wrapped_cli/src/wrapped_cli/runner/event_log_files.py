"""How the worker's instance writes its SQLite files: without waiting for the disk on every event.

Dagster opens and closes a file for each event, and each time SQLite checkpoints its write-ahead log and waits for the
disk, which takes most of a short run's time. While another connection stays open, the log is only checkpointed now and
then. The files always stay consistent; a power failure may lose the last events, but never results: MongoDB has those.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def kept_open() -> Iterator[None]:
    """Keep every SQLite file that the block opens open until its end."""
    keepers: dict[str, sqlite3.Connection] = {}

    def opened(connection: Any, _: object) -> None:
        if not isinstance(connection, sqlite3.Connection):
            return
        connection.execute("PRAGMA synchronous=NORMAL")
        (_, _, path), *_ = connection.execute("PRAGMA database_list")
        if path:
            if path not in keepers:
                keepers[path] = sqlite3.connect(path, check_same_thread=False)
            keepers[path].execute("PRAGMA schema_version").fetchone()  # a file counts as open once it has been read

    event.listen(Engine, "connect", opened)
    try:
        yield
    finally:
        event.remove(Engine, "connect", opened)
        for keeper in keepers.values():
            keeper.close()
