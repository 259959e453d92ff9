"""`wrapped run`: materialises what the data in MongoDB calls for, through Dagster, without a daemon."""

from typing import Annotated

import typer

Locations = Annotated[list[str] | None, typer.Option("--location", metavar="L", help="Only this code location.")]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="Compute all days from this one on.")]
To = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Compute all days up to this one.")]
Players = Annotated[list[str] | None, typer.Option("--player", metavar="NAME", help="Only this player.")]


def register(app: typer.Typer) -> None:
    """Add the command `run`."""
    app.command("run")(run)


def run(location: Locations = None, from_: From = None, to: To = None, player: Players = None) -> None:
    """Compute what waits to be computed: days, then reports. Run it again at any time, also after it was killed.

    Ends with 0 when every step succeeded; failed checks and unknown players are printed and do not change that.
    """
    from wrapped_cli.commands.run_view import ConsoleReporter
    from wrapped_cli.errors import CommandError
    from wrapped_cli.runner.session import run_session

    reporter = ConsoleReporter()
    errors = run_session(reporter, locations=location or [], first=from_, last=to, players=player or [])
    if errors:
        raise CommandError(f"{len(errors)} step(s) failed: {errors[0]}")
