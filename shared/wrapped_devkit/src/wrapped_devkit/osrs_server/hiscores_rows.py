"""The rows of the stand-in's tables, in the site's order of July 2026, and the game's XP table.

What belongs here: names, order, and the lowest ranked score. What does not: any player's figures.
"""

from bisect import bisect_right
from typing import Final

SKILLS: Final = [
    "Overall",
    "Attack",
    "Defence",
    "Strength",
    "Hitpoints",
    "Ranged",
    "Prayer",
    "Magic",
    "Cooking",
    "Woodcutting",
    "Fletching",
    "Fishing",
    "Firemaking",
    "Crafting",
    "Smithing",
    "Mining",
    "Herblore",
    "Agility",
    "Thieving",
    "Slayer",
    "Farming",
    "Runecraft",
    "Hunter",
    "Construction",
    "Sailing",
]

_NOT_BOSSES: Final = (
    ("Grid Points", 1 << 62),
    ("League Points", 1 << 62),
    ("Deadman Points", 1 << 62),
    ("Bounty Hunter - Hunter", 2),
    ("Bounty Hunter - Rogue", 2),
    ("Bounty Hunter (Legacy) - Hunter", 2),
    ("Bounty Hunter (Legacy) - Rogue", 2),
    *((f"Clue Scrolls ({tier})", 1) for tier in ["all", "beginner", "easy", "medium", "hard", "elite", "master"]),
    ("LMS - Rank", 500),
    ("PvP Arena - Rank", 2_525),
    ("Soul Wars Zeal", 200),
    ("Rifts closed", 2),
    ("Colosseum Glory", 300),
    ("Collections Logged", 500),
)

_BOSSES: Final = [
    "Abyssal Sire",
    "Alchemical Hydra",
    "Amoxliatl",
    "Araxxor",
    "Artio",
    "Barrows Chests",
    "Brutus",
    "Bryophyta",
    "Callisto",
    "Calvar'ion",
    "Cerberus",
    "Chambers of Xeric",
    "Chambers of Xeric: Challenge Mode",
    "Chaos Elemental",
    "Chaos Fanatic",
    "Commander Zilyana",
    "Corporeal Beast",
    "Crazy Archaeologist",
    "Dagannoth Prime",
    "Dagannoth Rex",
    "Dagannoth Supreme",
    "Deranged Archaeologist",
    "Doom of Mokhaiotl",
    "Duke Sucellus",
    "General Graardor",
    "Giant Mole",
    "Grotesque Guardians",
    "Hespori",
    "Kalphite Queen",
    "King Black Dragon",
    "Kraken",
    "Kree'Arra",
    "K'ril Tsutsaroth",
    "Lunar Chests",
    "Mad Angel",
    "Maggot King",
    "Mimic",
    "Nex",
    "Nightmare",
    "Phosani's Nightmare",
    "Obor",
    "Phantom Muspah",
    "Sarachnis",
    "Scorpia",
    "Scurrius",
    "Shellbane Gryphon",
    "Skotizo",
    "Sol Heredit",
    "Spindel",
    "Tempoross",
    "The Gauntlet",
    "The Corrupted Gauntlet",
    "The Hueycoatl",
    "The Leviathan",
    "The Royal Titans",
    "The Whisperer",
    "Theatre of Blood",
    "Theatre of Blood: Hard Mode",
    "Thermonuclear Smoke Devil",
    "Tombs of Amascut",
    "Tombs of Amascut: Expert Mode",
    "TzKal-Zuk",
    "TzTok-Jad",
    "Vardorvis",
    "Venenatis",
    "Vet'ion",
    "Vorkath",
    "Wintertodt",
    "Yama",
    "Zalcano",
    "Zulrah",
]

ACTIVITIES: Final[tuple[tuple[str, int], ...]] = (
    *_NOT_BOSSES,
    *((name, 1 if name in ("Mimic", "TzKal-Zuk") else 5) for name in _BOSSES),
)
"""Name and lowest ranked score of every activity row, in order; points of other modes are never ranked here."""

UNLINKED: Final = 3
"""This many rows at the top of the activities have no link on the main ranking page."""


def _table() -> list[int]:
    needed, points = [0], 0.0
    for level in range(1, 99):
        points += int(level + 300 * 2 ** (level / 7))
        needed.append(int(points / 4))
    return needed


_XP_OF_LEVEL: Final = _table()


def level_at(experience: int) -> int:
    """The level, 1 to 99, for this much experience."""
    return bisect_right(_XP_OF_LEVEL, experience)
