"""Linked names: who held a name on a day, found by following the links one by one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeAlias

from naive_player_stats.events import Event

Links: TypeAlias = Sequence[tuple[str, str, str]]
"""(old name, new name, first day under the new name), as player keys."""


def holder_of(name: str, day: str, links: Links) -> tuple[str, int] | None:
    """The name that whoever held `name` on a day holds last, and how many changes later; None if nobody is reported.

    A name is held until a link leads away from it. If first another player comes to it, its holder had left it
    without a link, and their days belong to nobody.
    """
    left = min(((from_day, now) for old, now, from_day in links if old == name and from_day >= day), default=None)
    taken = min((from_day for _, now, from_day in links if now == name and from_day > day), default=None)
    if left is None:
        return None if taken is not None else (name, 0)
    if taken is not None and taken <= left[0]:
        return None
    found = holder_of(left[1], left[0], links)
    return None if found is None else (found[0], found[1] + 1)


def owned_by(event: Event, key: str | None, links: Links) -> Event | None:
    """The event with its place in the chain, if it belongs to the player of that name."""
    holder = holder_of(event.player_key, event.day, links)
    return replace(event, names_since=holder[1]) if holder is not None and holder[0] == key else None
