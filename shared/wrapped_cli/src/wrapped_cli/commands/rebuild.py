"""`wrapped rebuild`: computes days again from their raw events, then all reports from the days."""

import time
from typing import TYPE_CHECKING, Annotated

import typer
from wrapped_shared.words import counted

from wrapped_cli.errors import CommandError

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource

From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="Only days from this one on.")]
To = Annotated[str | None, typer.Option("--to", metavar="DAY", help="Only days up to this one.")]
Reports = Annotated[bool, typer.Option("--reports", help="No days: compute what is owed, then all reports.")]


def rebuild(from_: From = None, to: To = None, reports: Reports = False) -> None:
    """Compute all days with events again, newest first, then all reports from their days, in portions.

    The days are requested in MongoDB: after an interruption, run it again, or `wrapped run`, to continue. Sealed days
    and days that lost events keep what is stored. Prints the seconds per million events when done.
    """
    from wrapped_shared.asset_keys import PLAYER_STATS

    from wrapped_cli import rebuilding
    from wrapped_cli.commands.connection import opened
    from wrapped_cli.commands.run_view import ConsoleReport
    from wrapped_cli.runner.session import run_session

    with opened() as mongo:
        days = rebuilding.left(mongo.analytics)
        if days is None:
            days = set() if reports else _begin(mongo, from_, to)
            if reports:
                rebuilding.begin(mongo.analytics, [])
        elif from_ or to:
            raise CommandError("another rebuild is unfinished: continue it first, without --from and --to")
        else:
            typer.echo(f"continuing: {len(days):,} of {counted(rebuilding.total(mongo.analytics), 'day')} left")
    started = time.monotonic()
    errors = run_session(ConsoleReport(), locations=[PLAYER_STATS])
    seconds = time.monotonic() - started
    with opened() as mongo:
        still = rebuilding.left(mongo.analytics)
        done = sorted(days - (still or set()))
        events = rebuilding.events_of(mongo.analytics, done)
    each = f": {seconds * 1_000_000 / events:.1f} s per million events" if events else ""
    what = "the reports and " * (still is None)
    typer.echo(f"rebuilt {what}{counted(len(done), 'day')}, {counted(events, 'event')} in {seconds:.0f} s{each}")
    if errors:
        raise CommandError(f"{counted(len(errors), 'step')} failed: {errors[0]}")
    if still is not None:
        raise CommandError("not everything could be rebuilt: run it again to continue")


def _begin(mongo: "MongoResource", from_: str | None, to: str | None) -> set[str]:
    from wrapped_shared.periods import is_day

    from wrapped_cli import rebuilding
    from wrapped_cli.commands.books import bookkeeper

    for option, day in (("--from", from_), ("--to", to)):
        if day is not None and not is_day(day):
            raise CommandError(f"{option} needs a day such as 2024-12-31, not {day[:20]!r}")
    location = bookkeeper()
    if location.days_of is None:
        raise CommandError(f"{location.name} cannot rebuild: its module has no function `days_of`")
    known = [day for day in location.days_of(mongo, []) if (from_ or "") <= day <= (to or "9999")]
    days = rebuilding.rebuildable(mongo.analytics, known)
    if kept := len(known) - len(days):
        typer.echo(f"{counted(kept, 'day')} lost events and keep what is stored (docs/operating.md)")
    if not days:
        raise CommandError("no days to rebuild: import telemetry first, or choose other days")
    rebuilding.begin(mongo.analytics, days)
    typer.echo(f"rebuilding {counted(len(days), 'day')}, {days[0]} to {days[-1]}")
    return set(days)
