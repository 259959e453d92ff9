"""The families of statistics, one module each: reading, counting, merging, report section, ranked values and slides.

`player_stats.domain.family` says what a family defines. Adding one takes a module, three lines here, and its models in
the contract.
"""

from collections.abc import Mapping
from typing import Any, Final, TypedDict

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


class FamilySummaries(TypedDict):
    """The summary of every family, under its name."""

    play: play.Summary
    movement: movement.Summary
    prayer: prayer.Summary
    places: places.Summary
    equipment: equipment.Summary
    loot: loot.Summary
    experience: experience.Summary
    deaths: deaths.Summary
    damage: damage.Summary
    exchange: exchange.Summary


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
