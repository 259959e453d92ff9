"""`wrapped group`: makes, changes, shows or removes a group of players.

Reports of groups are the player_stats location's; a page of them is `wrapped report --all`'s.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wrapped_cli.errors import CommandError

if TYPE_CHECKING:
    from pymongo.collection import Collection


def group(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The group's name.")],
    players: Annotated[
        list[str] | None, typer.Argument(metavar="PLAYER", help="Players to add or remove; names in any form.")
    ] = None,
    remove: Annotated[
        bool, typer.Option("--remove", help="Remove these players, or the whole group if none are named.")
    ] = False,
) -> None:
    """Add players to a group, creating it if needed; without players, show it."""
    from wrapped_shared.collections import PLAYER_GROUPS
    from wrapped_shared.words import counted

    from wrapped_cli.commands.connection import opened
    from wrapped_cli.commands.hints import hint_at_unknown
    from wrapped_cli.text import clean

    name = name.strip()
    if not name:
        raise CommandError("a group needs a name")
    with opened() as mongo:
        groups = mongo.analytics[PLAYER_GROUPS]
        if remove and not players:
            if not groups.delete_one({"_id": name}).deleted_count:
                raise CommandError(_no_group(groups, name))
            typer.echo(f"{clean(name, 100)}: removed; the next wrapped run removes its reports")
            return
        if players:
            _change(groups, name, players, remove=remove)
            hint_at_unknown(mongo, players)
        members = _members(groups, name)
        typer.echo(f"{clean(name, 100)}: {counted(len(members), 'member')}")
        for member in members:
            typer.echo(f"  {clean(member, 100)}")
        if players:
            typer.echo("The next wrapped run makes its reports.")


def _change(groups: "Collection[dict[str, Any]]", name: str, players: Sequence[str], *, remove: bool) -> None:
    """Add players, each once in whatever form, or remove them in every form."""
    from wrapped_shared.names import player_key

    keys = {key for player in players if (key := player_key(player)) is not None}
    if not keys:
        raise CommandError("none of these is a valid player name")
    before = _members(groups, name) if remove or groups.find_one({"_id": name}) else []
    kept = [member for member in before if player_key(member) not in keys]
    if remove:
        update: dict[str, Any] = {"$pull": {"members": {"$in": [one for one in before if one not in kept]}}}
    else:
        known = {player_key(member) for member in before}
        update = {"$addToSet": {"members": {"$each": sorted(keys - known)}}}
    groups.update_one({"_id": name}, update, upsert=not remove)


def _members(groups: "Collection[dict[str, Any]]", name: str) -> list[str]:
    found = groups.find_one({"_id": name})
    if found is None:
        raise CommandError(_no_group(groups, name))
    members = found.get("members")
    if not isinstance(members, list):
        raise CommandError(f"the group {name!r} has no list of members")
    return sorted(member for member in members if isinstance(member, str))


def _no_group(groups: "Collection[dict[str, Any]]", name: str) -> str:
    from wrapped_cli.text import clean, nearest

    known: Iterable[Any] = (found["_id"] for found in groups.find({}, {"_id": 1}).limit(1000))
    near = nearest(name, (one for one in known if isinstance(one, str)))
    return f"no group {clean(name, 100)!r}: " + (f"known groups include {near}" if near else "there are no groups yet")
