"""The plugin's own SQLite file: a table for each event, `id integer, data text`, `data` the whole event."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from wrapped_devkit.errors import DevkitError
from wrapped_devkit.importers.events import collection_of_event
from wrapped_devkit.importers.json_row import parse_row
from wrapped_devkit.importers.rows import CUT_OFF, Bad, BadRowError, Row, Source

SQLITE_MAGIC = b"SQLite format 3\x00"


class PluginTable(Source):
    """One event table of a plugin file. The table decides what its rows are."""

    def __init__(self, path: Path, table: str, collection: str, total: int) -> None:
        self.label = f"{path.name} {table}"
        self.total = total
        self._path, self._table, self._collection = path, table, collection
        self._read = 0
        self._row_id: object = None

    def done(self) -> int:
        """Return the rows read."""
        return self._read

    def where(self) -> str:
        """Return the row read last."""
        return f"{self.label} id {self._row_id}"

    def rows(self) -> Iterator[Row | Bad]:
        """Read the table in the order of its rows."""
        try:
            with closing(_connect(self._path)) as database:
                found = database.execute(f"SELECT rowid, data FROM {_quoted(self._table)} ORDER BY rowid")  # noqa: S608
                for row_id, data in found:
                    self._read += 1
                    self._row_id = row_id
                    try:
                        yield Row(self._collection, parse_row(data))
                    except BadRowError as bad:
                        yield Bad(str(bad))
        except sqlite3.Error:
            yield Bad(CUT_OFF)


def plugin_tables(path: Path) -> list[PluginTable]:
    """Return the event tables of a plugin file.

    Raises:
        DevkitError: the file cannot be opened as SQLite, or holds no event table.
    """
    try:
        with closing(_connect(path)) as database:
            names = [
                bytes(name).decode("utf-8", "replace")
                for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            ]
            tables = [
                PluginTable(path, name, collection, _count(database, name))
                for name in names
                if (collection := collection_of_event(name))
            ]
    except sqlite3.Error as error:
        raise DevkitError(f"{path} cannot be read as a SQLite file: {error}") from None
    if not tables:
        raise DevkitError(f"{path} is a SQLite file without tables of the plugin, such as game_tick")
    return tables


def _connect(path: Path) -> sqlite3.Connection:
    """Open the file for reading only; a copy in a read-only folder, without its side files, opens as well."""
    name = f"file:{quote(str(path.resolve()))}?mode=ro"
    database = sqlite3.connect(name, uri=True)
    database.text_factory = bytes  # the text may be no UTF-8
    try:
        database.execute("SELECT 1 FROM sqlite_master LIMIT 1")
    except sqlite3.OperationalError:
        database.close()
        database = sqlite3.connect(f"{name}&immutable=1", uri=True)
        database.text_factory = bytes
    return database


def _count(database: sqlite3.Connection, table: str) -> int:
    return int(database.execute(f"SELECT count(*) FROM {_quoted(table)}").fetchone()[0])  # noqa: S608


def _quoted(table: str) -> str:
    return '"' + table.replace('"', '""') + '"'
