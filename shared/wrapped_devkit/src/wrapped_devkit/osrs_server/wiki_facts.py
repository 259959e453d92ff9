"""The stand-in wiki's initial content: mobs, items and places, in all the awkward shapes.

Constants only: a small made-up wiki in the shape of the real one's tables. `wiki_bestiary` turns them into pages, rows
and files.
"""

from dataclasses import dataclass
from typing import Any

MARKER = "\x7f'\"`UNIQ--ref-0000002A-QINU`\"'\x7f"
"""What the parser leaves in place of a reference; it appears in the middle of values."""


@dataclass(frozen=True)
class Row:
    """One infobox version; values in the odd types that the Bucket API really sends."""

    page: str
    version: str = ""
    name: str = ""
    """Name in the game; empty = the page's title."""
    ids: Any = ()
    images: Any = ()
    level: Any = None


MONSTERS = (
    Row("Zulrah", "Serpentine", ids=["2042"], images=["File:Zulrah (serpentine).png"], level="725"),
    Row("Zulrah", "Magma", ids=["2043"], images=["File:Zulrah (magma).png"], level="725"),
    Row("Zulrah", "Tanzanite", ids=["2044"], images=["File:Zulrah (tanzanite).png"], level="725"),
    # One name, three levels, dozens of ids, file names in three styles.
    Row("Goblin", "Level 2", ids=["3028", "3029", "3030", "hist101"], images="File:Goblin.png", level="2"),
    Row("Goblin", "Level 5", ids="3045, 3047", images=["File:Goblin (level 5).png"], level=5),
    Row("Goblin", "Level 13", ids=["3046"], images=["[[File:Goblin (Level 13, armed).png|150px]]"], level="13"),
    Row("Vet'ion", "Normal", ids=["6611"], images=["File:Vet'ion.png"], level="454"),
    Row("Vet'ion", "Reborn", "Vet'ion Reborn", ["6612"], ["File:Vet'ion Reborn.png"], "454"),
    Row("Dusk", "First form", ids=["7851", "7854", "7855"], images=["File:Dusk.png"], level="248"),
    Row("Dusk", "Second form", ids=["7882", "7887", "7888"], images=["File:Dusk (enraged).png"], level="328"),
    Row("Dawn", ids=["7852", "7884", "7885"], images=["File:Dawn.png"], level="228"),
    Row("Kalphite Queen", "Crawling", ids=["963"], images=["File:Kalphite Queen.png"], level="333"),
    Row("Kalphite Queen", "Airborne", ids=["965"], images=["File:Kalphite Queen (airborne).png"], level="333"),
    Row("Abyssal demon", "Standard", ids=["415", "416"], images=["File:Abyssal demon.png"], level="124"),
    Row("Abyssal demon", "Catacombs", ids=["7241"], images=["File:Abyssal demon.png"], level="124"),
    Row("Alchemical Hydra", "Serpentine", ids=["8615"], images=["File:Alchemical Hydra.png"], level="426"),
    Row(
        "Alchemical Hydra",
        "Extinguished",
        ids=["8621", "8622"],
        images=["File:Alchemical Hydra (fire).png"],
        level="426",
    ),
    Row("Zombie", "Level 13, 13", ids="26,27,28", images=["File:Zombie (Level 13, 13).png"], level="13"),
    Row("Zombie", "Level 24", ids="64,65", images=["File:Zombie (Level 24, 1).png"], level="24"),
    # Same name, different mob, separate page titles.
    Row("Guard (Falador)", "", "Guard", ["3269", "3271"], ["File:Guard (Falador).png"], "19"),
    Row("Guard (Varrock)", "1", "Guard", ["3010"], ["File:Guard (Varrock, 1).png"], "21"),
    Row("Guard (Varrock)", "2", "Guard", ["3011"], ["File:Guard (Varrock, 2).png"], "21"),
    Row("Archer (Ardougne)", "", "Archer", ["3301"], ["File:Archer (Ardougne).png"], "42"),
    Row("Cow", ids=["2790", "2791", "beta2792"], images=["File:Cow.png"], level="2"),
    Row("Hill Giant", ids=["2098", "2099", "2100"], images=["File:Hill Giant (level-28).png"], level="28"),
    Row("Dagannoth", "Level 74", ids=["5942"], images=["File:Dagannoth (lv 74).png"], level="74"),
    Row("Dagannoth", "Level 92", ids=["5943"], images=["File:Dagannoth (lv 92).png"], level="92"),
    Row("Big frog", ids=["8700"], images=["File:Big frog → Giant frog.png"], level="10"),
    # Two pictures in one field, markers in values, only an old server's id, no picture at all.
    Row(
        "Goblin Champion",
        ids=["1260"],
        images=["File:Goblin Champion scroll.png", "File:Goblin Champion.gif"],
        level="24",
    ),
    Row(
        "Marked wight",
        "",
        f"Marked{MARKER} wight",
        [f"9601{MARKER}"],
        [f"File:Marked wight.png{MARKER}"],
        f"61{MARKER}",
    ),
    Row("Old guardian", ids=["hist11249"], images=["File:Old guardian.png"], level="12"),
    Row("Pale presence", ids=["9701"], level="33"),
    Row("Lost drawing", ids=["9702"], images=["File:Lost drawing.png"], level="34"),
    Row("Twin Keeper", "", ids=["9801"], images=["File:Twin Keeper.png"], level="77"),
    Row("Twin Keeper", "", ids=["9802"], images=["File:Twin Keeper (dark).png"], level="78"),
    # Characters that must be encoded in a URL.
    Row("50% Luke", ids=["9901"], images=["File:50% Luke.png"], level="5"),
    Row("Boo!", ids=["9902"], images=["File:Boo!.webp"], level="9"),
    Row("Gnome guard, off duty", ids=["9903"], images=["File:Gnome guard, off duty.png"], level="23"),
    Row("K'ril Tsutsaroth", ids=["3129"], images=["File:K'ril Tsutsaroth.png"], level="650"),
    Row("Kree'Arra", ids=["3162"], images=["File:Kree'arra.png"], level="580"),
    # Moved twice: "Sand crab warden" → "Sand crab (elder)" → here.
    Row("Elder sand crab", ids=["9904"], images=["File:Elder sand crab.png"], level="95"),
    # The NPCs behind the hiscores' chests and raids.
    Row("Dharok the Wretched", ids=["1673"], images=["File:Dharok the Wretched.png"], level="115"),
    Row("Blood Moon", ids=["13011"], images=["File:Blood Moon.png"], level="329"),
    Row("Crystalline Hunllef", "Melee", ids=["9021"], images=["File:Crystalline Hunllef (melee).png"], level="674"),
    Row("Corrupted Hunllef", "Melee", ids=["9035"], images=["File:Corrupted Hunllef (melee).png"], level="894"),
    Row("Great Olm", ids=["7551", "7554"], images=["File:Great Olm.png"], level="1043"),
    Row("Verzik Vitur", "Normal", ids=["8369"], images=["File:Verzik Vitur.png"], level="1040"),
    Row("Tumeken's Warden", ids=["11756"], images=["File:Tumeken's Warden.png"], level="544"),
    Row("Branda the Fire Queen", ids=["12596"], images=["File:Branda the Fire Queen.png"], level="417"),
    Row("The Nightmare", ids=["9425", "9433"], images=["File:The Nightmare.png"], level="814"),
    Row("The Mimic", ids=["8633"], images=["File:The Mimic.png"], level="186"),
)
"""Rows of `infobox_monster`; combat levels arrive as text or number, ids as a list or a line."""

