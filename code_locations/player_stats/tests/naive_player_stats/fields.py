"""The rules for the fields of each family: the first invalid field of an event, or None.

A reason is `<family>.<path below data>`; a document has at most one per family. What is computed from valid events is
in other modules.
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


def invalid_location(data: Data) -> str | None:
    """`location` if it is not an object, else the first of x and y that is not an integer in 0..16383."""
    location = data.get("location")
    if not isinstance(location, Mapping):
        return "location"
    for axis in ("x", "y"):
        value = integer(location.get(axis))
        if value is None or not 0 <= value <= 16383:
            return f"location.{axis}"
    return None


def invalid_energy(data: Data) -> str | None:
    """`energy` if it is not an integer in 0..10,000."""
    energy = integer(data.get("energy"))
    return None if energy is not None and 0 <= energy <= 10_000 else "energy"


def invalid_movement(data: Data) -> str | None:
    """One reason: an invalid location hides invalid energy, but each is used wherever it is valid itself."""
    return invalid_location(data) or invalid_energy(data)


def invalid_prayer(data: Data) -> str | None:
    """`prayer` if it is not an integer in 0..255."""
    points = integer(data.get("prayer"))
    return None if points is not None and 0 <= points <= 255 else "prayer"


def invalid_equipment(data: Data) -> str | None:
    """`equipmentIds` if it is not a list or has a non-integer among its first twelve values; it may be missing."""
    worn = data.get("equipmentIds")
    if worn is None:
        return None
    if not isinstance(worn, list) or any(integer(value) is None for value in worn[: len(SLOTS)]):
        return "equipmentIds"
    return None


def invalid_loot(data: Data) -> str | None:
    """The first invalid field of actor, actor.type, items and, for an NPC, actor.name, .combatLevel and .id."""
    actor, items = data.get("actor"), data.get("items")
    if not isinstance(actor, Mapping):
        return "actor"
    kind = integer(actor.get("type"))
    if kind is None:
        return "actor.type"
    if not isinstance(items, list) or not all(valid_item(item) for item in items):
        return "items"
    if kind == 1:
        if not shown_name(actor.get("name")):
            return "actor.name"
        for field in ("combatLevel", "id"):
            if integer(actor.get(field)) is None:
                return f"actor.{field}"
    return None


def valid_item(item: Any) -> bool:
    """An object with an integer id and an integer quantity, both at least 0."""
    return (
        isinstance(item, Mapping) and natural(item.get("id")) is not None and natural(item.get("quantity")) is not None
    )


def invalid_experience(data: Data) -> str | None:
    """`skill` if it is not a skill's name, else `xp` if it is not an integer in 0..200,000,000 (0 is only skipped)."""
    skill = data.get("skill")
    if text(skill) is None or not re.fullmatch(r"[A-Z_]{1,24}", skill, re.ASCII):
        return "skill"
    xp = integer(data.get("xp"))
    return None if xp is not None and 0 <= xp <= 200_000_000 else "xp"


def invalid_deaths(data: Data) -> str | None:
    """`name` if it is not a string (an empty one is a string)."""
    return None if text(data.get("name")) is not None else "name"


def invalid_damage(data: Data) -> str | None:
    """The first invalid field of actor, hitsplat, hitsplat.amount and hitsplat.hitsplatType."""
    hitsplat = data.get("hitsplat")
    if not isinstance(data.get("actor"), Mapping):
        return "actor"
    if not isinstance(hitsplat, Mapping):
        return "hitsplat"
    if natural(hitsplat.get("amount")) is None:
        return "hitsplat.amount"
    return None if integer(hitsplat.get("hitsplatType")) is not None else "hitsplat.hitsplatType"


def invalid_exchange(data: Data) -> str | None:
    """The first invalid field of slot, offer and the offer's fields, its state last."""
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
    TICKS: {
        "places": invalid_location,
        "movement": invalid_movement,
        "prayer": invalid_prayer,
        "equipment": invalid_equipment,
    },
    STATS: {"experience": invalid_experience},
    LOOT: {"loot": invalid_loot},
    DEATHS: {"deaths": invalid_deaths},
    HITSPLATS: {"damage": invalid_damage},
    OFFERS: {"exchange": invalid_exchange},
}


def family_reasons(collection: str, data: Data) -> list[str]:
    """The reasons for which a valid event is left out of families, at most one for each family."""
    found = ((family, invalid(data)) for family, invalid in FAMILIES[collection].items())
    return [f"{family}.{path}" for family, path in found if path is not None]
