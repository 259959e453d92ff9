"""Family rules: for each family of a collection the first bad field of an event, or None.

Belongs here: what "sound for a family" means and the name of each reason, `<family>.<path below data>`.
One reason per family and document. What is computed from sound events is in the family modules.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from naive_player_stats.events import DEATHS, HITSPLATS, LOOT, OFFERS, STATS, TICKS
from naive_player_stats.values import integer, natural, shown_name, text

STATES = frozenset(("EMPTY", "BUYING", "BOUGHT", "CANCELLED_BUY", "SELLING", "SOLD", "CANCELLED_SELL"))
SLOTS = (
    "HEAD",
    "CAPE",
    "AMULET",
    "WEAPON",
    "TORSO",
    "SHIELD",
    "ARMS",
    "LEGS",
    "HAIR",
    "HANDS",
    "BOOTS",
    "JAW",
)

Data = Mapping[str, Any]


def bad_location(data: Data) -> str | None:
    """`location` when it is no object, else the first of x and y that is no integer in 0..16383."""
    location = data.get("location")
    if not isinstance(location, Mapping):
        return "location"
    for axis in ("x", "y"):
        value = integer(location.get(axis))
        if value is None or not 0 <= value <= 16383:
            return f"location.{axis}"
    return None


def bad_energy(data: Data) -> str | None:
    """`energy` when it is no integer in 0..10,000."""
    energy = integer(data.get("energy"))
    return None if energy is not None and 0 <= energy <= 10_000 else "energy"


def bad_movement(data: Data) -> str | None:
    """One reason: a bad location hides bad energy (each is still used where it alone is sound)."""
    return bad_location(data) or bad_energy(data)


def bad_prayer(data: Data) -> str | None:
    """`prayer` when it is no integer in 0..255."""
    points = integer(data.get("prayer"))
    return None if points is not None and 0 <= points <= 255 else "prayer"


def bad_equipment(data: Data) -> str | None:
    """No list, or one of its first twelve elements is no integer; a missing or null list is fine."""
    worn = data.get("equipmentIds")
    if worn is None:
        return None
    if not isinstance(worn, list) or any(integer(value) is None for value in worn[: len(SLOTS)]):
        return "equipmentIds"
    return None


def bad_loot(data: Data) -> str | None:
    """The first bad of actor, actor.type, items and, for an NPC, actor.name, .combatLevel and .id."""
    actor, items = data.get("actor"), data.get("items")
    if not isinstance(actor, Mapping):
        return "actor"
    kind = integer(actor.get("type"))
    if kind is None:
        return "actor.type"
    if not isinstance(items, list) or not all(sound_item(item) for item in items):
        return "items"
    if kind == 1:
        if not shown_name(actor.get("name")):
            return "actor.name"
        for field in ("combatLevel", "id"):
            if integer(actor.get(field)) is None:
                return f"actor.{field}"
    return None


def sound_item(item: Any) -> bool:
    """An object with an integer id and an integer quantity, both at least 0."""
    return (
        isinstance(item, Mapping) and natural(item.get("id")) is not None and natural(item.get("quantity")) is not None
    )


def bad_experience(data: Data) -> str | None:
    """A skill that is no name of one, else xp that is no integer in 0..200,000,000 (0 is merely skipped)."""
    skill = data.get("skill")
    if text(skill) is None or not re.fullmatch(r"[A-Z_]{1,24}", skill, re.ASCII):
        return "skill"
    xp = integer(data.get("xp"))
    return None if xp is not None and 0 <= xp <= 200_000_000 else "xp"


def bad_deaths(data: Data) -> str | None:
    """`name` when it is no string (an empty one is a string)."""
    return None if text(data.get("name")) is not None else "name"


def bad_damage(data: Data) -> str | None:
    """The first bad of actor, hitsplat, hitsplat.amount and hitsplat.hitsplatType."""
    hitsplat = data.get("hitsplat")
    if not isinstance(data.get("actor"), Mapping):
        return "actor"
    if not isinstance(hitsplat, Mapping):
        return "hitsplat"
    if natural(hitsplat.get("amount")) is None:
        return "hitsplat.amount"
    return None if integer(hitsplat.get("hitsplatType")) is not None else "hitsplat.hitsplatType"


def bad_exchange(data: Data) -> str | None:
    """The first bad of slot, offer and the offer's fields, its state last."""
    if natural(data.get("slot")) is None:
        return "slot"
    offer = data.get("offer")
    if not isinstance(offer, Mapping):
        return "offer"
    for field in ("itemId", "price", "totalQuantity", "quantitySold", "spent"):
        if natural(offer.get(field)) is None:
            return f"offer.{field}"
    state = offer.get("state")
    return None if text(state) is not None and state in STATES else "offer.state"


FAMILIES: dict[str, dict[str, Callable[[Data], str | None]]] = {
    TICKS: {"places": bad_location, "movement": bad_movement, "prayer": bad_prayer, "equipment": bad_equipment},
    STATS: {"experience": bad_experience},
    LOOT: {"loot": bad_loot},
    DEATHS: {"deaths": bad_deaths},
    HITSPLATS: {"damage": bad_damage},
    OFFERS: {"exchange": bad_exchange},
}


def family_reasons(collection: str, data: Data) -> list[str]:
    """The reasons for which a sound event is left out of families, at most one for each family."""
    found = ((family, bad(data)) for family, bad in FAMILIES[collection].items())
    return [f"{family}.{path}" for family, path in found if path is not None]
