"""`wrapped prune`: removes old raw events, once everything that they count for is stored."""

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections import Counter


def prune(
    before: Annotated[str, typer.Option("--before", metavar="DAY", help="The first day (UTC) whose events are kept.")],
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation prompt.")] = False,
) -> None:
    """Remove the raw events before a day, and seal those days: results computed from them are kept.

    Refused while anything before that day is owed. Hiscores snapshots are kept. After an interruption, run it again: it
    continues. Back up first: removed events cannot be restored.
    """
    from wrapped_shared.seal import SealRefused
    from wrapped_shared.words import counted

    from wrapped_cli.commands.asking import confirm
    from wrapped_cli.commands.books import bookkeeper
    from wrapped_cli.commands.connection import opened
    from wrapped_cli.commands.progress import progress_bars
    from wrapped_cli.errors import CommandError

    location = bookkeeper()
    if location.prune is None:
        raise CommandError(f"{location.name} cannot prune: its module has no function `prune`")
    with opened() as mongo, progress_bars() as bars:
        bar = bars.add_task("auditing")

        def progress(what: str, done: int, of: int) -> None:
            bars.update(bar, description=what, completed=done, total=of)

        def agree(found: "Counter[str]") -> None:
            bars.stop()
            _show(found, before)
            if not yes:
                confirm(f"Remove them for good, and seal the days before {before}?")
            bars.start()

        try:
            removed = location.prune(mongo, before, agree, progress)
        except SealRefused as error:
            raise CommandError(str(error)) from None
    typer.echo(f"removed: {counted(removed, 'raw event')}; the days before {before} are sealed")


def _show(found: "Counter[str]", before: str) -> None:
    from wrapped_cli.text import number

    typer.echo(f"raw events before {before}:")
    for name, count in found.items():
        typer.echo(f"  {name}: {number(count)}")
