"""Inspects what is to be imported before connecting to MongoDB: which files contain rows, and which do not."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from wrapped_shared.names import player_key
from wrapped_shared.settings import first_day

from wrapped_cli.errors import CommandError
from wrapped_cli.importers.file_types import file_type_of
from wrapped_cli.importers.rows import Invalid, Source
from wrapped_cli.importers.sources import source_of
from wrapped_cli.importers.walk import files_in


@dataclass
class Found:
    """What an import is about to do."""

    files: list[Source] = field(default_factory=list)
    """Files with at least one readable row."""
    refused: list[str] = field(default_factory=list)
    """A line for each file without one: what it looks like, and what to do."""
    player: str | None = None
    """The username that every event gets instead of its own; None keeps the original names."""
    first_day: str = ""
    """The first day that counts (UTC): earlier days are never requested."""


def look_at(paths: Sequence[Path], player: str | None = None) -> Found:
    """Inspect files, including all files in folders, up to the first readable row of each.

    Args:
        paths: plugin SQLite files, mongodump archives and BSON files, JSON files, and folders of these; all but
            SQLite files may be gzipped.
        player: the username for every event: for a capture without a usable name, or to combine several captures
        of one person under one name. Hiscores snapshots keep their player.

    Raises:
        CommandError: `player` is not a name, or WRAPPED_FIRST_DAY is not a day.
    """
    if player is not None and player_key(player) is None:
        raise CommandError("--player needs a non-empty name")
    try:
        found = Found(player=player, first_day=first_day())
    except ValueError as error:
        raise CommandError(str(error)) from None
    for named in paths:
        for path in _files(named, found.refused):
            try:
                found.files.append(_with_rows(path))
            except CommandError as refusal:
                found.refused.append(str(refusal))
            except OSError as error:
                found.refused.append(f"cannot read {path}: {error.strerror}")
    return found


def no_rows(path: Path, invalid: Counter[str]) -> str:
    """Return the line for a file without a readable row, from the invalid rows by reason."""
    reasons = ", ".join(f"{count:,} × {reason}" for reason, count in invalid.most_common(3))
    return f"{path} has no row that can be imported: it looks like {file_type_of(path)}; {reasons or 'it has no rows'}"


def _files(path: Path, refused: list[str]) -> Iterator[Path]:
    if not path.is_dir():
        yield path
        return
    reported, empty = len(refused), True
    for inner in files_in(path, refused.append):
        empty = False
        yield inner
    if empty and len(refused) == reported:
        refused.append(f"{path} contains nothing to import: no plugin file, JSON file or dump")


def _with_rows(path: Path) -> Source:
    source = source_of(path)
    invalid: Counter[str] = Counter()
    for row in source.rows():
        if not isinstance(row, Invalid):
            return source
        invalid[row.reason] += 1
    raise CommandError(no_rows(path, invalid))
