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


_MODULES: Final = (play, movement, prayer, places, equipment, loot, experience, deaths, damage, exchange)
FAMILIES: Final[Mapping[str, Family[Any, Any]]] = {
    family.name: family for family in (module.Statistics() for module in _MODULES)
}
"""All families by name, in the order of the report's sections and of the ranks."""
