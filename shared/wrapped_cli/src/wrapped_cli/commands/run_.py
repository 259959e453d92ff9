"""`wrapped run`: materialises everything the data in MongoDB requires, through Dagster, without a daemon."""

from typing import Annotated

import typer

Locations = Annotated[
    list[str] | None, typer.Option("--location", metavar="L", help="Run only this location (repeatable).")
]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="Recompute the days from this one on.")]
To = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Recompute the days up to this one.")]
Players = Annotated[
    list[str] | None, typer.Option("--player", metavar="NAME", help="Recompute only this player (repeatable).")
]


def run(location: Locations = None, from_: From = None, to: To = None, player: Players = None) -> None:
    """Compute everything that is owed: days, then reports. Run it again at any time, even after it was killed.

    The exit code is 0 if every step succeeded; failed checks and unknown players are printed and do not change it.
    """
    from wrapped_shared.words import counted

    from wrapped_cli.commands.run_view import ConsoleReport
    from wrapped_cli.errors import CommandError
    from wrapped_cli.runner.session import run_session

    errors = run_session(ConsoleReport(), locations=location or [], first=from_, last=to, players=player or [])
    if errors:
        raise CommandError(f"{counted(len(errors), 'step')} failed: {errors[0]}")
