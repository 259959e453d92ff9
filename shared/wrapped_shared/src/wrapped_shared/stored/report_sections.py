"""Documents as dicts: a TypedDict for each model of `models.report_sections`, which says what it means.

Made by `python -m wrapped_devkit.contract`; change the models instead.
"""

from typing import NotRequired, TypedDict

from wrapped_shared.vocabulary import EquipmentSlot


class Play(TypedDict):
    """See `report_sections.Play`."""

    ticks: int
    seconds: float
    sessions: int
    longest_session_seconds: float
    days_played: int
    longest_streak_days: int
    best_day: str | None
    best_month: str | None
    hours: list[int]
    months: dict[str, int]


class Tile(TypedDict):
    """See `report_sections.Tile`."""

    x: int
    y: int
    ticks: int


class Movement(TypedDict):
    """See `report_sections.Movement`."""

    tiles: int
    tiles_walked: int
    tiles_run: int
    energy_spent: float
    favourite_tile: Tile | None


class Prayer(TypedDict):
    """See `report_sections.Prayer`."""

    points_used: int


class Place(TypedDict):
    """See `report_sections.Place`."""

    name: str
    ticks: int
    seconds: float


class Gear(TypedDict):
    """See `report_sections.Gear`."""

    slot: EquipmentSlot
    item_id: int
    name: str | None
    ticks: int
    seconds: float


class LootItem(TypedDict):
    """See `report_sections.LootItem`."""

    item_id: int
    name: str | None
    quantity: int
    value: NotRequired[int | None]


class Mob(TypedDict):
    """See `report_sections.Mob`."""

    name: str
    combat_level: int
    npc_ids: list[int]
    kills: int
    value: NotRequired[int | None]
    items: list[LootItem]


class BestDrop(TypedDict):
    """See `report_sections.BestDrop`."""

    item_id: int
    name: str | None
    quantity: int
    value: int
    mob: str
    combat_level: int
    month: str


class Loot(TypedDict):
    """See `report_sections.Loot`."""

    kills: int
    value: NotRequired[int | None]
    best_drop: NotRequired[BestDrop | None]
    mobs: list[Mob]
    players_looted: int


class SkillGain(TypedDict):
    """See `report_sections.SkillGain`."""

    gained: int
    levels_gained: int


class Experience(TypedDict):
    """See `report_sections.Experience`."""

    total: int
    skills: dict[str, SkillGain]
    favourite_skill: str | None
    best_day: str | None


class DeathPlace(TypedDict):
    """See `report_sections.DeathPlace`."""

    name: str
    count: int


class Deaths(TypedDict):
    """See `report_sections.Deaths`."""

    count: int
    places: list[DeathPlace]


class Damage(TypedDict):
    """See `report_sections.Damage`."""

    dealt: int
    taken: int
    biggest_hit: int


class ExchangeItem(TypedDict):
    """See `report_sections.ExchangeItem`."""

    item_id: int
    name: str | None
    bought: int
    sold: int


class Exchange(TypedDict):
    """See `report_sections.Exchange`."""

    spent: int
    earned: int
    offers_filled: int
    items: list[ExchangeItem]


class Sections(TypedDict):
    """See `report_sections.Sections`."""

    play: Play
    movement: Movement
    prayer: NotRequired[Prayer]
    places: list[Place]
    equipment: list[Gear]
    loot: Loot
    experience: Experience
    deaths: Deaths
    damage: Damage
    exchange: Exchange
