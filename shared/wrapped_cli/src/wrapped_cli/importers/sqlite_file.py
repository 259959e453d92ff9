"""The plugin's own SQLite file: a table for each event, `id integer, data text`, where `data` is the whole event."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from math import inf
from pathlib import Path
from typing import Final

from wrapped_cli.errors import CommandError
from wrapped_cli.importers.events import collection_of_event
from wrapped_cli.importers.json_row import parse_row
from wrapped_cli.importers.rows import CUT_OFF, IN_USE, TOO_LONG, Invalid, InvalidRowError, Row, Source
from wrapped_cli.importers.sqlite_open import in_use, opened

SQLITE_MAGIC: Final = b"SQLite format 3\x00"
_CHUNK_ROWS: Final = 1000
_CHUNK_BYTES: Final = 4 * 1024 * 1024


class PluginFile(Source):
    """A plugin file. The table decides what its rows are."""

    def __init__(self, path: Path) -> None:
        """Read its list of tables.

        Raises:
            CommandError: it cannot be opened as SQLite now, or has no event table.
        """
        super().__init__(path)
        self._read = 0
        self._place = ""
        try:
            with opened(path) as database:
                self._tables = _event_tables(database)
                self.total = sum(_last_row(database, table) for table in self._tables)
        except sqlite3.Error as error:
            raise CommandError(f"{path} cannot be read as a SQLite file: {error}") from None
        if not self._tables:
            raise CommandError(f"{path} is a SQLite file without tables of the plugin, such as game_tick")

    def done(self) -> int:
        """Return the rows read."""
        return self._read

    def where(self) -> str:
        """Return the table and row last read."""
        return f"{self.label} {self._place}"

    def rows(self) -> Iterator[Row | Invalid]:
        """Read the tables one after the other, each in the order of its rows."""
        self._read = 0
        try:
            with opened(self.path) as database:
                yield from self._rows(database)
        except CommandError:  # another program locked it since it was inspected
            yield Invalid(IN_USE)

    def _rows(self, database: sqlite3.Connection) -> Iterator[Row | Invalid]:
        for table, collection in self._tables.items():
            try:
                for row_id, data in _table_rows(database, table):
                    self._read += 1
                    self._place = f"{table} id {row_id}"
                    yield _row(collection, data)
            except sqlite3.Error as error:
                yield Invalid(IN_USE if in_use(error) else CUT_OFF)


def _row(collection: str, data: object) -> Row | Invalid:
    if isinstance(data, Invalid):
        return data
    try:
        return Row(collection, parse_row(data))
    except InvalidRowError as invalid:
        return Invalid(str(invalid))


def _event_tables(database: sqlite3.Connection) -> dict[str, str]:
    """Return the collections by table, without views and virtual tables, which have no rows of their own."""
    stored = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 ORDER BY name")
    names = [bytes(name).decode("utf-8", "replace") for (name,) in stored]
    tables = {name: collection for name in names if (collection := collection_of_event(name))}
    return {name: collection for name, collection in tables.items() if _has_rows_of_data(database, name)}


def _has_rows_of_data(database: sqlite3.Connection, table: str) -> bool:
    try:
        database.execute(f"SELECT rowid, data FROM {_quoted(table)} LIMIT 0")  # noqa: S608
    except sqlite3.OperationalError as error:
        if in_use(error):
            raise
        return False
    return True


def _last_row(database: sqlite3.Connection, table: str) -> int:
    """Return the greatest row id: about the number of rows, found without reading them."""
    found = database.execute(f"SELECT max(rowid) FROM {_quoted(table)}").fetchone()[0]  # noqa: S608
    return max(0, found or 0)


def _table_rows(database: sqlite3.Connection, table: str) -> Iterator[tuple[int, object]]:
    """Yield row ids with their data, or with `Invalid` if the data is too long to be read.

    Rows are fetched in short reads, so that a client writing the file never has to wait for MongoDB.
    """
    last: float = -inf
    most = _CHUNK_ROWS
    while True:
        rows, stopped = _chunk(database, table, last, most)
        yield from rows
        if rows:
            last = rows[-1][0]
        elif not stopped:
            return
        elif most == 1:
            last = _next_row(database, table, last)
            yield int(last), Invalid(TOO_LONG)
        most = 1 if stopped and most > 1 else _CHUNK_ROWS


def _chunk(database: sqlite3.Connection, table: str, last: float, most: int) -> tuple[list[tuple[int, object]], bool]:
    """Read some rows after the row id `last`, and return whether a value that is too long stopped it.

    sqlite3 reads one row ahead, so the row before such a value may be missing unless `most` is 1.
    """
    query = f"SELECT rowid, data FROM {_quoted(table)} WHERE rowid > ? ORDER BY rowid LIMIT ?"  # noqa: S608
    rows: list[tuple[int, object]] = []
    size = 0
    with closing(database.cursor()) as found:
        try:
            found.execute(query, (last, most))
            while size < _CHUNK_BYTES and (row := found.fetchone()):
                rows.append(row)
                size += len(row[1]) if isinstance(row[1], bytes) else 0
        except sqlite3.DataError:
            return rows, True
    return rows, False


def _next_row(database: sqlite3.Connection, table: str, last: float) -> int:
    query = f"SELECT min(rowid) FROM {_quoted(table)} WHERE rowid > ?"  # noqa: S608
    return int(database.execute(query, (last,)).fetchone()[0])


def _quoted(table: str) -> str:
    return '"' + table.replace('"', '""') + '"'
