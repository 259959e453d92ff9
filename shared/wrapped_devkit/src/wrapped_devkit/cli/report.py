"""`wrapped report`: one report of a player, as tables or as JSON. How it looks is told by `report_view`."""

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pymongo.collection import Collection


def register(app: typer.Typer) -> None:
    """Add the command `report`."""
    app.command("report")(report)


def report(
    player: Annotated[str, typer.Argument(metavar="PLAYER", help="The player's name, in any form.")],
    period: Annotated[
        str | None,
        typer.Option("--period", metavar="YYYY", help="A year, or all; the newest year with a report by default."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the stored document as JSON.")] = False,
) -> None:
    """Print the report of a player."""
    from wrapped_shared.collections import WRAPPED_REPORTS

    from wrapped_devkit.cli.connection import opened

    with opened() as mongo:
        document = find_report(mongo.analytics[WRAPPED_REPORTS], player, period)
    if as_json:
        typer.echo(json.dumps(document, indent=2, default=_plain))
        return
    from rich.console import Console

    from wrapped_devkit.cli.report_view import print_report

    print_report(Console(markup=False, highlight=False, emoji=False), document)


def find_report(reports: "Collection[dict[str, Any]]", player: str, period: str | None) -> dict[str, Any]:
    """Return a player's report of a period, of the newest year by default.

    Raises:
        DevkitError: there is none; the message names the periods or players there are.
    """
    from wrapped_shared.names import player_key
    from wrapped_shared.periods import period_bounds

    from wrapped_devkit.cli.text import clean
    from wrapped_devkit.errors import DevkitError

    key = player_key(player)
    if period is not None:
        try:
            period_bounds(period)
        except ValueError as error:
            raise DevkitError(str(error)) from None
    periods = sorted(d["period"] for d in reports.find({"player_key": key}, {"period": 1})) if key else []
    if not periods:
        raise DevkitError(f"no report of {clean(player, 40)!r}: {_known_players(reports, key or '')}")
    chosen = period or max((p for p in periods if p.isdigit()), default=periods[-1])
    document = reports.find_one({"_id": f"{chosen}/{key}"}) if chosen in periods else None
    if document is None:
        there = ", ".join(periods)
        raise DevkitError(f"no report of {clean(player, 40)!r} for {chosen}: there are reports for {there}")
    return document


def _known_players(reports: "Collection[dict[str, Any]]", key: str) -> str:
    """Return a few players that have a report, those with a similar name first."""
    from difflib import get_close_matches

    from wrapped_devkit.cli.text import clean

    found = reports.find({"period": "all"}, {"player_key": 1, "player": 1}).limit(1000)
    known = {str(d["player_key"]): str(d.get("player", d["player_key"])) for d in found}
    if not known:
        return "there are no reports yet (wrapped run computes them)"
    near = get_close_matches(key, known, n=5, cutoff=0.5) or sorted(known)[:5]
    return "known players are " + ", ".join(clean(known[name], 30) for name in near)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
