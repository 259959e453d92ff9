"""Writes the file formats that the importers read, from events given as documents.

For tests, and to try the importers without a real capture. The events themselves come from the generator or
from the caller.
"""

import gzip
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import bson
from wrapped_cli.importers.events import EVENT_NAMES
from wrapped_shared.documents import Document

Collections = Mapping[str, Sequence[Document | bytes]]
"""Documents by collection; bytes are written unchanged."""

TABLES: Final = {event.replace("-", "_"): event for event in EVENT_NAMES}
"""The tables of the plugin's SQLite file and the `event` that each holds."""

_TERMINATOR: Final = b"\xff\xff\xff\xff"
_MAGIC: Final = (0x8199E26D).to_bytes(4, "little")


def write_plugin_file(path: Path, tables: Mapping[str, Iterable[Document | str | bytes | None]]) -> Path:
    """Write a plugin SQLite file: every table, `id integer, data text`, one JSON document per row.

    Args:
        path: the file to create.
        tables: rows by table; a row that is not a document is written unchanged.
    """
    with closing(sqlite3.connect(path)) as database, database:
        for table in TABLES:
            database.execute(f"CREATE TABLE {table} (id integer PRIMARY KEY, data text)")
        for table, rows in tables.items():
            texts = (
                (row if row is None or isinstance(row, str | bytes) else json.dumps(row, separators=(",", ":")),)
                for row in rows
            )
            database.executemany(f"INSERT INTO {table} (data) VALUES (?)", texts)  # noqa: S608 - names above
    return path


def write_json_lines(path: Path, rows: Iterable[Document | str]) -> Path:
    """Write JSON Lines, gzipped if the name ends in `.gz`; a string is written unchanged."""
    lines = (row if isinstance(row, str) else json.dumps(row, separators=(",", ":")) for row in rows)
    content = "".join(f"{line}\n" for line in lines).encode("utf-8")
    path.write_bytes(gzip.compress(content) if path.name.endswith(".gz") else content)
    return path


def write_dump_folder(path: Path, databases: Mapping[str, Collections], *, packed: bool = False) -> Path:
    """Write the output of `mongodump`: a folder per database, BSON and metadata per collection."""
    for database, collections in databases.items():
        folder = path / database
        folder.mkdir(parents=True)
        for name, documents in collections.items():
            metadata = json.dumps({"indexes": [], "uuid": "0" * 32, "collectionName": name}).encode()
            for ending, content in ((".bson", _joined(documents)), (".metadata.json", metadata)):
                target = folder / f"{name}{ending}{'.gz' if packed else ''}"
                target.write_bytes(gzip.compress(content) if packed else content)
    return path


def archive_bytes(databases: Mapping[str, Collections], *, block: int = 2) -> bytes:
    """Return the output of `mongodump --archive`, in blocks of `block` documents, with alternating collections."""
    header = {"concurrent_collections": 4, "version": "0.1", "server_version": "7.0.0", "tool_version": "100.9.4"}
    parts = [_MAGIC, bson.encode(header)]
    open_ones: list[tuple[str, str, list[Document | bytes]]] = []
    for database, collections in databases.items():
        for name, documents in collections.items():
            listed = {"db": database, "collection": name, "metadata": "{}", "size": 0, "type": "collection"}
            parts.append(bson.encode(listed))
            open_ones.append((database, name, list(documents)))
    parts.append(_TERMINATOR)
    while open_ones:
        database, name, documents = open_ones.pop(0)
        now, rest = documents[:block], documents[block:]
        if now:
            parts += [_block_header(database, name, end=False), _joined(now), _TERMINATOR]
            open_ones.append((database, name, rest))
        else:
            parts += [_block_header(database, name, end=True), _TERMINATOR]
    return b"".join(parts)


def _block_header(database: str, name: str, *, end: bool) -> bytes:
    return bson.encode({"db": database, "collection": name, "EOF": end, "CRC": bson.Int64(0)})


def _joined(documents: Iterable[Document | bytes]) -> bytes:
    return b"".join(d if isinstance(d, bytes) else bson.encode(d) for d in documents)
