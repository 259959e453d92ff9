"""Which kind of account a player has, found with the fewest requests.

What belongs here: which tables to ask, in which order, and what the answers mean. What does not: asking.

The main table shows everyone; the ironman table also holds hardcore and ultimate ironmen, hardcore ironmen
who died, and former ironmen whose figures there are frozen. So: not on the ironman table means regular;
less on the ironman table than on the main one means a former ironman, regular now; as much on the hardcore
(ultimate) table as on the ironman one means hardcore (ultimate); less on the hardcore table means that he
died and is a plain ironman. A low-level ironman may stand on the ironman table alone. Group ironmen cannot
be told apart: regular.
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
"""The table of each type, as it stands in the site's paths."""

Ask: TypeAlias = Callable[[AccountType], Payload | None]
"""Asks the table of a type for the player; None where the table does not have him."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A player's type, and what the table of that type says of him."""

    account_type: AccountType
    payload: Payload


def decide(ask: Ask) -> Standing | None:
    """Find out the type from nothing: two requests for a regular player, three or four for an ironman.

    Tables are asked from the widest to the narrowest, so that a player who logs out between two of them only
    ever has *more* in the later one and is not taken for a former or dead ironman.

    Returns:
        The standing, or None when neither the main nor the ironman table has the player.
    """
    main = ask("regular")
    iron = ask("ironman")
    if iron is None:
        return None if main is None else Standing("regular", main)
    if main is not None and is_behind(iron, main):
        return Standing("regular", main)
    for narrower in ("hardcore_ironman", "ultimate_ironman"):
        account_type: AccountType = narrower
        payload = ask(account_type)
        if payload is not None and not is_behind(payload, iron):
            return Standing(account_type, payload)
    return Standing("ironman", iron)


def is_behind(narrow: Payload, wide: Payload) -> bool:
    """Whether the narrower table tells less experience than the wider one: there the player is frozen."""
    if narrow.overall is not None and wide.overall is not None:
        return narrow.overall < wide.overall
    shared = narrow.skills.keys() & wide.skills.keys()
    return any(narrow.skills[name].experience < wide.skills[name].experience for name in shared)
