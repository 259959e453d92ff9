"""Determines a player's account type with the fewest requests.

What belongs here: which tables to request, in which order, and what the responses mean. What does not: HTTP.

The main table shows everyone; the ironman table also includes hardcore and ultimate ironmen, hardcore ironmen who
died, and former ironmen, whose figures there are frozen. So: not on the ironman table means regular; less on the
ironman table than on the main one means a former ironman, now regular; as much on the hardcore (ultimate) table as on
the ironman one means hardcore (ultimate); less on the hardcore table means that they died and are a plain ironman. A
low-level ironman may be on the ironman table only. Group ironmen cannot be recognised: they count as regular.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from wrapped_shared.vocabulary import AccountType

from hiscores.domain.payload import Payload

MODE_OF: Final[dict[AccountType, str]] = {
    "regular": "hiscore_oldschool",
    "ironman": "hiscore_oldschool_ironman",
    "hardcore_ironman": "hiscore_oldschool_hardcore_ironman",
    "ultimate_ironman": "hiscore_oldschool_ultimate",
}
"""The table for each type, as it appears in the site's paths."""

Fetch: TypeAlias = Callable[[AccountType], Payload | None]
"""Requests the player from a type's table; None if the table does not have them."""


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A player's type and their figures on that type's table."""

    account_type: AccountType
    payload: Payload


def decide(fetch: Fetch) -> TableEntry | None:
    """Determine the type from scratch: two requests for a regular player, three or four for an ironman.

    Tables are requested from the widest to the narrowest, so that a player who logs out between two requests can only
    have *more* in the later one and is not mistaken for a former or dead ironman.

    Returns:
        The entry, or None if neither the main nor the ironman table has the player.
    """
    main = fetch("regular")
    iron = fetch("ironman")
    if iron is None:
        return None if main is None else TableEntry("regular", main)
    if main is not None and is_behind(iron, main):
        return TableEntry("regular", main)
    for narrower in ("hardcore_ironman", "ultimate_ironman"):
        account_type: AccountType = narrower
        payload = fetch(account_type)
        if payload is not None and not is_behind(payload, iron):
            return TableEntry(account_type, payload)
    return TableEntry("ironman", iron)


def is_behind(narrow: Payload, wide: Payload) -> bool:
    """Return whether the narrower table shows less experience than the wider one: the player is frozen there."""
    if narrow.overall is not None and wide.overall is not None:
        return narrow.overall < wide.overall
    shared = narrow.skills.keys() & wide.skills.keys()
    return any(narrow.skills[name].experience < wide.skills[name].experience for name in shared)
