"""Imports like `wrapped import` does and returns the result for all files together."""

from collections.abc import Sequence
from pathlib import Path

from wrapped_cli.importers import import_files
from wrapped_cli.importers.load import FileReport, together
from wrapped_cli.importers.look import look_at
from wrapped_shared.mongo import MongoResource


def import_paths(mongo: MongoResource, paths: Sequence[Path], *, player: str | None = None) -> FileReport:
    """Import files that all contain rows."""
    found = look_at(paths, player)
    assert not found.refused
    return together(import_files(mongo, found))
