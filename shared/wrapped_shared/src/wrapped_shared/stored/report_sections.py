"""Documents as dicts: a TypedDict for each model of `models.report_sections`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from typing import NotRequired, TypedDict

from wrapped_shared.vocabulary import EquipmentSlot


class Play(TypedDict):
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
    x: int
    y: int
    ticks: int


class Movement(TypedDict):
    tiles: int
    tiles_walked: int
    tiles_run: int
    energy_spent: float
    favourite_tile: Tile | None


class Prayer(TypedDict):
    points_used: int


class Place(TypedDict):
    name: str
    ticks: int
    seconds: float


class Gear(TypedDict):
    slot: EquipmentSlot
    item_id: int
    name: str | None
    ticks: int
    seconds: float


class LootItem(TypedDict):
    item_id: int
    name: str | None
    quantity: int
    value: NotRequired[int | None]


class Mob(TypedDict):
    name: str
    combat_level: int
    npc_ids: list[int]
    kills: int
    value: NotRequired[int | None]
    items: list[LootItem]


class BestDrop(TypedDict):
    item_id: int
    name: str | None
    quantity: int
    value: int
    mob: str
    combat_level: int
    month: str


class Loot(TypedDict):
    kills: int
    value: NotRequired[int | None]
    best_drop: NotRequired[BestDrop | None]
    mobs: list[Mob]
    players_looted: int


class SkillGain(TypedDict):
    gained: int
    levels_gained: int


class Experience(TypedDict):
    total: int
    skills: dict[str, SkillGain]
    favourite_skill: str | None
    best_day: str | None


class DeathPlace(TypedDict):
    name: str
    count: int


class Deaths(TypedDict):
    count: int
    places: list[DeathPlace]


class Damage(TypedDict):
    dealt: int
    taken: int
    biggest_hit: int


class ExchangeItem(TypedDict):
    item_id: int
    name: str | None
    bought: int
    sold: int


class Exchange(TypedDict):
    spent: int
    earned: int
    offers_filled: int
    items: list[ExchangeItem]


class Sections(TypedDict):
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
