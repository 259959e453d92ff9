"""Decides how to read a file: by its first bytes, except BSON files, which are named after their collection."""

import json
from pathlib import Path
from typing import Final

from wrapped_cli.errors import CommandError
from wrapped_cli.importers.dump import ARCHIVE_MAGIC, DumpArchive, DumpFile
from wrapped_cli.importers.file_types import file_type_of
from wrapped_cli.importers.json_file import JsonFile
from wrapped_cli.importers.rows import Source
from wrapped_cli.importers.sqlite_file import SQLITE_MAGIC, PluginFile
from wrapped_cli.importers.streams import head_of, is_gzipped

_JSON_ENDINGS: Final = (".json", ".jsonl", ".ndjson", ".json.gz", ".jsonl.gz", ".ndjson.gz")
_BETWEEN: Final = "\ufeff \t\r\n\x1e"


def source_of(path: Path) -> Source:
    """Return a file as a source.

    Raises:
        CommandError: it cannot be read, or its format cannot be imported.
    """
    if not path.is_file():
        raise CommandError(f"{path} is neither a file nor a folder" if path.exists() else f"{path} does not exist")
    if path.stat().st_size == 0:
        raise CommandError(f"{path} is empty")
    if path.name.endswith((".bson", ".bson.gz")):
        return DumpFile(path)
    head = head_of(path)
    if head.startswith(SQLITE_MAGIC):
        if is_gzipped(path):
            raise CommandError(f"{path} is a gzipped SQLite file: unpack it first")
        return PluginFile(path)
    if head.startswith(ARCHIVE_MAGIC):
        return DumpArchive(path)
    if path.name.lower().endswith(_JSON_ENDINGS) or _is_json(head):
        return JsonFile(path)
    raise CommandError(f"{path} cannot be imported: it looks like {file_type_of(path)}")


def _is_json(head: bytes) -> bool:
    text = head.decode(json.detect_encoding(head), "replace").lstrip(_BETWEEN)
    return text.startswith(("{", "["))