PEOPLE = (
    Row("Hans", ids=["3105"], images=["File:Hans.png"]),
    Row("Banker", "Varrock", ids=["2897", "2898"], images=["File:Banker (Varrock).png"]),
    Row("Wintertodt", ids=["7371"], images=["File:Wintertodt.png"]),
    Row("Tempoross", ids=["10565"], images=["File:Tempoross.png"]),
)
"""Rows of `infobox_npc`: these cannot be fought."""

BOSSES = (
    "Abyssal Sire", "Amoxliatl", "Araxxor", "Artio", "Brutus", "Bryophyta", "Callisto", "Calvar'ion",
    "Cerberus", "Chaos Elemental", "Chaos Fanatic", "Commander Zilyana", "Corporeal Beast",
    "Crazy Archaeologist", "Dagannoth Prime", "Dagannoth Rex", "Dagannoth Supreme",
    "Deranged Archaeologist", "Doom of Mokhaiotl", "Duke Sucellus", "General Graardor", "Giant Mole", "Hespori",
    "King Black Dragon", "Kraken", "Mad Angel", "Maggot King", "Nex", "Phosani's Nightmare", "Obor",
    "Phantom Muspah", "Sarachnis", "Scorpia", "Scurrius", "Shellbane Gryphon", "Skotizo", "Sol Heredit",
    "Spindel", "The Hueycoatl", "The Leviathan", "The Whisperer", "Thermonuclear Smoke Devil", "TzKal-Zuk",
    "TzTok-Jad", "Vardorvis", "Venenatis", "Vorkath", "Yama", "Zalcano",
)  # fmt: skip
"""Bosses on the hiscores with a plain page under their name; their ids come in steps of ten."""
FIRST_BOSS_ID = 14_000

