"""The files of a folder to import: plugin files, exports and dumps, in any mix and at any depth.

Skipped are hidden files, the files SQLite keeps next to its database, and in a dump the metadata, other collections,
empty collections, and databases other than the raw one.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from wrapped_shared.collections import RAW_DATABASE

from wrapped_cli.importers.dump import dumped_collection, in_a_dump
from wrapped_cli.importers.sqlite_open import SIDE_FILES
from wrapped_cli.importers.streams import is_empty

_BSON: Final = (".bson", ".bson.gz")
_OF_A_DUMP: Final = (".metadata.json", ".metadata.json.gz")
_OF_ITS_ROOT: Final = frozenset({"prelude.json", "prelude.json.gz", "oplog.bson", "oplog.bson.gz"})


def files_in(folder: Path, refuse: Callable[[str], None]) -> Iterator[Path]:
    """Yield the files in order of their names; `refuse` gets a line for each folder that cannot be read."""
    for place, folders, names in os.walk(
        folder, onerror=lambda error: refuse(f"cannot read {error.filename}: {error.strerror}")
    ):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(place)
        databases = [name for name in folders if any(map(_is_raw, _files(here / name)))]
        if len(databases) > 1:
            passed = {name for name in databases if name != RAW_DATABASE}
            if RAW_DATABASE not in databases:
                named = ", ".join(str(here / name) for name in databases)
                refuse(f"several databases in {here} hold raw collections: name one of {named}")
            folders[:] = [name for name in folders if name not in passed]
        yield from (here / name for name in sorted(names) if _wanted(here / name))


def _files(folder: Path) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.is_file()]
    except OSError:  # reported when the walk gets there
        return []


def _is_raw(path: Path) -> bool:
    return path.name.endswith(_BSON) and dumped_collection(path) is not None


def _wanted(path: Path) -> bool:
    name = path.name
    if name.startswith(".") or name.endswith(_OF_A_DUMP) or name in _OF_ITS_ROOT:
        return False
    if any(name.endswith(end) and path.with_name(name.removesuffix(end)).is_file() for end in SIDE_FILES):
        return False
    if name.endswith(_BSON) and in_a_dump(path):
        return dumped_collection(path) is not None and not is_empty(path)
    return True
