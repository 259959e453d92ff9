"""The known rows of the hiscores' main table, by kind, as the site had them in July 2026.

The site mixes the kinds, and game updates change the order of rows: they are matched by name.
"""

from typing import Final, get_args

from wrapped_shared.vocabulary import Skill

OVERALL: Final = "Overall"

SKILLS: Final[list[str]] = [OVERALL, *(skill.capitalize() for skill in get_args(Skill))]

POINTS: Final = ["Grid Points", "League Points", "Deadman Points"]

MINIGAMES: Final = [
    "Bounty Hunter - Hunter",
    "Bounty Hunter - Rogue",
    "Bounty Hunter (Legacy) - Hunter",
    "Bounty Hunter (Legacy) - Rogue",
    "LMS - Rank",
    "PvP Arena - Rank",
    "Soul Wars Zeal",
    "Rifts closed",
    "Colosseum Glory",
    "Collections Logged",
]

CLUES: Final = [f"Clue Scrolls ({tier})" for tier in ("all", "beginner", "easy", "medium", "hard", "elite", "master")]

BOSSES: Final = [
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

_NOT_KILLS: Final = {
    "Barrows Chests",
    "Chambers of Xeric",
    "Chambers of Xeric: Challenge Mode",
    "Doom of Mokhaiotl",
    "Lunar Chests",
    "Tempoross",
    "The Corrupted Gauntlet",
    "The Gauntlet",
    "Theatre of Blood",
    "Theatre of Blood: Hard Mode",
    "Tombs of Amascut",
    "Tombs of Amascut: Expert Mode",
    "Wintertodt",
}
"""Bosses whose rows count something else: chests opened, raids and challenges completed, delves, forces subdued."""

BOSSES_KILLED: Final = frozenset(BOSSES) - _NOT_KILLS
"""Bosses whose rows count kills. What a row that is not known counts is not known either."""
