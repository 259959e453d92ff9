"""`wrapped import`: plugin files, dumps and JSON into the raw database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from wrapped_shared.words import counted

from wrapped_cli.text import clean

if TYPE_CHECKING:
    from wrapped_cli.importers import Progress
    from wrapped_cli.importers.load import FileReport
    from wrapped_cli.importers.rows import Source


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="The plugin's SQLite file, a mongodump archive or BSON file, JSON (lines or arrays), or a folder of "
            "these; gzipped or not.",
            show_default=False,
            exists=True,
        ),
    ],
    player: Annotated[
        str | None,
        typer.Option(
            "--player",
            metavar="NAME",
            help="Store every event under this username: for a capture without a usable name, or to combine "
            "several captures of one person.",
        ),
    ] = None,
) -> None:
    """Import telemetry. Importing the same file again adds nothing; after an interruption, just run it again.

    If a file has no readable row, that is reported, the others are imported, and the exit code is 1.
    """
    from wrapped_cli.commands.connection import opened
    from wrapped_cli.importers import import_files
    from wrapped_cli.importers.look import look_at, no_rows

    found = look_at(paths, player)
    refused = found.refused
    if found.files:
        with opened() as mongo, _progress(len(found.files)) as progress:
            reports = import_files(mongo, found, progress)
        _print(reports, player)
        refused += [
            no_rows(r.source.path, r.invalid) for r in reports if r.source is not None and not (r.read or r.forgotten)
        ]
    for line in refused:
        typer.echo(f"wrapped: {clean(line, 2000)}", err=True)
    if refused:
        raise typer.Exit(1)


@contextmanager
def _progress(files: int) -> "Iterator[Progress]":
    """Show one progress bar over all files, with the current file's name, on stderr if that is a terminal."""
    from wrapped_cli.commands.progress import progress_bars

    def advance(number: int, source: "Source") -> None:
        part = min(1.0, source.done() / max(1, source.total))
        bars.update(task, completed=number + part, description=clean(source.label, 50))

    with progress_bars() as bars:
        task = bars.add_task("importing", total=files)
        yield advance


def _print(reports: "list[FileReport]", player: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from wrapped_cli.importers.load import together
    from wrapped_cli.text import clean, number

    console = Console(markup=False, highlight=False, emoji=False, soft_wrap=True)
    for report in reports:
        console.print(_line(report))
    total = together(reports)
    table = Table("collection", "added", "already there", title="Imported", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name in sorted(total.added | total.present):
        table.add_row(name, number(total.added[name]), number(total.present[name]))
    table.add_row("all", number(total.added.total()), number(total.present.total()), style="bold")
    console.print(table)
    for reason, count in total.invalid.most_common():
        console.print(f"left out: {number(count)} × {reason} (first: {clean(total.first_invalid[reason])})")
    if total.forgotten:
        console.print(f"skipped: {counted(total.forgotten, 'row')} of forgotten players (wrapped forget --undo)")
    if player is not None and len(total.renamed) > 1:
        names = ", ".join(clean(name, 30) for name in sorted(total.renamed))
        console.print(f"note: events of several players ({names}) are now stored as {clean(player, 30)}")
    days = sorted(total.days)
    if days:
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        console.print(f"{counted(len(days), 'day')} to compute, {span}: wrapped run")
    else:
        console.print("nothing new")


def _line(report: "FileReport") -> str:
    """Return the result for one file: `session.db: 1,735 events of 1 player, 20 new, 3 rows left out`."""
    from wrapped_shared.collections import HISCORES

    from wrapped_cli.importers.load import MOST_PLAYERS

    snapshots = report.added[HISCORES] + report.present[HISCORES]
    events = report.read - snapshots
    beyond = " or more" if len(report.players) >= MOST_PLAYERS else ""
    parts = [f"{counted(events, 'event')} of {counted(len(report.players), 'player')}{beyond}"] if events else []
    parts += [counted(snapshots, "hiscores snapshot")] if snapshots else []
    new = report.added.total()
    fresh = "all" if new == report.read else f"{new:,}" if new else "none"
    said = f"{' and '.join(parts)}, {fresh} new" if parts else "nothing to import"
    left = f", {counted(report.invalid.total(), 'row')} left out" if report.invalid else ""
    name = clean(report.source.path if report.source else "", 300)
    return f"{name}: {said}{left}"
