"""What `mongodump` writes: folders of BSON files, and archives; gzipped or not.

The layout of an archive, all integers little-endian: the magic number 0x8199e26d; a prelude of BSON documents
(one for the archive, one for each collection: `db`, `collection`, `metadata`…) closed by 0xffffffff; then
blocks, each a BSON header (`db`, `collection`, `EOF`, `CRC`), BSON documents, and 0xffffffff. Blocks of
several collections may alternate; a header with `EOF` true ends its collection.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from wrapped_shared.collections import HISCORES, RAW_DATABASE, RAW_EVENT_COLLECTIONS

from wrapped_devkit.errors import DevkitError
from wrapped_devkit.importers.events import collection_of_name
from wrapped_devkit.importers.rows import CUT_OFF, Bad, BadRowError, Row, Source
from wrapped_devkit.importers.streams import CutOffError, Input, decode

ARCHIVE_MAGIC: Final = (0x8199E26D).to_bytes(4, "little")
_TERMINATOR: Final = b"\xff\xff\xff\xff"
_COLLECTIONS: Final = (*RAW_EVENT_COLLECTIONS, HISCORES)


class _Dump(Source):
    """What a BSON file and an archive have in common."""

    def __init__(self, path: Path) -> None:
        self.label = path.name
        self.total = path.stat().st_size
        self._path = path
        self._done = 0
        self._number = 0
        self._now = path.name

    def done(self) -> int:
        """Return the bytes read."""
        return self._done

    def where(self) -> str:
        """Return the document read last, counted from 1 within its collection or block."""
        return f"{self._now} document {self._number}"

    def _row(self, file: Input, prefix: bytes, collection: str) -> Row | Bad:
        self._number += 1
        if self._number % 100 == 0:
            self._done = file.position()
        raw = file.document(prefix)
        try:
            return Row(collection, decode(raw), raw)
        except BadRowError as bad:
            return Bad(str(bad))


class DumpFile(_Dump):
    """One BSON file of a dump: the documents of one collection, one after the other."""

    def __init__(self, path: Path, collection: str) -> None:
        super().__init__(path)
        self._collection = collection

    def rows(self) -> Iterator[Row | Bad]:
        """Read the documents."""
        with Input(self._path) as file:
            try:
                while prefix := file.read(4):
                    yield self._row(file, prefix, self._collection)
            except CutOffError as damage:
                yield Bad(str(damage))


class DumpArchive(_Dump):
    """One archive: the raw collections of one database in it; everything else is passed over."""

    def rows(self) -> Iterator[Row | Bad]:
        """Read the blocks."""
        with Input(self._path) as file:
            try:
                database, open_ones = _prelude(file, self._path)
                while prefix := file.read(4):
                    yield from self._block(file, prefix, database, open_ones)
                if open_ones:
                    yield Bad(CUT_OFF)
            except CutOffError as damage:
                yield Bad(str(damage))

    def _block(self, file: Input, prefix: bytes, database: str, open_ones: set[str]) -> Iterator[Row | Bad]:
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


def archive(path: Path) -> DumpArchive:
    """Return an archive as a source.

    Raises:
        DevkitError: its prelude cannot be read, or it does not hold exactly one database with raw
            collections.
    """
    with Input(path) as file:
        try:
            _prelude(file, path)
        except CutOffError:
            raise DevkitError(f"{path} is a damaged mongodump archive: its start is cut off") from None
    return DumpArchive(path)


def folder_files(path: Path) -> list[DumpFile]:
    """Return the BSON files of the raw collections in a dump folder, or in the database folder in it.

    Raises:
        DevkitError: there are none, or several databases have some and none is called like the raw database.
    """
    found = {folder: files for folder in _folders(path) if (files := _bson_files(folder))}
    if not found:
        raise DevkitError(f"{path} is no mongodump folder: no file such as game_ticks.bson or game_ticks.bson.gz in it")
    named = [folder for folder in found if folder.name == RAW_DATABASE]
    if len(found) > 1 and len(named) != 1:
        names = ", ".join(sorted(str(folder) for folder in found))
        raise DevkitError(f"several databases in {path} hold raw collections: name one of {names}")
    return found[named[0]] if named else next(iter(found.values()))


def bson_file(path: Path) -> DumpFile:
    """Return one BSON file as a source.

    Raises:
        DevkitError: it is not named after a raw collection.
    """
    collection = collection_of_name(_stem(path))
    if collection is None:
        raise DevkitError(f"{path} is not named after a raw collection, such as game_ticks.bson")
    return DumpFile(path, collection)


def _folders(path: Path) -> list[Path]:
    """Return the folder, its sub-folders (one for each database) and theirs."""
    return [path, *sorted(p for pattern in ("*", "*/*") for p in path.glob(pattern) if p.is_dir())]


def _bson_files(folder: Path) -> list[DumpFile]:
    names = {_stem(p): p for p in sorted(folder.iterdir()) if p.name.endswith((".bson", ".bson.gz")) and p.is_file()}
    return [DumpFile(names[name], name) for name in _COLLECTIONS if name in names]


def _stem(path: Path) -> str:
    return unquote(path.name.removesuffix(".gz").removesuffix(".bson"))


def _header(file: Input, prefix: bytes) -> dict[str, object]:
    try:
        return decode(file.document(prefix))
    except BadRowError:
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
        raise DevkitError(f"{path} is a mongodump archive without raw collections such as game_ticks")
    raise DevkitError(
        f"several databases in {path} hold raw collections and none is called {RAW_DATABASE}: "
        "make the archive of one database (mongodump --db)"
    )
