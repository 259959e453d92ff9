"""Documents as dicts: a TypedDict for each model of `models.reports`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
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
    first_day: str
    last_day: str
    days_tracked: int


class Rank(TypedDict):
    stat: str
    value: float
    top_percent: float
    joint: NotRequired[bool]
    of_players: int


class Change(TypedDict):
    stat: PlainStat
    value: float
    before: float
    percent: float | None


class Before(TypedDict):
    period: str
    changes: list[Change]


class SlideImage(TypedDict):
    file_id: object
    width: int
    height: int


class Slide(TypedDict):
    stat: SlideStat
    title: str
    text: str
    value: int | float | str
    image_key: str | None
    image: SlideImage | None


class Quality(TypedDict):
    events_read: int
    events_left_out: dict[str, int]


class WrappedReport(TypedDict):
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


class WrappedReportFields(TypedDict, total=False):
    schema_version: int
    revision: int
    _id: str
    player: str
    player_key: str
    period: str
    generated_at: datetime
    digest: str | None
    coverage: Coverage
    play: Play
    movement: Movement
    prayer: Prayer
    places: list[Place]
    equipment: list[Gear]
    loot: Loot
    experience: Experience
    deaths: Deaths
    damage: Damage
    exchange: Exchange
    hiscores: HiscoresSection | None
    before: Before | None
    ranks: list[Rank]
    slides: list[Slide]
    quality: Quality
