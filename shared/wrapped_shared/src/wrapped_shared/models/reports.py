"""The Wrapped report, section by section: the document of `wrapped_reports` that the web app reads."""

from typing import Any

from pydantic import Field

from wrapped_shared.models.base import BsonDate, Count, Day, FileId, Month, Part, Period, StoredDocument


class Coverage(Part):
    """Which days a report rests on."""

    first_day: Day
    last_day: Day
    days_tracked: Count = Field(description="Days with a sound event.")


class Play(Part):
    """Play time: one game tick is 0.6 seconds."""

    ticks: Count
    seconds: float
    sessions: Count = Field(description="Runs of ticks of one session with at most 5 minutes between neighbours.")
    longest_session_seconds: float
    days_played: Count = Field(description="Days with a game tick.")
    longest_streak_days: Count
    best_day: Day | None
    best_month: Month | None
    hours: list[int] = Field(min_length=24, max_length=24, description="Ticks by hour of the day, UTC.")
    months: dict[str, int] = Field(description="Ticks by month, only where there are any.")


class Tile(Part):
    """A tile of the map and the ticks spent on it."""

    x: int
    y: int
    ticks: Count


class Movement(Part):
    """Steps of one or two tiles between neighbouring ticks."""

    tiles: Count
    tiles_walked: Count
    tiles_run: Count
    energy_spent: float = Field(description="Percent of run energy, summed.")
    favourite_tile: Tile | None


class Place(Part):
    """Time in one named place."""

    name: str
    ticks: Count
    seconds: float


class Gear(Part):
    """Time with an item in a slot."""

    slot: str
    item_id: Count
    name: str | None
    ticks: Count
    seconds: float


class LootItem(Part):
    """An item looted from a mob."""

    item_id: Count
    name: str | None
    quantity: Count


class Mob(Part):
    """A mob by name and combat level, and what it dropped."""

    name: str
    combat_level: int
    npc_ids: list[int]
    kills: Count = Field(description="Loot drops: a lower bound of kills.")
    items: list[LootItem]


class Loot(Part):
    """Loot drops."""

    kills: Count
    mobs: list[Mob]
    players_looted: Count


class SkillGain(Part):
    """Experience and levels gained in a skill."""

    gained: Count
    levels_gained: Count


class Experience(Part):
    """Tracked experience: rises between consecutive values."""

    total: Count
    skills: dict[str, SkillGain]
    favourite_skill: str | None
    best_day: Day | None


class DeathPlace(Part):
    """Deaths in one named place."""

    name: str
    count: Count


class Deaths(Part):
    """The player's own deaths."""

    count: Count
    places: list[DeathPlace]


class Damage(Part):
    """Hitpoints of damage."""

    dealt: Count
    taken: Count
    biggest_hit: Count


class ExchangeItem(Part):
    """Quantities of an item bought and sold."""

    item_id: Count
    name: str | None
    bought: Count
    sold: Count


class Exchange(Part):
    """Grand Exchange offers, each counted by its last state; coins."""

    spent: Count
    earned: Count
    offers_filled: Count
    items: list[ExchangeItem]


class Rank(Part):
    """Where a player stands among the reports of the period."""

    stat: str
    value: float
    top_percent: float
    of_players: Count


class SlideImage(Part):
    """The picture of a slide in the GridFS bucket `sprites`."""

    file_id: FileId
    width: Count
    height: Count


class Slide(Part):
    """One headline of the report."""

    stat: str
    title: str
    text: str
    value: Any
    image_key: str | None
    image: SlideImage | None


class Quality(Part):
    """How many of the player's documents were read and left out."""

    events_read: Count
    events_left_out: dict[str, int]


class WrappedReport(StoredDocument):
    """`wrapped_reports`: what the web app reads; `_id` is "<period>/<player_key>"."""

    id: str = Field(alias="_id")
    player: str = Field(description="The player's name as last seen in the period.")
    player_key: str
    period: Period
    generated_at: BsonDate = Field(description="When the document last changed.")
    digest: str | None = Field(
        default=None,
        description="Fingerprint of all but `generated_at`, `revision` and what a ranking writes: `ranks` and the rank "
        "slide.",
    )
    coverage: Coverage
    play: Play
    movement: Movement
    places: list[Place]
    equipment: list[Gear]
    loot: Loot
    experience: Experience
    deaths: Deaths
    damage: Damage
    exchange: Exchange
    hiscores: dict[str, Any] | None
    ranks: list[Rank]
    slides: list[Slide]
    quality: Quality
