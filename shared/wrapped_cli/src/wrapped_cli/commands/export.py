"""`wrapped export`: everything stored about a player that cannot be computed again, in one file."""

from pathlib import Path
from typing import Annotated

import typer


def export(
    player: Annotated[
        str, typer.Argument(metavar="PLAYER", help="Any name the player had, in any form.", show_default=False)
    ],
    path: Annotated[
        Path, typer.Argument(metavar="FILE.jsonl.gz", help="The file to write.", show_default=False, dir_okay=False)
    ],
) -> None:
    """Write all raw events and hiscores snapshots of a player to a file that `wrapped import` reads back.

    Summaries of sealed days, whose events may be gone, and the links of the player's names are included.
    """
    from wrapped_shared.words import counted

    from wrapped_cli.commands.connection import opened
    from wrapped_cli.commands.hints import hint_at_unknown
    from wrapped_cli.errors import CommandError
    from wrapped_cli.privacy import who
    from wrapped_cli.privacy.export import export as write
    from wrapped_cli.text import clean

    if not path.name.endswith(".gz"):
        raise CommandError("the file is gzipped: give it a name such as player.jsonl.gz")
    with opened() as mongo:
        found = who.find(mongo.analytics, player)
        written = write(mongo.raw, mongo.analytics, found, path)
        if not written:
            hint_at_unknown(mongo, [found.key])
    parts = [f"{count:,} of {name}" for name, count in written.items()]
    typer.echo(
        f"{clean(path, 300)}: {counted(written.total(), 'document')}" + (f" ({', '.join(parts)})" if parts else "")
    )
