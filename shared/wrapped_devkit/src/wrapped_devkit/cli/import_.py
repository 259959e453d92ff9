"""`wrapped import`: plugin files, dumps and JSON lines into the raw database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.progress import TaskID

    from wrapped_devkit.importers import Progress
    from wrapped_devkit.importers.load import ImportReport
    from wrapped_devkit.importers.rows import Source


def register(app: typer.Typer) -> None:
    """Add the command `import`."""
    app.command("import")(import_)


def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help="SQLite file of the plugin, mongodump folder or archive, JSON lines; gzipped or not.",
            show_default=False,
            exists=True,
        ),
    ],
    player: Annotated[
        str | None,
        typer.Option(
            "--player",
            metavar="NAME",
            help="Store every event under this username: for a capture without a usable name, or to gather "
            "several captures of one person.",
        ),
    ] = None,
) -> None:
    """Import telemetry. Importing the same again adds nothing; after an interruption, simply run it again."""
    from wrapped_devkit.cli.connection import opened
    from wrapped_devkit.importers import import_paths

    with opened() as mongo, _progress() as progress:
        report = import_paths(mongo, paths, player=player, progress=progress)
    _print(report, player)


@contextmanager
def _progress() -> "Iterator[Progress]":
    """Show a bar for each file on stderr, where that is a terminal."""
    from wrapped_devkit.cli.progress import progress_bars
    from wrapped_devkit.cli.text import clean

    tasks: dict[int, TaskID] = {}

    def advance(source: "Source") -> None:
        if id(source) not in tasks:
            tasks[id(source)] = bars.add_task(clean(source.label, 50), total=max(1, source.total))
        bars.update(tasks[id(source)], completed=source.done())

    with progress_bars() as bars:
        yield advance


def _print(report: "ImportReport", player: str | None) -> None:
    from rich.console import Console
    from rich.table import Table

    from wrapped_devkit.cli.text import clean, number

    console = Console(markup=False, highlight=False)
    table = Table("collection", "added", "there already", title="Imported", title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    for name in sorted(report.added | report.present):
        table.add_row(name, number(report.added[name]), number(report.present[name]))
    table.add_row("all", number(report.added.total()), number(report.present.total()), style="bold")
    console.print(table)
    for reason, count in report.bad.most_common():
        console.print(f"left out: {number(count)} × {reason} (first: {clean(report.first_bad[reason])})")
    if player is not None and len(report.renamed) > 1:
        names = ", ".join(clean(name, 30) for name in sorted(report.renamed))
        console.print(f"note: events of several players ({names}) are now stored as {clean(player, 30)}")
    days = sorted(report.days)
    if days:
        span = days[0] if len(days) == 1 else f"{days[0]} to {days[-1]}"
        console.print(f"{number(len(days))} day(s) to compute, {span}: wrapped run")
    else:
        console.print("nothing new")
