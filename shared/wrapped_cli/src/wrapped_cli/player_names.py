"""Linking and unlinking names in `player_names`: checks a change, says what it affects, and writes it.

What links mean is defined in `wrapped_shared.tenures`. The change is applied by player_stats, which is the only one to
touch months and reports.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.links import read_links
from wrapped_shared.names import player_key
from wrapped_shared.periods import is_day, periods_of_day, today
from wrapped_shared.stored.player_stats import PlayerName
from wrapped_shared.tenures import Link, LinkError, Tenures, connected

from wrapped_cli.errors import CommandError
from wrapped_cli.text import clean, nearest

_NAME_LENGTH: Final = 40


@dataclass(frozen=True)
class LinkChange:
    """A change of the links, and what it affects."""

    link: Link
    reports: int
    """How many reports will be made again."""
    nobodys: int
    """How many days of an earlier holder of the new name will belong to nobody's report."""


def link_names(analytics: Database[Any], old: str, new: str, day: str) -> LinkChange:
    """Link two names of a player; a link that exists already is left as it is.

    Raises:
        CommandError: a name or the day is invalid, a name is forgotten, or the links would contradict each other.
    """
    link = Link(_valid_day(day), _valid_name(old), _valid_name(new))
    forgotten = read_forgotten(analytics)
    for name in (link.old, link.now):
        if forgotten.covers(name, link.from_day):
            raise CommandError(f"{clean(name, _NAME_LENGTH)} is forgotten (wrapped forget --undo lifts that)")
    before = _links(analytics)
    if any(one.id == link.id and one != link for one in before):
        raise CommandError(f"{clean(link.old, _NAME_LENGTH)} is linked on {day} already: undo that link first")
    change = _change(analytics, link, before, {*before, link})
    document: PlayerName = {"_id": link.id, "old": link.old, "now": link.now, "from_day": link.from_day}
    analytics[names.PLAYER_NAMES].replace_one({"_id": link.id}, document, upsert=True)
    return change


def unlink_name(analytics: Database[Any], old: str, day: str | None) -> LinkChange:
    """Remove the last link from a name, or the one of a day.

    Raises:
        CommandError: there is no such link, or the remaining links would contradict each other.
    """
    name = _valid_name(old)
    before = _links(analytics)
    found = sorted(link for link in before if link.old == name and day in (None, link.from_day))
    if not found:
        from_that_day = f" from {clean(day, 20)}" if day is not None else ""
        known = nearest(name, {link.old for link in before})
        there = f": there are links from {known}" if known else ": there are no links yet"
        raise CommandError(f"no link from {clean(name, _NAME_LENGTH)}{from_that_day}{there}")
    link = found[-1]
    change = _change(analytics, link, before, before - {link})
    analytics[names.PLAYER_NAMES].delete_many({"old": link.old, "now": link.now, "from_day": link.from_day})
    return change


def _change(analytics: Database[Any], link: Link, before: Iterable[Link], after: Iterable[Link]) -> LinkChange:
    try:
        earlier, later = Tenures(before), Tenures(after)
    except LinkError as error:
        raise CommandError(f"the links would contradict each other: {error}") from None
    roots = connected({*before, *after})
    group = sorted(name for name, root in roots.items() if root == roots[link.old])
    reports, nobodys = set(), 0
    days = analytics[names.PLAYER_DAYS].find({"player_key": {"$in": group}}, {"_id": 0, "player_key": 1, "day": 1})
    for found in days:
        name, day = found["player_key"], found["day"]
        owner = later.owner(name, day)
        if owner is not None:
            reports |= {(period, owner) for period in periods_of_day(day)}
        elif earlier.owner(name, day) is not None:
            nobodys += 1
    return LinkChange(link, len(reports), nobodys)


def _links(analytics: Database[Any]) -> set[Link]:
    try:
        return set(read_links(analytics))
    except LinkError as error:
        raise CommandError(str(error)) from None


def _valid_name(name: str) -> str:
    key = player_key(name)
    if key is None:
        raise CommandError(f"{clean(name, _NAME_LENGTH)!r} is not a player name")
    return key


def _valid_day(day: str) -> str:
    if not is_day(day):
        raise CommandError(f"{clean(day, 20)!r} is not a day: write it as YYYY-MM-DD")
    if day > today():
        raise CommandError(f"{day} is in the future: link the names once the player has changed theirs")
    return day
