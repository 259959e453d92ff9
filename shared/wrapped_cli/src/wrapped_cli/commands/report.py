"""`wrapped report`: a player's report as tables, JSON, a page or a picture; or everyone's pages.

The layout is in `report_view`, `wrapped_cli.preview` and `wrapped_card`.
"""

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wrapped_cli.commands.connection import opened
from wrapped_cli.commands.usage import UsageError
from wrapped_cli.errors import CommandError
from wrapped_cli.text import clean

if TYPE_CHECKING:
    from pymongo.collection import Collection


def report(
    player: Annotated[str | None, typer.Argument(metavar="PLAYER", help="The player's name, in any form.")] = None,
    period: Annotated[
        str | None,
        typer.Option(
            "--period",
            metavar="YYYY",
            help="A year, or all. Default: the newest year with a report; with --all, every period.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the stored document as JSON.")] = False,
    html: Annotated[
        Path | None,
        typer.Option(
            "--html",
            metavar="FILE",
            help="Write an HTML page with a card to share; with --all, FILE is a folder of pages without cards.",
        ),
    ] = None,
    card: Annotated[
        Path | None,
        typer.Option("--card", metavar="FILE", help="Write a picture to share: a PNG with the main figures."),
    ] = None,
    card_size: Annotated[
        str,
        typer.Option("--card-size", metavar="SIZE", help="With --card: 1080x1920 (portrait) or 1200x630 (landscape)."),
    ] = "1080x1920",
    everyone: Annotated[
        bool, typer.Option("--all", help="With --html: pages for all players and groups, and an index.")
    ] = False,
) -> None:
    """Print a player's report, or write it as an HTML page or as a picture; without a name, list the players."""
    from wrapped_shared.collections import WRAPPED_REPORTS

    _check_usage(player, as_json=as_json, html=html, everyone=everyone)
    if card is not None:
        _check_card(player, card, card_size, others=as_json or html is not None)
    if everyone and html is not None:
        write_all(html, period)
        return
    with opened() as mongo:
        if player is None:
            _list_players(mongo.analytics[WRAPPED_REPORTS])
            return
        document = find_report(mongo.analytics[WRAPPED_REPORTS], player, period)
        if html is not None:
            from wrapped_cli.preview.site import player_page, write

            write(html, player_page(mongo.analytics, document, with_card=True))
            typer.echo(f"{html} ({html.stat().st_size / 1024:,.0f} KiB): open it in a browser")
            return
        if card is not None:
            from wrapped_cli.preview.card import card_png
            from wrapped_cli.preview.site import write

            write(card, card_png(mongo.analytics, document, card_size), "--card")
            pixels = card_size.replace("x", " × ")
            typer.echo(f"{card} ({pixels} pixels, {card.stat().st_size / 1024:,.0f} KiB)")
            return
    if as_json:
        typer.echo(json.dumps(document, indent=2, default=_plain))
        return
    from rich.console import Console

    from wrapped_cli.commands.report_view import print_report
    from wrapped_cli.preview.source import read_report

    print_report(Console(markup=False, highlight=False, emoji=False), read_report(document))


def write_all(folder: Path, period: str | None = None) -> Path:
    """Write everyone's pages, say where, and return the path of their index.

    Raises:
        CommandError: there is no report, or a file cannot be written.
    """
    from rich.console import Console

    from wrapped_cli.preview.site import write_site

    if period is not None:
        _check_period(period)
    with opened() as mongo, Console(stderr=True).status("writing pages") as status:
        index = write_site(mongo.analytics, folder, period, lambda count: status.update(f"writing pages: {count}"))
    typer.echo(f"The preview: {index}")
    return index


def _check_usage(player: str | None, *, as_json: bool, html: Path | None, everyone: bool) -> None:
    """Reject options that cannot be combined.

    Raises:
        UsageError: the message says what to write instead.
    """
    if everyone and (player is not None or as_json or html is None):
        raise UsageError("--all requires --html DIR: wrapped report --all --html DIR")
    if not everyone and player is None and (as_json or html is not None):
        raise UsageError("name a player: wrapped report PLAYER, or wrapped report --all --html DIR")
    if as_json and html is not None:
        raise UsageError("--json and --html cannot be combined: use one of them")
    if html is not None and not everyone and html.is_dir():
        raise UsageError(f"{html} is a folder: name a file, such as {html / 'report.html'}")
    if html is not None and everyone and html.is_file():
        raise UsageError(f"{html} is a file: name a folder for the pages")


def _check_card(player: str | None, card: Path, size: str, *, others: bool) -> None:
    """Reject a card that cannot be written.

    Raises:
        UsageError: the message says what to write instead.
    """
    from wrapped_card.drawing import SIZES

    if player is None:
        raise UsageError("name a player: wrapped report PLAYER --card FILE.png")
    if others:
        raise UsageError("--card cannot be combined with --html or --json: use one of them")
    if size not in SIZES:
        raise UsageError(f"--card-size must be {' or '.join(SIZES)}")
    if card.is_dir():
        raise UsageError(f"{card} is a folder: name a file, such as {card / 'card.png'}")


def _check_period(period: str) -> None:
    from wrapped_shared.periods import period_bounds

    try:
        period_bounds(period)
    except ValueError as error:
        raise CommandError(str(error)) from None


def find_report(reports: "Collection[dict[str, Any]]", player: str, period: str | None) -> dict[str, Any]:
    """Return a player's report for a period, by default the newest year.

    Raises:
        CommandError: there is none; the message lists the periods or players that exist.
    """
    from wrapped_shared.links import applied_tenures, resolved
    from wrapped_shared.names import player_key

    from wrapped_cli.known_names import suggestion

    key = player_key(player)
    if key is not None:
        key = resolved(reports.database, applied_tenures(reports.database), [key])[key]
    if period is not None:
        _check_period(period)
    periods = sorted(d["period"] for d in reports.find({"player_key": key}, {"period": 1})) if key else []
    if not periods:
        raise CommandError(f"no report for {clean(player, 40)!r}: {suggestion(reports.database, player)}")
    chosen = period or max((p for p in periods if p.isdigit()), default=periods[-1])
    document = reports.find_one({"_id": f"{chosen}/{key}"}) if chosen in periods else None
    if document is None:
        there = ", ".join(periods)
        raise CommandError(f"no report for {clean(player, 40)!r} for {chosen}: there are reports for {there}")
    return document


def _list_players(reports: "Collection[dict[str, Any]]") -> None:
    """Print who has a report.

    Raises:
        CommandError: nobody has.
    """
    from wrapped_shared.words import counted

    from wrapped_cli.known_names import MOST_PLAYERS, NO_REPORTS, players

    known = players(reports.database)
    if not known:
        raise CommandError(NO_REPORTS)
    for key in sorted(known):
        typer.echo(clean(known[key], 100))
    more = reports.count_documents({"period": "all"}, limit=MOST_PLAYERS + 1) > MOST_PLAYERS
    typer.echo(f"{'The first ' if more else ''}{counted(len(known), 'player')} with a report: wrapped report PLAYER")


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
