"""`wrapped generate`: loads seeded synthetic telemetry into the raw database."""

from typing import Annotated

import typer

Players = Annotated[int, typer.Option("--players", metavar="N", min=1, help="Number of players.")]
Days = Annotated[int, typer.Option("--days", metavar="N", min=1, help="Number of days.")]
Ticks = Annotated[int, typer.Option("--ticks", metavar="N", min=1, help="Game ticks per player and day.")]
Seed = Annotated[int, typer.Option("--seed", metavar="S", help="The same seed gives the same telemetry.")]
Start = Annotated[str, typer.Option("--start", metavar="YYYY-MM-DD", help="The first day (UTC).")]
Hostile = Annotated[bool, typer.Option("--hostile", help="Add invalid documents of every kind.")]


def register(app: typer.Typer) -> None:
    """Add the command `generate`."""
    app.command("generate")(generate)


def generate(
    players: Players = 5,
    days: Days = 30,
    ticks: Ticks = 400,
    seed: Seed = 1,
    start: Start = "2024-08-01",
    hostile: Hostile = False,
) -> None:
    """Generate synthetic telemetry. The same arguments give the same events, and generating them again adds nothing."""
    from wrapped_cli.commands.connection import opened
    from wrapped_cli.commands.progress import progress_bars
    from wrapped_cli.errors import CommandError
    from wrapped_cli.text import number

    from wrapped_devkit.generator import estimate, write

    with opened() as mongo, progress_bars() as bars:
        task = bars.add_task("generating", total=estimate(players=players, days=days, ticks=ticks))
        try:
            added = write(
                mongo.raw,
                mongo.analytics,
                players=players,
                days=days,
                ticks=ticks,
                seed=seed,
                start=start,
                hostile=hostile,
                progress=lambda documents: bars.advance(task, documents),
            )
        except ValueError as error:
            raise CommandError(str(error)) from None
    for collection, count in added.items():
        typer.echo(f"{collection}: {number(count)} added")
    typer.echo("to compute the days: wrapped run")
