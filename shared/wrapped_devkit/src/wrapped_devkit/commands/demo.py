"""`wrapped demo`: the whole product on sample data, offline."""

import typer


def register(app: typer.Typer) -> None:
    """Add the command `demo`."""
    app.command("demo")(demo)


def demo() -> None:
    """Load sample telemetry, compute everything, and show a report. Works offline and can be repeated."""
    from rich.console import Console
    from wrapped_cli.commands.report import report, write_all
    from wrapped_cli.commands.run_view import ConsoleReporter
    from wrapped_cli.errors import CommandError
    from wrapped_cli.runner.session import run_session
    from wrapped_cli.text import shown
    from wrapped_shared.asset_keys import HISCORES, IMAGE_MAP, PLAYER_STATS

    from wrapped_devkit.demo import SAMPLE, load_sample, longest_played, preview_folder, stand_in

    console = Console(highlight=False)
    console.print(
        f"Sample telemetry: {SAMPLE.players} players, {SAMPLE.days} days from {SAMPLE.start} on. All data is synthetic."
    )
    added = load_sample()
    console.print(f"  {sum(added.values()):,} events added to MongoDB")
    reporter = ConsoleReporter()
    with stand_in() as upstream:
        errors = run_session(reporter)
        upstream.let_time_pass(days=30)
        console.print("One month later on the stand-in hiscores:")
        errors += run_session(reporter, locations=[HISCORES], players=SAMPLE.names())
        errors += run_session(reporter, locations=[PLAYER_STATS, IMAGE_MAP])
    if errors:
        raise CommandError(f"{len(errors)} step(s) failed: {errors[0]}")
    player = longest_played()
    report(player)
    console.print("\nOther reports: wrapped report NAME - names: ", shown(", ".join(SAMPLE.names())), sep="")
    index = write_all(preview_folder())
    console.print("Open it in a browser:", shown(index.resolve().as_uri(), 400), soft_wrap=True)
    console.print("The Dagster UI on this data: make dev, then http://localhost:3000")
