"""The known rows of the hiscores, and the kind of each.

What belongs here: names and kinds, as the site had them in July 2026. What does not: the order of the rows (game
updates change it; rows are matched by name), and rows that appear later (`catalogue`).
"""

from functools import lru_cache
from typing import Final, TypeAlias

from wrapped_shared.vocabulary import RowKind

Kind: TypeAlias = RowKind
"""`points` are the rows of other game modes, which the main table does not link."""

OVERALL: Final = "Overall"

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

_OLD_SKILL_NAMES: Final = {"total": "Overall", "defense": "Defence", "runecrafting": "Runecraft"}
"""Names that an older scraper used for three skills in its documents."""

_SKILL_BY_FOLDED: Final = {name.casefold(): name for name in SKILLS} | _OLD_SKILL_NAMES
_ACTIVITY_BY_FOLDED: Final = {name.casefold(): name for name in [*POINTS, *MINIGAMES, *CLUES, *BOSSES]}

KIND_OF_KNOWN: Final[dict[str, Kind]] = {
    **dict.fromkeys(POINTS, "points"),
    **dict.fromkeys(MINIGAMES, "minigame"),
    **dict.fromkeys(CLUES, "clue"),
    **dict.fromkeys(BOSSES, "boss"),
}
"""Kinds of the known activities, by canonical name."""


@lru_cache(maxsize=4_096)
def skill_name(raw: str) -> str:
    """The canonical name of a skill, matched ignoring case; an unknown name stays as it is."""
    return _SKILL_BY_FOLDED.get(fold(raw), raw)


@lru_cache(maxsize=4_096)
def activity_name(raw: str) -> str:
    """The canonical name of an activity or boss, matched ignoring case; an unknown name stays as it is."""
    return _ACTIVITY_BY_FOLDED.get(fold(raw), raw)


def fold(name: str) -> str:
    """A name in the form used for comparison: white space collapsed, case folded."""
    return " ".join(name.split()).casefold()
