"""Reads the output of `mongodump`: folders of BSON files, and archives; gzipped or not.

The layout of an archive, all integers little-endian: the magic number 0x8199e26d; a prelude of BSON documents
(one for the archive, one for each collection: `db`, `collection`, `metadata`…) closed by 0xffffffff; then
blocks, each a BSON header (`db`, `collection`, `EOF`, `CRC`), BSON documents, and 0xffffffff. Blocks of
several collections may alternate; a header with `EOF` true ends its collection.
"""

import re
from abc import abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from wrapped_shared.collections import HISCORES, RAW_DATABASE, RAW_EVENT_COLLECTIONS

from wrapped_cli.errors import CommandError
from wrapped_cli.importers.events import collection_of_name
from wrapped_cli.importers.rows import CUT_OFF, Invalid, InvalidRowError, Row, Source
from wrapped_cli.importers.streams import CutOffError, Input, decode

ARCHIVE_MAGIC: Final = (0x8199E26D).to_bytes(4, "little")
_TERMINATOR: Final = b"\xff\xff\xff\xff"
_COLLECTIONS: Final = (*RAW_EVENT_COLLECTIONS, HISCORES)


class _Dump(Source):
    """What a BSON file and an archive have in common."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.total = path.stat().st_size
        self._done = 0
        self._number = 0
        self._now = path.name

    def done(self) -> int:
        """Return the bytes read."""
        return self._done

    def where(self) -> str:
        """Return the last document read, counted from 1 within its collection or block."""
        return f"{self._now} document {self._number}"

    def _row(self, file: Input, prefix: bytes, collection: str) -> Row | Invalid:
        self._number += 1
        if self._number % 100 == 0:
            self._done = file.position()
        raw = file.document(prefix)
        try:
            document, clean = decode(raw)
            return Row(collection, document, raw if clean else None)
        except InvalidRowError as invalid:
            return Invalid(str(invalid))

    def rows(self) -> Iterator[Row | Invalid]:
        """Read the documents."""
        self._done = self._number = 0
        with Input(self.path) as file:
            try:
                yield from self._rows(file)
            except CutOffError as damage:
                yield Invalid(str(damage))

    @abstractmethod
    def _rows(self, file: Input) -> Iterator[Row | Invalid]:
        """Read the documents.

        Raises:
            CutOffError: the file is damaged.
        """


class DumpFile(_Dump):
    """One BSON file of a dump: the documents of one collection, one after the other."""

    def __init__(self, path: Path) -> None:
        """Find out its collection.

        Raises:
            CommandError: it is not named after a raw collection.
        """
        super().__init__(path)
        collection = dumped_collection(path)
        if collection is None:
            raise CommandError(f"{path} is not named after a raw collection, such as game_ticks.bson")
        self._collection = collection

    def _rows(self, file: Input) -> Iterator[Row | Invalid]:
        while prefix := file.read(4):
            yield self._row(file, prefix, self._collection)


class DumpArchive(_Dump):
    """One archive: the raw collections of one database in it; everything else is skipped."""

    def __init__(self, path: Path) -> None:
        """Read its prelude.

        Raises:
            CommandError: it cannot be read, or does not hold exactly one database with raw collections.
        """
        super().__init__(path)
        with Input(path) as file:
            try:
                _prelude(file, path)
            except CutOffError:
                raise CommandError(f"{path} is a damaged mongodump archive: its start is cut off") from None

    def _rows(self, file: Input) -> Iterator[Row | Invalid]:
        database, open_ones = _prelude(file, self.path)
        while prefix := file.read(4):
            yield from self._block(file, prefix, database, open_ones)
        if open_ones:
            raise CutOffError(CUT_OFF)

    def _block(self, file: Input, prefix: bytes, database: str, open_ones: set[str]) -> Iterator[Row | Invalid]:
        header = _header(file, prefix)
        name = str(header.get("collection"))
        wanted = header.get("db") == database and name in _COLLECTIONS
        if wanted and header.get("EOF"):
            open_ones.discard(name)
        self._now, self._number = f"{self.label} {name}", 0
        while (prefix := file.read(4)) != _TERMINATOR:
            if wanted:
                yield self._row(file, prefix, name)
            else:
                file.document(prefix)


def dumped_collection(path: Path) -> str | None:
    """Return the raw collection that a BSON file is named after, or None.

    Next to its metadata, as in a dump, only the whole name counts (`old_game_ticks` is another collection); a file
    outside its dump may have a prefix, such as `monday-game_ticks.bson`.
    """
    stem = unquote(path.name.removesuffix(".gz").removesuffix(".bson"))
    collection = collection_of_name(stem)
    if collection is not None or in_a_dump(path):
        return collection
    return next((name for name in _COLLECTIONS if re.search(rf"[^a-z]{name}$", stem)), None)


def in_a_dump(path: Path) -> bool:
    """Return whether the metadata file that `mongodump` writes next to a BSON file exists."""
    stem = path.name.removesuffix(".gz").removesuffix(".bson")
    return any(path.with_name(f"{stem}.metadata.json{end}").exists() for end in ("", ".gz"))


def _header(file: Input, prefix: bytes) -> dict[str, object]:
    try:
        return decode(file.document(prefix))[0]
    except InvalidRowError:
        raise CutOffError(CUT_OFF) from None


def _prelude(file: Input, path: Path) -> tuple[str, set[str]]:
    """Read an archive up to its blocks.

    Returns:
        The database to read, and those of its raw collections that the archive lists.
    """
    if file.read(4) != ARCHIVE_MAGIC:
        raise CutOffError(CUT_OFF)
    _header(file, file.read(4))
    databases: dict[str, set[str]] = {}
    while (prefix := file.read(4)) != _TERMINATOR:
        listed = _header(file, prefix)
        if listed.get("collection") in _COLLECTIONS:
            databases.setdefault(str(listed.get("db")), set()).add(str(listed["collection"]))
    if RAW_DATABASE in databases:
        return RAW_DATABASE, databases[RAW_DATABASE]
    if len(databases) == 1:
        return databases.popitem()
    if not databases:
        raise CommandError(f"{path} is a mongodump archive without raw collections such as game_ticks")
    raise CommandError(
        f"several databases in {path} hold raw collections and none is called {RAW_DATABASE}: "
        "create an archive of one database (mongodump --db)"
    )