ITEMS = {
    2: "Steel cannonball", 88: "Boots of lightness", 225: "Limpwurt root", 385: "Shark", 405: "Casket",
    526: "Bones", 532: "Big bones", 536: "Dragon bones", 560: "Death rune", 592: "Ashes",
    995: "Coins", 1127: "Rune platebody", 1333: "Rune scimitar", 1440: "Earth talisman", 1513: "Magic logs",
    1739: "Cowhide", 1949: "Chef's hat", 2132: "Raw beef", 4151: "Abyssal whip", 6570: "Fire cape",
    7462: "Barrows gloves", 10551: "Fighter torso", 10828: "Helm of neitiznot", 11785: "Armadyl crossbow",
    11826: "Armadyl helmet", 11828: "Armadyl chestplate", 11830: "Armadyl chainskirt",
    11834: "Bandos tassets", 11850: "Graceful hood", 11852: "Graceful cape", 11854: "Graceful top",
    11856: "Graceful legs", 11858: "Graceful gloves", 11860: "Graceful boots", 11943: "Lava dragon bones",
    12002: "Occult necklace", 12899: "Trident of the swamp", 12922: "Tanzanite fang", 12934: "Zulrah's scales",
    12954: "Dragon defender", 13235: "Eternal boots", 13237: "Pegasian boots", 13239: "Primordial boots",
    19544: "Tormented bracelet", 19547: "Necklace of anguish", 19553: "Amulet of torture",
    20997: "Twisted bow", 21018: "Ancestral hat", 21021: "Ancestral robe top", 21024: "Ancestral robe bottom",
    21791: "Imbued saradomin cape", 22109: "Ava's assembler",
}  # fmt: skip
"""Items with an infobox, by id; notes and worn forms have none, as on the real wiki."""
WORTH = {
    2: 190, 225: 1_200, 385: 780, 405: 3_000, 526: 90, 532: 260, 536: 2_400, 560: 160, 592: 30, 1440: 600, 1513: 950,
    1739: 110, 1949: 40, 2132: 60, 4151: 1_600_000, 11943: 2_900, 12922: 3_200_000, 12934: 180, 20997: 1_500_000_000,
}  # fmt: skip
"""About what some items cost, in coins; the price of any other is made up."""
PRICED_ONLY = {31_901: "Sextant of the deep"}
"""Items that only the price service lists."""
PILES = ("Coins 1.png", "Coins 100.png", "Coins 10000.png")
"""The pictures of growing piles of one item, the last one the fullest."""

PLACES = (
    "Al Kharid", "Ardougne", "Barbarian Village", "Barbarian Outpost", "Brimhaven", "Burthorpe", "Canifis",
    "Castle Wars", "Catherby", "Draynor Village", "Edgeville", "Falador", "Fishing Guild", "Grand Exchange",
    "Karamja", "Keldagrim", "Lumbridge", "Lumbridge Swamp", "Lunar Isle", "Mos Le'Harmless", "Port Sarim",
    "Prifddinas", "Rellekka", "Rimmington", "Seers' Village", "Shilo Village", "Taverley", "Varrock",
    "Wilderness", "Yanille", "Zul-Andra",
)  # fmt: skip

ICONS = (
    "Head slot.png", "Cape slot.png", "Neck slot.png", "Weapon slot.png", "Body slot.png", "Shield slot.png",
    "Legs slot.png", "Hands slot.png", "Feet slot.png", "Stats icon.png", "Combat icon.png", "Watch.png",
    "Clockwork.png", "World map icon.png", "Worn Equipment.png", "HiScores icon.png", "Gold trophy.png",
)  # fmt: skip
SKILLS = (
    "Attack", "Defence", "Strength", "Hitpoints", "Ranged", "Prayer", "Magic", "Cooking", "Woodcutting",
    "Fletching", "Fishing", "Firemaking", "Crafting", "Smithing", "Mining", "Herblore", "Agility", "Thieving",
    "Slayer", "Farming", "Runecraft", "Hunter", "Construction", "Sailing",
)  # fmt: skip

REDIRECTS = {
    "Sand crab warden": ("Sand crab (elder)", None),
    "Sand crab (elder)": ("Elder sand crab", None),
    "Reborn Vet'ion": ("Vet'ion", "Reborn"),
    "Ouroboros": ("Ouroboros (worm)", None),
    "Ouroboros (worm)": ("Ouroboros", None),
    "File:Old cow.png": ("File:Cow.png", None),
}
"""Moved pages: from → (to, section); one of them twice, two in a loop."""

DISAMBIGUATIONS = ("Spirit", "Archer", "Guard")
"""Disambiguation pages; each has an image that belongs to none of the listed pages."""

MISSING_FILES = ("Lost drawing.png",)
"""Named by a row, but deleted."""
