"""Hand-made tables: pictures for things without an infobox of the same name.

Facts about the game and its wiki, chosen by us; every file named here is still checked with the wiki, and if the wiki
lacks it, the next candidate is tried.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from wrapped_shared.vocabulary import EquipmentSlot, Skill, SlideStat


@dataclass(frozen=True, slots=True)
class Alias:
    """One way to get a picture: an NPC's row, a page's image or a file."""

    how: Literal["npc", "page", "file"]
    name: str


def _npcs(*names: str, page: str | None = None) -> tuple[Alias, ...]:
    """NPCs and, failing them, the image of a page."""
    return (*(Alias("npc", name) for name in names), *([Alias("page", page)] if page else []))


BOSSES: Final[Mapping[str, tuple[Alias, ...]]] = {
    # Chests and whole encounters that the hiscores count; the picture shows who is fought there.
    "Barrows Chests": _npcs("Dharok the Wretched", "Verac the Defiled", page="Barrows"),
    "Lunar Chests": _npcs("Blood Moon", "Blue Moon", "Eclipse Moon", page="Moons of Peril"),
    "The Gauntlet": _npcs("Crystalline Hunllef", page="The Gauntlet"),
    "The Corrupted Gauntlet": _npcs("Corrupted Hunllef", page="The Gauntlet"),
    "Chambers of Xeric": _npcs("Great Olm", page="Chambers of Xeric"),
    "Chambers of Xeric: Challenge Mode": _npcs("Great Olm", page="Chambers of Xeric"),
    "Theatre of Blood": _npcs("Verzik Vitur", page="Theatre of Blood"),
    "Theatre of Blood: Hard Mode": _npcs("Verzik Vitur", page="Theatre of Blood"),
    "Tombs of Amascut": _npcs("Tumeken's Warden", "Elidinis' Warden", page="Tombs of Amascut"),
    "Tombs of Amascut: Expert Mode": _npcs("Tumeken's Warden", "Elidinis' Warden", page="Tombs of Amascut"),
    "Grotesque Guardians": _npcs("Dusk", "Dawn", page="Grotesque Guardians"),
    "The Royal Titans": _npcs("Branda the Fire Queen", "Eldric the Ice King", page="Royal Titans"),
    # NPCs with another name on the hiscores.
    "Nightmare": _npcs("The Nightmare"),
    "Mimic": _npcs("The Mimic"),
    "Sol Heredit": _npcs("Sol Heredit", page="Fortis Colosseum"),
    "Doom of Mokhaiotl": _npcs("Doom of Mokhaiotl"),
    # Skilling bosses without a monster infobox.
    "Wintertodt": _npcs("Wintertodt", page="Wintertodt"),
    "Tempoross": _npcs("Tempoross", page="Tempoross"),
}
"""Bosses on the hiscores (by their name there) that are not an NPC, or an NPC with another name."""


def _files(*names: str) -> tuple[Alias, ...]:
    return tuple(Alias("file", f"File:{name}.png") for name in names)


SKILLS: Final[tuple[Skill, ...]] = get_args(Skill)
"""The skills as the plugin writes them."""

SLOTS: Final[Mapping[EquipmentSlot, tuple[Alias, ...]]] = {
    "HEAD": _files("Head slot"),
    "CAPE": _files("Cape slot"),
    "AMULET": _files("Neck slot"),
    "WEAPON": _files("Weapon slot"),
    "TORSO": _files("Body slot"),
    "SHIELD": _files("Shield slot"),
    "ARMS": _files("Body slot"),
    "LEGS": _files("Legs slot"),
    "HAIR": _files("Head slot"),
    "HANDS": _files("Hands slot", "Gloves slot"),
    "BOOTS": _files("Feet slot"),
    "JAW": _files("Head slot"),
}
"""The equipment slots of a report; their pictures are `stat:slot:<SLOT>`."""

STATS: Final[Mapping[SlideStat, tuple[Alias, ...]]] = {
    "play_time": _files("Watch"),
    "best_month": _files("Sundial", "Clockwork"),
    "favourite_mob": _files("Slayer icon"),
    "favourite_place": _files("World map icon", "Teleport to house icon"),
    "favourite_gear": _files("Worn Equipment", "Rune platebody"),
    "favourite_skill": _files("Stats icon"),
    "tiles": _files("Agility icon", "Boots of lightness"),
    "deaths": _files("Bones", "Skull (status) icon"),
    "loot": _files("Coins 10000"),
    "best_drop": _files("Casket", "Coins 10000"),
    "damage": _files("Combat icon", "Attack icon"),
    "exchange": (*_files("Grand Exchange icon"), Alias("page", "Grand Exchange")),
    "hiscores": _files("HiScores icon", "Stats icon"),
    "rank": _files("Gold trophy", "Rank icon"),
    "closing": _files("Collection log", "Stats icon"),
}
"""The slides of a report; their own pictures are `stat:<slide stat>`. Of a slide that is not here one is drawn."""


def skill_files(skill: str) -> tuple[Alias, ...]:
    """Return the ways to get a skill's picture; `skill` is upper case, as the plugin writes it."""
    title = skill.replace("_", " ").capitalize()
    return (*_files(f"{title} icon"), Alias("page", title))
