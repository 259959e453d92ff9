"""Telling what kind of file a path is: by its first bytes, not by its name."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wrapped_devkit.errors import DevkitError
from wrapped_devkit.importers.dump import ARCHIVE_MAGIC, archive, bson_file, folder_files
from wrapped_devkit.importers.json_lines import JsonLines
from wrapped_devkit.importers.rows import Source
from wrapped_devkit.importers.sqlite_file import SQLITE_MAGIC, plugin_tables
from wrapped_devkit.importers.streams import CutOffError, Input

_JSON_ENDINGS: Final = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")


def sources_of(path: Path) -> Sequence[Source]:
    """Return what is to be read of a path, in order.

    Raises:
        DevkitError: it does not exist, cannot be read, or is none of the kinds that can be imported.
    """
    if path.is_dir():
        return folder_files(path)
    if not path.exists():
        raise DevkitError(f"{path} does not exist")
    if not path.is_file():
        raise DevkitError(f"{path} is neither a file nor a folder")
    if path.name.endswith((".bson", ".bson.gz")):
        return [bson_file(path)]
    head = _head(path)
    if head.startswith(SQLITE_MAGIC):
        return plugin_tables(path)
    if head.startswith(ARCHIVE_MAGIC):
        return [archive(path)]
    if path.name.lower().endswith(_JSON_ENDINGS) or head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return [JsonLines(path)]
    raise DevkitError(f"{path} is no SQLite file of the plugin, no mongodump folder or archive, and no JSON lines")


def _head(path: Path) -> bytes:
    with Input(path) as file:
        try:
            return file.read(256)
        except CutOffError:
            return b""
