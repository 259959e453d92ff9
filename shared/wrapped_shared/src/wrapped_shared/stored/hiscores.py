"""Documents as dicts: a TypedDict for each model of `models.hiscores`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import Literal, NotRequired, TypedDict

from wrapped_shared.vocabulary import AccountType, GainFlag, RosterSource, RowKind, ScrapeOutcome, ScrapeStatus


class SkillRow(TypedDict):
    rank: int
    level: int | None
    experience: int


class ActivityRow(TypedDict):
    rank: int
    score: int


class BossRow(TypedDict):
    rank: int
    kills: int


class HiscoresSnapshot(TypedDict):
    schema_version: int
    _id: str
    player: str
    player_key: str
    slot: str
    scraped_at: datetime
    mode: str
    account_type: AccountType
    skills: dict[str, SkillRow]
    activities: dict[str, ActivityRow]
    bosses: dict[str, BossRow]


class HiscoresPlayer(TypedDict):
    schema_version: int
    _id: str
    player: str
    status: ScrapeStatus
    outcome: ScrapeOutcome
    checked_at: datetime
    next_due: datetime
    account_type: AccountType | None
    consecutive_failures: int
    type_checked_at: datetime | None
    asked_slot: str
    snapshot_slot: str | None
    snapshot_at: datetime | None
    quiet_days: int


class HiscoresPlayerFields(TypedDict, total=False):
    schema_version: int
    _id: str
    player: str
    status: ScrapeStatus
    outcome: ScrapeOutcome
    checked_at: datetime
    next_due: datetime
    account_type: AccountType | None
    consecutive_failures: int
    type_checked_at: datetime | None
    asked_slot: str
    snapshot_slot: str | None
    snapshot_at: datetime | None
    quiet_days: int


class Point(TypedDict):
    at: datetime
    overall_xp: int


class Rating(TypedDict):
    first: int
    last: int
    best: int


HiscoresSection = TypedDict(
    "HiscoresSection",
    {
        "from": datetime,
        "to": datetime,
        "skills": dict[str, int],
        "bosses": dict[str, int],
        "activities": dict[str, int],
        "ratings": NotRequired[dict[str, Rating]],
        "points": list[Point],
        "flags": list[GainFlag],
    },
)


class GainsTenure(TypedDict):
    name: str
    first: str | None
    last: str | None


HiscoresGains = TypedDict(
    "HiscoresGains",
    {
        "from": datetime,
        "to": datetime,
        "skills": dict[str, int],
        "bosses": dict[str, int],
        "activities": dict[str, int],
        "ratings": dict[str, Rating],
        "points": list[Point],
        "flags": list[GainFlag],
        "schema_version": int,
        "_id": str,
        "player_key": str,
        "period": str,
        "tenures": NotRequired[list[GainsTenure] | None],
    },
)


HiscoresGainsFields = TypedDict(
    "HiscoresGainsFields",
    {
        "from": datetime,
        "to": datetime,
        "skills": dict[str, int],
        "bosses": dict[str, int],
        "activities": dict[str, int],
        "ratings": dict[str, Rating],
        "points": list[Point],
        "flags": list[GainFlag],
        "schema_version": int,
        "_id": str,
        "player_key": str,
        "period": str,
        "tenures": list[GainsTenure] | None,
    },
    total=False,
)


class NameCandidate(TypedDict):
    schema_version: int
    _id: str
    old: str
    now: str
    seen_from: str
    overall: int
    rows: int
    gained: int
    reason: str


class RosterEntry(TypedDict):
    schema_version: int
    _id: str
    player: str
    sources: list[RosterSource]
    first_seen: datetime
    last_telemetry: datetime | None
    tracked: NotRequired[bool]


class RosterEntryFields(TypedDict, total=False):
    schema_version: int
    _id: str
    player: str
    sources: list[RosterSource]
    first_seen: datetime
    last_telemetry: datetime | None
    tracked: bool


class CatalogueRow(TypedDict):
    schema_version: int
    _id: str
    name: str
    group: Literal["skills", "activities"]
    kind: RowKind
    position: int
    slug: str | None
    linked: bool | None


class ObservedList(TypedDict):
    skills: list[str]
    activities: list[str]


class ObservedRows(TypedDict):
    schema_version: int
    _id: Literal["#observed"]
    lists: list[ObservedList]


class RankingPageRead(TypedDict):
    schema_version: int
    _id: Literal["#page"]
    read_at: datetime
