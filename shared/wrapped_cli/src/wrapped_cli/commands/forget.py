"""`wrapped forget`: removes everything stored about a player and keeps it from coming back."""

from typing import TYPE_CHECKING, Annotated

import typer

from wrapped_cli.errors import CommandError

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource
    from wrapped_shared.stored.forgotten import ForgottenPlayer

    from wrapped_cli.privacy.who import Player


def forget(
    player: Annotated[
        str | None, typer.Argument(metavar="PLAYER", help="Any name the player had, in any form.", show_default=False)
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Skip the confirmation prompt.")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Let the player's events count again; what was removed stays removed.")
    ] = False,
    sweep: Annotated[
        bool,
        typer.Option(
            "--sweep", help="Remove anything stored for forgotten players since then, including by the ingestor."
        ),
    ] = False,
) -> None:
    """Remove everything stored about a player under all their names, raw events too, and keep it from coming back.

    After an interruption, run it again: it continues. The reports, ranks and groups of other players stay correct.
    """
    from wrapped_cli.commands.asking import confirm
    from wrapped_cli.commands.connection import opened
    from wrapped_cli.privacy import who

    if sweep == (player is not None) or (sweep and undo):
        raise CommandError("name one player, or use --sweep alone")
    with opened() as mongo:
        if undo:
            lifted = who.lift(mongo.analytics, player or "")
            typer.echo(
                "events of this player count again" if lifted else "this player is not forgotten: nothing to undo"
            )
        elif sweep:
            _remove(mongo, [])
        else:
            found = who.find(mongo.analytics, player or "")
            _show(mongo, found)
            if not yes:
                confirm("Remove all of it for good?")
            _remove(mongo, found.documents)


def _show(mongo: "MongoResource", player: "Player") -> None:
    from wrapped_cli.commands.hints import hint_at_unknown
    from wrapped_cli.privacy.queries import stored
    from wrapped_cli.text import clean, number

    for held in player.held:
        days = f" from {held.first}" * bool(held.first) + f" up to {held.last}" * bool(held.last)
        typer.echo(f"player {clean(held.name)}{days}")
    counts = stored(mongo.raw, mongo.analytics, player.held)
    for name, count in counts.items():
        typer.echo(f"  {name}: {number(count)}")
    if not counts:
        typer.echo("  nothing is stored")
        hint_at_unknown(mongo, [player.key])


def _remove(mongo: "MongoResource", documents: "list[ForgottenPlayer]") -> None:
    from wrapped_shared.words import counted

    from wrapped_cli.commands.books import bookkeeper
    from wrapped_cli.privacy.removal import remove_rest

    location = bookkeeper()
    if location.forget is None:
        raise CommandError(f"{location.name} cannot forget players: its module has no function `forget`")
    removed = location.forget(mongo, documents)
    others = remove_rest(mongo.raw, mongo.analytics)
    parts = [counted(removed.events, "raw event"), *(f"{count:,} of {name}" for name, count in others.items() if count)]
    typer.echo(f"removed: {', '.join(parts)}")
    if owed := len(removed.owed):
        typer.echo(f"{counted(owed, 'day')} to read again, because another run was reading meanwhile: wrapped run")
