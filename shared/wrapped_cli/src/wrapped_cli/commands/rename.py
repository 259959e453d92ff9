"""`wrapped rename`: links two names of one player, removes a link, or lists links and candidates."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from wrapped_cli.commands.usage import UsageError

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource

    from wrapped_cli.player_names import LinkChange

_CANDIDATES: Final = 50

Old = Annotated[str | None, typer.Argument(metavar="OLD", help="The old name, in any form.")]
New = Annotated[str | None, typer.Argument(metavar="NEW", help="The new name, in any form.")]
From = Annotated[str | None, typer.Option("--from", metavar="DAY", help="The first day (UTC) under the new name.")]
Undo = Annotated[
    str | None,
    typer.Option("--undo", metavar="OLD", help="Remove the last link from this name; with --from, that of the day."),
]
List = Annotated[bool, typer.Option("--list", help="Show all links, and pairs of names that may be one player's.")]


def rename(old: Old = None, new: New = None, from_: From = None, undo: Undo = None, show: List = False) -> None:
    """Link two names of a player: their reports are combined under the new name."""
    from wrapped_cli.commands.connection import opened
    from wrapped_cli.commands.hints import hint_at_unknown
    from wrapped_cli.player_names import link_names, unlink_name

    _check_usage([old, new], from_, undo, show=show)
    with opened() as mongo:
        if show:
            _list(mongo)
        elif undo is not None:
            _say("no longer linked", unlink_name(mongo.analytics, undo, from_))
        else:
            _say("linked", link_names(mongo.analytics, old or "", new or "", from_ or ""))
            hint_at_unknown(mongo, [old or ""])


def _check_usage(pair: list[str | None], day: str | None, undo: str | None, *, show: bool) -> None:
    """Reject options that cannot be combined.

    Raises:
        UsageError: the message says what to write instead.
    """
    if show and (day or undo is not None or any(pair)):
        raise UsageError("--list takes nothing else: wrapped rename --list")
    if undo is not None and any(pair):
        raise UsageError("--undo takes one name: wrapped rename --undo OLD")
    if not show and undo is None and (day is None or None in pair):
        raise UsageError("name both names and the day: wrapped rename OLD NEW --from YYYY-MM-DD")


def _say(done: str, change: "LinkChange") -> None:
    from wrapped_shared.words import counted

    from wrapped_cli.text import clean

    link = change.link
    line = f"{done}: {clean(link.old, 40)} became {clean(link.now, 40)} on {link.from_day}"
    if change.nobodys:
        line += f"; {counted(change.nobodys, 'day')} of an earlier {clean(link.now, 40)} will be in nobody's report"
    typer.echo(f"{line}; {counted(change.reports, 'report')} will follow (wrapped run makes them)")


def _list(mongo: "MongoResource") -> None:
    """Print the links, why they are not applied if so, and the candidates, the hardest to fake first."""
    from wrapped_shared import collections as names
    from wrapped_shared.links import links_error

    from wrapped_cli.text import clean, number

    analytics = mongo.analytics
    links = list(analytics[names.PLAYER_NAMES].find().sort([("from_day", 1), ("_id", 1)]))
    typer.echo("Links:" if links else "Links: none")
    for link in links:
        old, now, day = (clean(link.get(field), 40) for field in ("old", "now", "from_day"))
        typer.echo(f"  {old} became {now} on {day}")
    if error := links_error(analytics):
        typer.echo(f"  not applied: {clean(error, 300)}")
    candidates = analytics[names.NAME_CANDIDATES]
    found = list(candidates.find().sort("overall", -1).limit(_CANDIDATES))
    count = candidates.estimated_document_count()
    title = "Candidates, never linked by themselves" if found else "Candidates: none"
    typer.echo(title + (f" (first {len(found)} of {count:,})" if count > len(found) else "") + (":" if found else ""))
    for one in found:
        old, now, day = (clean(one.get(field), 40) for field in ("old", "now", "seen_from"))
        typer.echo(
            f"  {old} → {now}, seen from {day}, {number(one.get('overall'))} xp: {clean(one.get('reason'), 200)}"
        )
