"""Documents as dicts: a TypedDict for each model of `models.player_stats`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict


class PlayerDay(TypedDict):
    schema_version: int
    revision: NotRequired[int]
    player_key: str
    play: Mapping[str, Any]
    movement: Mapping[str, Any]
    prayer: NotRequired[Mapping[str, Any]]
    places: Mapping[str, Any]
    equipment: Mapping[str, Any]
    loot: Mapping[str, Any]
    experience: Mapping[str, Any]
    deaths: Mapping[str, Any]
    damage: Mapping[str, Any]
    exchange: Mapping[str, Any]
    days: NotRequired[list[str]]
    last: NotRequired[Mapping[str, Any]]
    quality: NotRequired[Mapping[str, Any]]
    _id: str
    day: str
    digest: str


class PlayerDayFields(TypedDict, total=False):
    schema_version: int
    revision: int
    player_key: str
    play: Mapping[str, Any]
    movement: Mapping[str, Any]
    prayer: Mapping[str, Any]
    places: Mapping[str, Any]
    equipment: Mapping[str, Any]
    loot: Mapping[str, Any]
    experience: Mapping[str, Any]
    deaths: Mapping[str, Any]
    damage: Mapping[str, Any]
    exchange: Mapping[str, Any]
    days: list[str]
    last: Mapping[str, Any]
    quality: Mapping[str, Any]
    _id: str
    day: str
    digest: str


HourCell = TypedDict(
    "HourCell",
    {
        "from": str,
    },
)


class PlayerHour(TypedDict):
    schema_version: int
    revision: int
    _id: str
    player_key: str
    day: str
    hour: str
    cells: list[HourCell]
    digest: str


class PlayerHourFields(TypedDict, total=False):
    schema_version: int
    revision: int
    _id: str
    player_key: str
    day: str
    hour: str
    cells: list[HourCell]
    digest: str


class PlayerMonth(TypedDict):
    schema_version: int
    revision: NotRequired[int]
    player_key: str
    play: Mapping[str, Any]
    movement: Mapping[str, Any]
    prayer: NotRequired[Mapping[str, Any]]
    places: Mapping[str, Any]
    equipment: Mapping[str, Any]
    loot: Mapping[str, Any]
    experience: Mapping[str, Any]
    deaths: Mapping[str, Any]
    damage: Mapping[str, Any]
    exchange: Mapping[str, Any]
    days: NotRequired[list[str]]
    last: NotRequired[Mapping[str, Any]]
    quality: NotRequired[Mapping[str, Any]]
    _id: str
    month: str


class PlayerMonthFields(TypedDict, total=False):
    schema_version: int
    revision: int
    player_key: str
    play: Mapping[str, Any]
    movement: Mapping[str, Any]
    prayer: Mapping[str, Any]
    places: Mapping[str, Any]
    equipment: Mapping[str, Any]
    loot: Mapping[str, Any]
    experience: Mapping[str, Any]
    deaths: Mapping[str, Any]
    damage: Mapping[str, Any]
    exchange: Mapping[str, Any]
    days: list[str]
    last: Mapping[str, Any]
    quality: Mapping[str, Any]
    _id: str
    month: str


class PlayerMerge(TypedDict):
    schema_version: int
    revision: NotRequired[int]
    _id: str
    player_key: str
    level: str
    of: str
    before: str


class PlayerMergeFields(TypedDict, total=False):
    schema_version: int
    revision: int
    _id: str
    player_key: str
    level: str
    of: str
    before: str


class LootMonth(TypedDict):
    _id: str


class DayRequest(TypedDict):
    _id: str
    reason: str
    token: NotRequired[Any]


class DayRequestFields(TypedDict, total=False):
    _id: str
    reason: str
    token: Any


class ReportRequest(TypedDict):
    _id: str
    player_key: str
    month: str
    token: object
    slot: NotRequired[int | None]
    whole: NotRequired[bool]
    days: NotRequired[list[str]]
    hours: NotRequired[list[str]]
    revalued: NotRequired[bool]


class ReportRequestFields(TypedDict, total=False):
    _id: str
    player_key: str
    month: str
    token: object
    slot: int | None
    whole: bool
    days: list[str]
    hours: list[str]
    revalued: bool


class RankRequest(TypedDict):
    _id: str
    token: object


class RankRequestFields(TypedDict, total=False):
    _id: str
    token: object


class Seal(TypedDict):
    _id: str
    before: str


class SealFields(TypedDict, total=False):
    _id: str
    before: str


class PlayerGroup(TypedDict):
    _id: str
    members: list[str]


class PlayerName(TypedDict):
    _id: str
    old: str
    now: str
    from_day: str


class LeaderEntry(TypedDict):
    player: str
    value: float


class Leader(TypedDict):
    stat: str
    top: list[LeaderEntry]


class GroupReport(TypedDict):
    schema_version: int
    revision: NotRequired[int]
    _id: str
    group: str
    period: str
    members: list[str]
    totals: dict[str, float]
    leaders: list[Leader]
    digest: NotRequired[str | None]
    mobs_left_out: NotRequired[int]


class QualityExample(TypedDict):
    reason: str
    id: Any


class QualityCounts(TypedDict):
    read: int
    duplicates: int
    documents_left_out: int
    left_out: dict[str, int]
    examples: list[QualityExample]


class DataQuality(TypedDict):
    read: int
    duplicates: int
    documents_left_out: int
    left_out: dict[str, int]
    examples: list[QualityExample]
    schema_version: int
    revision: NotRequired[int]
    _id: str
    collection: str
    day: str
