"""Documents as dicts: a TypedDict for each model of `models.reports`, which says what it means.

Made by `python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import NotRequired, TypedDict

from wrapped_shared.stored.hiscores import HiscoresSection
from wrapped_shared.stored.report_sections import (
    Damage,
    Deaths,
    Exchange,
    Experience,
    Gear,
    Loot,
    Movement,
    Place,
    Play,
    Prayer,
)
from wrapped_shared.vocabulary import PlainStat, SlideStat


class Coverage(TypedDict):
    """See `reports.Coverage`."""

    first_day: str
    last_day: str
    days_tracked: int


class Rank(TypedDict):
    """See `reports.Rank`."""

    stat: str
    value: float
    top_percent: float
    joint: NotRequired[bool]
    of_players: int


class Change(TypedDict):
    """See `reports.Change`."""

    stat: PlainStat
    value: float
    before: float
    percent: float | None


class Before(TypedDict):
    """See `reports.Before`."""

    period: str
    changes: list[Change]


class SlideImage(TypedDict):
    """See `reports.SlideImage`."""

    file_id: object
    width: int
    height: int


class Slide(TypedDict):
    """See `reports.Slide`."""

    stat: SlideStat
    title: str
    text: str
    value: int | float | str
    image_key: str | None
    image: SlideImage | None


class Quality(TypedDict):
    """See `reports.Quality`."""

    events_read: int
    events_left_out: dict[str, int]


class WrappedReport(TypedDict):
    """See `reports.WrappedReport`."""

    schema_version: int
    revision: NotRequired[int]
    _id: str
    player: str
    player_key: str
    period: str
    generated_at: datetime
    digest: NotRequired[str | None]
    coverage: Coverage
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
    hiscores: HiscoresSection | None
    before: NotRequired[Before | None]
    ranks: list[Rank]
    slides: list[Slide]
    quality: Quality
