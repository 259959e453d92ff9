"""`wrapped demo`: the whole product on sample data, offline."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from rich.console import Console


def register(app: typer.Typer) -> None:
    """Add the command `demo`."""
    app.command("demo")(demo)


def demo() -> None:
    """Load a sample year, compute everything, and show a report. Works offline and can be repeated."""
    from rich.console import Console
    from wrapped_cli.commands.report import report, write_all
    from wrapped_cli.commands.run_view import ConsoleReport
    from wrapped_cli.errors import CommandError
    from wrapped_cli.runner.session import run_session
    from wrapped_shared.words import counted

    from wrapped_devkit.demo import load_sample, preview_folder, stand_in
    from wrapped_devkit.generator.profiles import FIRST_DAY, LAST_DAY, PROFILES, YEAR

    console = Console(highlight=False)
    console.print(f"Sample telemetry: {len(PROFILES)} players, {FIRST_DAY} to {LAST_DAY}. All data is synthetic.")
    added = load_sample()
    console.print(f"  {sum(added.values()):,} documents added to MongoDB")
    with stand_in():
        errors = run_session(ConsoleReport())
    if errors:
        raise CommandError(f"{counted(len(errors), 'step')} failed: {errors[0]}")
    report(PROFILES[0].last_name, period=YEAR)
    console.print()
    pages = write_all(preview_folder()).resolve().as_uri()
    report(PROFILES[0].last_name, period=YEAR, card=preview_folder() / "card.png")
    _what_next(console, pages)


def _what_next(console: "Console", pages: str) -> None:
    """Print where the results are and what to try."""
    import shutil

    from wrapped_cli.text import shown

    from wrapped_devkit.demo import SAMPLE_GROUP
    from wrapped_devkit.generator.profiles import PROFILES, YEAR

    wrapped = "wrapped" if shutil.which("wrapped") else ".venv/bin/wrapped"
    console.print("Everyone's pages and the group's, to open in a browser:")
    console.print("  ", shown(pages, 400), sep="", soft_wrap=True)
    console.print(f"The players of {YEAR}:")
    for profile in PROFILES:
        console.print(f"  {profile.last_name:<14} {profile.known_for}", soft_wrap=True)
    console.print("Try next:")
    for command, does in (
        (f'{wrapped} report "{PROFILES[1].last_name}"', "another report"),
        (f'{wrapped} report "{PROFILES[1].last_name}" --html report.html', "the same as a page"),
        (f'{wrapped} report "{PROFILES[1].last_name}" --card card.png', "the same as a picture to share"),
        (f'{wrapped} group "{SAMPLE_GROUP}"', "who is in the group"),
        (f"{wrapped} rename --list", "names that belong to one player"),
        (f"{wrapped} doctor", "what is there and what is owed"),
        ("make dev", "the Dagster UI on this data: http://localhost:3000"),
    ):
        console.print(f"  {command:<58} {does}", soft_wrap=True)
