"""Documents as dicts: a TypedDict for each model of `models.bookkeeping`, which says what it means.

`<Model>Fields` has some of the fields: what an update sets, or a document while it is made. This module is made by
`python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from wrapped_shared.stored.player_stats import QualityExample


class TurnScope(TypedDict):
    kind: str
    start: int
    end: int


class OpenTurn(TypedDict):
    ticket: int
    key: object
    at: datetime
    host: str
    pid: int | None
    started: str
    run_id: str | None
    scope: NotRequired[TurnScope | None]


class OpenTurnFields(TypedDict, total=False):
    ticket: int
    key: object
    at: datetime
    host: str
    pid: int | None
    started: str
    run_id: str | None
    scope: TurnScope | None


class Turns(TypedDict):
    _id: str
    ticket: int
    open: list[OpenTurn]


class Removal(TypedDict):
    _id: str
    collection: str
    field: str
    value: str
    revision: int


class RemovalFields(TypedDict, total=False):
    _id: str
    collection: str
    field: str
    value: str
    revision: int


class SeenPart(TypedDict):
    n: int
    newest: Any
    above: int
    mark: Any


class TallyPart(TypedDict):
    read: int
    duplicates: int
    documents_left_out: int
    left_out: dict[str, int]
    examples: list[QualityExample]


class PieceOfDay(TypedDict):
    ticket: int
    noted: NotRequired[int | None]
    requests: NotRequired[list[Any] | None]
    labels: NotRequired[list[str] | None]
    seen: NotRequired[dict[str, dict[str, SeenPart]] | None]
    tallies: NotRequired[dict[str, dict[str, TallyPart]] | None]


class Division(TypedDict):
    run: str
    pieces: dict[str, PieceOfDay]


class RemovedEvents(TypedDict):
    times: int
    open: bool
    unread: dict[str, int]


class DayLedger(TypedDict):
    _id: str
    day: str
    revision: int
    claimed: int
    noted: int
    owed: bool
    owed_cells: list[str]
    since: NotRequired[datetime | None]
    why: NotRequired[str | None]
    seen: NotRequired[dict[str, dict[str, SeenPart]]]
    tallies: NotRequired[dict[str, dict[str, TallyPart]]]
    kept_until: NotRequired[str | None]
    expected: NotRequired[dict[str, int] | None]
    division: NotRequired[Division | None]
    fallen: NotRequired[dict[str, int] | None]
    removed: NotRequired[RemovedEvents | None]


class DayLedgerFields(TypedDict, total=False):
    _id: str
    day: str
    revision: int
    claimed: int
    noted: int
    owed: bool
    owed_cells: list[str]
    since: datetime | None
    why: str | None
    seen: dict[str, dict[str, SeenPart]]
    tallies: dict[str, dict[str, TallyPart]]
    kept_until: str | None
    expected: dict[str, int] | None
    division: Division | None
    fallen: dict[str, int] | None
    removed: RemovedEvents | None


class Watermark(TypedDict):
    _id: str
    watermark: Any
    newest: Any
    newest_since: datetime | None
    ahead: NotRequired[Any]
    looked_at: datetime
    below: int


class WatermarkFields(TypedDict, total=False):
    _id: str
    watermark: Any
    newest: Any
    newest_since: datetime | None
    ahead: Any
    looked_at: datetime
    below: int


class Reading(TypedDict):
    at: datetime
    events: int
    seconds: float


class PlanState(TypedDict):
    _id: str
    from_day: str
    audited: str
    history_next: str | None
    events_per_second: float | None
    last_reading: NotRequired[Reading | None]
    ranked_at: datetime | None
    compared_upto: NotRequired[int | None]
    undated: NotRequired[str | None]
    groups_owed: NotRequired[dict[str, object]]
    groups_digest: NotRequired[str | None]
    groups_seen: NotRequired[datetime | None]
    links_seen: NotRequired[datetime | None]
    links_counts: NotRequired[dict[str, int]]


class PlanStateFields(TypedDict, total=False):
    _id: str
    from_day: str
    audited: str
    history_next: str | None
    events_per_second: float | None
    last_reading: Reading | None
    ranked_at: datetime | None
    compared_upto: int | None
    undated: str | None
    groups_owed: dict[str, object]
    groups_digest: str | None
    groups_seen: datetime | None
    links_seen: datetime | None
    links_counts: dict[str, int]


class AppliedLink(TypedDict):
    old: str
    now: str
    from_day: str


class AppliedNames(TypedDict):
    _id: str
    links: list[AppliedLink]
    digest: str
    error: NotRequired[str | None]
    revision: NotRequired[int]


class LootPrices(TypedDict):
    _id: str
    version: object
    digest: str
    parts: NotRequired[dict[str, str]]
    looked_at: datetime
    months: dict[str, dict[str, int]]
    bases: dict[str, int]
    pending: dict[str, list[int] | None]


class LootPricesFields(TypedDict, total=False):
    _id: str
    version: object
    digest: str
    parts: dict[str, str]
    looked_at: datetime
    months: dict[str, dict[str, int]]
    bases: dict[str, int]
    pending: dict[str, list[int] | None]


class RunNote(TypedDict):
    _id: str
    token: NotRequired[object | None]
    writing: NotRequired[bool | None]
    snapshots: NotRequired[int | None]
    days: NotRequired[int | None]
    position: NotRequired[str | None]
    names: NotRequired[str | None]
    at: NotRequired[datetime | None]
    drawn_as: NotRequired[str | None]


class RunNoteFields(TypedDict, total=False):
    _id: str
    token: object | None
    writing: bool | None
    snapshots: int | None
    days: int | None
    position: str | None
    names: str | None
    at: datetime | None
    drawn_as: str | None
