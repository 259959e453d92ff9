"""The generator's facts about the game: places, mobs, gear, goods, skills and parts of names.

Belongs here: constants only. Coordinates are tiles of the main world; a region is 64 x 64 of them. Item and
npc ids are the game's own, as the client sends them.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import get_args

from wrapped_shared.vocabulary import Skill

SKILLS = tuple(skill for skill in get_args(Skill) if skill != "SAILING")  # newer than most sample telemetry

OFFSET_CHANGE_MS = int(datetime(2024, 8, 14, 11, tzinfo=UTC).timestamp() * 1000)
"""From this day's update on, a worn item is sent as its id + 2048; before, as its id + 512."""
ENERGY_CHANGE_MS = int(datetime(2022, 12, 7, tzinfo=UTC).timestamp() * 1000)
"""From this day on, run energy is sent in hundredths of a percent; before, in percent."""
DEATH_TYPE_MS = int(datetime(2023, 9, 1, tzinfo=UTC).timestamp() * 1000)
"""From this day on, death events include the actor's id and type."""


@dataclass(frozen=True)
class Place:
    """A place, given by a tile in its middle; an instance gets a new tile at each visit."""

    x: int
    y: int
    instance: bool = False


INSTANCE = Place(0, 0, instance=True)
GRAND_EXCHANGE = Place(3164, 3487)
LUMBRIDGE = Place(3222, 3218)
VARROCK = Place(3213, 3424)
FALADOR = Place(2965, 3379)
EDGEVILLE = Place(3094, 3491)
BARBARIAN_VILLAGE = Place(3081, 3421)
SEERS_VILLAGE = Place(2725, 3485)
CATHERBY = Place(2836, 3436)
AL_KHARID = Place(3293, 3174)
DRAYNOR_VILLAGE = Place(3093, 3244)
TAVERLEY = Place(2895, 3455)
ZUL_ANDRA = Place(2200, 3056)
OPEN_SEA = Place(2250, 2500)


@dataclass(frozen=True)
class Mob:
    """A mob as named in its drops: every form has an id, several levels may share the name."""

    name: str
    level: int
    ids: tuple[int, ...]
    place: Place
    drops: tuple[tuple[int, int], ...]
    gear: str = "melee"


COINS, BONES, BIG_BONES = 995, 526, 532
MOBS = (
    Mob("Goblin", 2, (3028, 3029, 3030), LUMBRIDGE, ((COINS, 5), (BONES, 1), (1949, 1))),
    Mob("Goblin", 5, (3045,), LUMBRIDGE, ((COINS, 9), (BONES, 1))),
    Mob("Cow", 2, (2790, 2791), LUMBRIDGE, ((1739, 1), (2132, 1), (BONES, 1))),
    Mob("Guard", 19, (3269, 3271), FALADOR, ((COINS, 30), (BONES, 1))),
    Mob("Guard", 21, (3010, 3011), VARROCK, ((COINS, 30), (BONES, 1), (1440, 1))),
    Mob("Hill Giant", 28, (2098, 2099, 2100), EDGEVILLE, ((BIG_BONES, 1), (COINS, 38), (225, 1))),
    Mob("Dagannoth", 74, (5942,), SEERS_VILLAGE, ((BONES, 1), (405, 1)), "ranged"),
    Mob("Dagannoth", 92, (5943,), SEERS_VILLAGE, ((BONES, 1), (405, 1)), "ranged"),
    Mob("Abyssal demon", 124, (415, 416), INSTANCE, ((592, 1), (COINS, 280), (4151, 1), (1514, 4))),
    Mob("Zulrah", 725, (2042, 2043, 2044), INSTANCE, ((12934, 232), (1514, 100), (12922, 1)), "magic"),
    Mob("Vet'ion", 454, (6611, 6612), OPEN_SEA, ((COINS, 18_000), (1514, 150), (11943, 50))),
)


@dataclass(frozen=True)
class Training:
    """A skill trained at a place, with the experience per action."""

    skill: str
    place: Place
    xp: int
    gear: str = "graceful"


TRAININGS = (
    Training("WOODCUTTING", SEERS_VILLAGE, 175),
    Training("FISHING", CATHERBY, 110),
    Training("COOKING", CATHERBY, 150),
    Training("MINING", BARBARIAN_VILLAGE, 65),
    Training("SMITHING", EDGEVILLE, 112),
    Training("AGILITY", SEERS_VILLAGE, 44),
    Training("THIEVING", DRAYNOR_VILLAGE, 84),
    Training("CRAFTING", AL_KHARID, 90),
    Training("FARMING", TAVERLEY, 60),
    Training("CONSTRUCTION", INSTANCE, 240, "melee"),
    Training("HUNTER", ZUL_ANDRA, 152),
)

# slot number -> item id as worn; slots left out show the body or nothing
GEAR: dict[str, dict[int, int]] = {
    "melee": {0: 10828, 1: 6570, 2: 19553, 3: 4151, 4: 10551, 5: 12954, 7: 11834, 9: 7462, 10: 13239},
    "ranged": {0: 11826, 1: 22109, 2: 19547, 3: 11785, 4: 11828, 7: 11830, 9: 7462, 10: 13237},
    "magic": {0: 21018, 1: 21791, 2: 12002, 3: 12899, 4: 21021, 7: 21024, 9: 19544, 10: 13235},
    "graceful": {0: 11851, 1: 11853, 4: 11855, 7: 11857, 9: 11859, 10: 11861},
    "plain": {3: 1333},
}
BODY = {4: 26, 6: 31, 7: 36, 8: 0, 9: 34, 10: 43, 11: 14}
"""Body kits (sent as 256 + kit) shown in slots without an item."""

GOODS = (
    (4151, 1_600_000),
    (1513, 950),
    (536, 2_400),
    (12934, 180),
    (385, 780),
    (2, 190),
    (560, 160),
    (20997, 1_500_000_000),
)
"""(item id, price) of traded items."""

ADJECTIVES = (
    *("Iron", "Rune", "Mossy", "Swift", "Quiet", "Royal"),
    *("Amber", "Frosty", "Sandy", "Lunar", "Magma", "Tidal"),
)
NOUNS = (
    *("Otter", "Badger", "Kebbit", "Salmon", "Falcon", "Ranger"),
    *("Miner", "Chompy", "Lobster", "Dragon", "Yew", "Imp"),
)


def player_name(index: int) -> str:
    """A unique name for each player number."""
    name = f"{ADJECTIVES[index % 12]} {NOUNS[index // 12 % 12]}"
    return name if index < 144 else f"{name} {index // 144}"
