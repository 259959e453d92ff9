"""Documents as dicts: a TypedDict for each model of `models.player_stats`, which says what it means.

Made by `python -m wrapped_devkit.contract`; change the models instead.
"""

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict


class PlayerDay(TypedDict):
    """See `player_stats.PlayerDay`."""

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


HourCell = TypedDict(
    "HourCell",
    {
        "from": str,
    },
)
"""See `player_stats.HourCell`."""


class PlayerHour(TypedDict):
    """See `player_stats.PlayerHour`."""

    schema_version: int
    revision: int
    _id: str
    player_key: str
    day: str
    hour: str
    cells: list[HourCell]
    digest: str


class PlayerMonth(TypedDict):
    """See `player_stats.PlayerMonth`."""

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


class PlayerMerge(TypedDict):
    """See `player_stats.PlayerMerge`."""

    schema_version: int
    revision: NotRequired[int]
    _id: str
    player_key: str
    level: str
    of: str
    before: str


class LootMonth(TypedDict):
    """See `player_stats.LootMonth`."""

    _id: str


class DayRequest(TypedDict):
    """See `player_stats.DayRequest`."""

    _id: str
    reason: str
    token: NotRequired[Any]


class DayRequestFields(TypedDict, total=False):
    """Some fields of `DayRequest`."""

    _id: str
    reason: str
    token: Any


class ReportRequest(TypedDict):
    """See `player_stats.ReportRequest`."""

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
    """Some fields of `ReportRequest`."""

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
    """See `player_stats.RankRequest`."""

    _id: str
    token: object


class Seal(TypedDict):
    """See `player_stats.Seal`."""

    _id: str
    before: str


class SealFields(TypedDict, total=False):
    """Some fields of `Seal`."""

    _id: str
    before: str


class PlayerGroup(TypedDict):
    """See `player_stats.PlayerGroup`."""

    _id: str
    members: list[str]


class PlayerName(TypedDict):
    """See `player_stats.PlayerName`."""

    _id: str
    old: str
    now: str
    from_day: str


class LeaderEntry(TypedDict):
    """See `player_stats.LeaderEntry`."""

    player: str
    value: float


class Leader(TypedDict):
    """See `player_stats.Leader`."""

    stat: str
    top: list[LeaderEntry]


class GroupReport(TypedDict):
    """See `player_stats.GroupReport`."""

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
    """See `player_stats.QualityExample`."""

    reason: str
    id: Any


class QualityCounts(TypedDict):
    """See `player_stats.QualityCounts`."""

    read: int
    duplicates: int
    documents_left_out: int
    left_out: dict[str, int]
    examples: list[QualityExample]


class DataQuality(TypedDict):
    """See `player_stats.DataQuality`."""

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
