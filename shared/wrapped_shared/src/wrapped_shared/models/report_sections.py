"""The statistics of a report, a model for each section: what a number counts, its unit, and the order of lists.

What belongs here: the sections that are computed from telemetry. What does not: the report around them, its slides
and ranks (`reports`), and the section of the hiscores (`hiscores`).
"""

from typing import Annotated

from pydantic import Field

from wrapped_shared.models.base import TOLERANT, Count, Day, Month, Part
from wrapped_shared.vocabulary import EquipmentSlot

_TICKS = Field(description="Game ticks of 0.6 s.")
_SECONDS = Field(ge=0, description="Seconds: ticks × 0.6, to one decimal.")
_ITEM_ID = Field(description="The game's item id as it was seen; notes and placeholders have ids of their own.")
_ITEM_NAME = Field(description="The item's name; null while it is unknown.")


class Play(Part):
    """Play time. One game tick is 0.6 seconds."""

    ticks: Count = Field(description="Game ticks of 0.6 s in which the player was logged in.")
    seconds: float = _SECONDS
    sessions: Count = Field(description="Sessions: ticks of one login with at most 5 minutes between neighbours.")
    longest_session_seconds: float = Field(
        ge=0, description="The longest session in seconds: its ticks × 0.6, to one decimal."
    )
    days_played: Count = Field(description="Days (UTC) with at least one tick.")
    longest_streak_days: Count = Field(description="The longest run of consecutive days played.")
    best_day: Day | None = Field(description="The day with the most ticks, the earlier in a tie; null without ticks.")
    best_month: Month | None = Field(
        description="The month with the most ticks, the earlier in a tie; null without ticks."
    )
    hours: list[Count] = Field(
        min_length=24, max_length=24, description="Ticks by hour of the day: 24 numbers, from 00:00 to 23:00 UTC."
    )
    months: dict[str, Count] = Field(description='Ticks by month "YYYY-MM", in order; months without any are absent.')


class Tile(Part):
    """A tile of the map and the ticks spent on it."""

    x: int = Field(ge=0, le=16_383, description="Tiles east, in the game's world coordinates; below 6400.")
    y: int = Field(ge=0, le=16_383, description="Tiles north, in the game's world coordinates.")
    ticks: Count = Field(description="Game ticks of 0.6 s spent on the tile.")


class Movement(Part):
    """Steps of one or two tiles from one tick to the next. Teleports and longer jumps are not steps."""

    tiles: Count = Field(description="Tiles covered on foot: `tiles_walked` + `tiles_run`.")
    tiles_walked: Count = Field(description="Tiles covered one per tick.")
    tiles_run: Count = Field(description="Tiles covered two per tick.")
    energy_spent: float = Field(
        ge=0, description="Run energy used, in percent, to two decimals; 250.5 is two and a half full bars."
    )
    favourite_tile: Tile | None = Field(
        description="The tile with the most ticks outside instances; null where no position is known."
    )


class Prayer(Part):
    """Prayer points. Those that monsters drain count as used."""

    points_used: Count = Field(description="Prayer points lost from one tick to the next.")


class Place(Part):
    """Time in one named place."""

    name: str = Field(
        description="The place; `Instance` = a private copy of the map (house, raid, boss room), `Unknown` = a region "
        "without a name."
    )
    ticks: Count = _TICKS
    seconds: float = _SECONDS


class Gear(Part):
    """Time with an item in a slot."""

    slot: Annotated[EquipmentSlot | str, TOLERANT] = Field(
        description="The slot; rings and ammunition are not visible to the plugin. Its picture is `stat:slot:<slot>`."
    )
    item_id: Count = _ITEM_ID
    name: str | None = _ITEM_NAME
    ticks: Count = Field(description="Game ticks of 0.6 s for which it was worn.")
    seconds: float = _SECONDS


class LootItem(Part):
    """An item that a mob dropped."""

    item_id: Count = _ITEM_ID
    name: str | None = _ITEM_NAME
    quantity: Count = Field(description="How many, over all of the mob's drops.")
    value: Count | None = Field(
        None, description="What they were worth, in coins: each at its price in the month of the drop; null if unknown."
    )


class Mob(Part):
    """A mob, by name and combat level, and what it dropped."""

    name: str = Field(description="The mob's name, without the game's markup. From telemetry: escape it.")
    combat_level: int = Field(description="Combat level; 0 or less where the game shows none.")
    npc_ids: list[int] = Field(description="The NPC ids under which it was met, ascending.")
    kills: Count = Field(description="Drops seen, empty ones included: a lower bound of kills.")
    value: Count | None = Field(
        None, description="What its drops were worth, in coins; null if none of the items has a price."
    )
    items: list[LootItem] = Field(
        description="Everything it dropped, the greatest `value` first; items without one last, by quantity."
    )


