"""The families of statistics, one module each: how it reads, counts and merges, its section, ranks and slides.

What a family must offer is told by `player_stats.domain.family`; nothing outside a family's module knows what it
counts. To add one is to add a module and a line here (and its models to the contract).
"""

from collections.abc import Mapping
from typing import Any, Final

from player_stats.domain.families import (
    damage,
    deaths,
    equipment,
    exchange,
    experience,
    loot,
    movement,
    places,
    play,
    prayer,
)
from player_stats.domain.family import Family

FAMILIES: Final[Mapping[str, Family[Any, Any]]] = {
    family.name: family
    for family in (
        play.FAMILY,
        movement.FAMILY,
        prayer.FAMILY,
        places.FAMILY,
        equipment.FAMILY,
        loot.FAMILY,
        experience.FAMILY,
        deaths.FAMILY,
        damage.FAMILY,
        exchange.FAMILY,
    )
}
"""All families by name, in the order of the report's sections and of the ranks."""
