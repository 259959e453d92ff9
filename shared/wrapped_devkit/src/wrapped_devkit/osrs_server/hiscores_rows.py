"""The activities of the stand-in's tables, in the site's order of July 2026.

What belongs here: order and the lowest ranked score. What does not: any player's figures.
"""

from typing import Final

from wrapped_shared.hiscores_rows import BOSSES, CLUES, MINIGAMES, POINTS

_LOWEST_RANKED: Final = {
    **dict.fromkeys(POINTS, 1 << 62),
    **dict.fromkeys(MINIGAMES[:4], 2),
    **dict.fromkeys(CLUES, 1),
    "LMS - Rank": 500,
    "PvP Arena - Rank": 2_525,
    "Soul Wars Zeal": 200,
    "Rifts closed": 2,
    "Colosseum Glory": 300,
    "Collections Logged": 500,
    **{name: 1 if name in ("Mimic", "TzKal-Zuk") else 5 for name in BOSSES},
}

ACTIVITIES: Final = tuple(_LOWEST_RANKED.items())
"""Name and lowest ranked score of every activity row, in order; points of other modes are never ranked here."""

UNLINKED: Final = 3
"""This many rows at the top of the activities have no link on the main ranking page."""