class BestDrop(Part):
    """The item of one drop that was worth most. All stacks of the item in the drop count together."""

    item_id: Count = _ITEM_ID
    name: str | None = _ITEM_NAME
    quantity: Count = Field(description="How many there were in the drop.")
    value: Count = Field(description="What they were worth, in coins.")
    mob: str = Field(description="Name of the mob that dropped it. From telemetry: escape it.")
    combat_level: int = Field(description="The mob's combat level; 0 or less where the game shows none.")
    month: Month = Field(description="The month of the drop (UTC), whose price counts.")


class Loot(Part):
    """Drops of mobs and of other players."""

    kills: Count = Field(description="Drops of mobs: the sum of `mobs[].kills`.")
    value: Count | None = Field(
        None,
        description="What all drops of mobs were worth, in coins; null if none of the items has a price. Items without "
        "a price add nothing. It is at most 2^63 - 1, like all sums.",
    )
    best_drop: BestDrop | None = Field(
        None, description="The single most valuable drop, the earlier month in a tie; null if there is no price."
    )
    mobs: list[Mob] = Field(
        description="All mobs, the greatest `value` first; those without one last, by kills, then by name and combat "
        "level."
    )
    players_looted: Count = Field(description="Drops of other players.")


class SkillGain(Part):
    """What was gained in a skill."""

    gained: int = Field(gt=0, description="Experience points gained.")
    levels_gained: Count = Field(description="Levels gained, per the game's experience table (max 99).")


class Experience(Part):
    """Experience gained while the plugin was watching: rises between consecutive values of a skill."""

    total: Count = Field(description="Experience points over all skills.")
    skills: dict[str, SkillGain] = Field(
        description="By skill as the plugin writes it (`ATTACK`; capitals and `_`, at most 24), alphabetical; skills "
        "without a gain are absent. New skills of the game appear by themselves."
    )
    favourite_skill: str | None = Field(
        description="The key of `skills` with the largest gain, alphabetically first in a tie; null without a gain."
    )
    best_day: Day | None = Field(
        description="The day with the most experience gained, the earlier in a tie; null without a gain."
    )


class DeathPlace(Part):
    """Deaths in one named place."""

    name: str = Field(description="The place, named as in `places`; `Unknown` also where the position is unknown.")
    count: Count = Field(description="Deaths there.")


class Deaths(Part):
    """The player's own deaths."""

    count: Count = Field(description="How often the player died.")
    places: list[DeathPlace] = Field(
        description="Where, most deaths first, then by name; the counts add up to `count`."
    )


class Damage(Part):
    """Damage in hitpoints. Heals, disease and prayer drain do not count."""

    dealt: Count = Field(description="Hitpoints of damage that the player dealt.")
    taken: Count = Field(description="Hitpoints of damage that the player took.")
    biggest_hit: Count = Field(description="The largest single hit dealt, in hitpoints; 0 without any.")


class ExchangeItem(Part):
    """How many of an item were traded."""

    item_id: Count = _ITEM_ID
    name: str | None = _ITEM_NAME
    bought: Count = Field(description="How many were bought.")
    sold: Count = Field(description="How many were sold.")


class Exchange(Part):
    """Trade on the Grand Exchange. An offer counts by its last state in the period."""

    spent: Count = Field(description="Coins spent on buying.")
    earned: Count = Field(description="Coins from selling, before tax.")
    offers_filled: Count = Field(description="Offers that were completed.")
    items: list[ExchangeItem] = Field(
        description="Items traded, the most (`bought` + `sold`) first, then by `item_id`."
    )


class Sections(Part):
    """All sections, one for each family of statistics."""

    play: Play = Field(description="Play time and sessions.")
    movement: Movement = Field(description="Steps, run energy and the favourite tile.")
    prayer: Prayer = Field(
        Prayer(points_used=0),
        description="Prayer points used; absent in reports older than this section until rebuilt.",
    )
    places: list[Place] = Field(description="Time by place, most ticks first, then by name.")
    equipment: list[Gear] = Field(description="Time by worn item, most ticks first, then by slot and `item_id`.")
    loot: Loot = Field(description="Kills and drops.")
    experience: Experience = Field(description="Experience gained, by telemetry.")
    deaths: Deaths = Field(description="Deaths and where they happened.")
    damage: Damage = Field(description="Damage dealt and taken, in hitpoints.")
    exchange: Exchange = Field(description="Grand Exchange trade.")
