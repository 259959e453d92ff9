"""Documents as dicts: a TypedDict for each model of `models.bookkeeping`, which says what it means.

Made by `python -m wrapped_devkit.contract`; change the models instead.
"""

from datetime import datetime
from typing import Any, NotRequired, TypedDict

from wrapped_shared.stored.player_stats import QualityExample


class TurnScope(TypedDict):
    """See `bookkeeping.TurnScope`."""

    kind: str
    start: int
    end: int


class OpenTurn(TypedDict):
    """See `bookkeeping.OpenTurn`."""

    ticket: int
    key: object
    at: datetime
    host: str
    pid: int | None
    started: str
    run_id: str | None
    scope: NotRequired[TurnScope | None]


class Turns(TypedDict):
    """See `bookkeeping.Turns`."""

    _id: str
    ticket: int
    open: list[OpenTurn]


class Removal(TypedDict):
    """See `bookkeeping.Removal`."""

    _id: str
    collection: str
    field: str
    value: str
    revision: int


class SeenPart(TypedDict):
    """See `bookkeeping.SeenPart`."""

    n: int
    newest: Any
    above: int
    mark: Any


class TallyPart(TypedDict):
    """See `bookkeeping.TallyPart`."""

    read: int
    duplicates: int
    documents_left_out: int
    left_out: dict[str, int]
    examples: list[QualityExample]


class PieceOfDay(TypedDict):
    """See `bookkeeping.PieceOfDay`."""

    ticket: int
    noted: NotRequired[int | None]
    requests: NotRequired[list[Any] | None]
    labels: NotRequired[list[str] | None]
    seen: NotRequired[dict[str, dict[str, SeenPart]] | None]
    tallies: NotRequired[dict[str, dict[str, TallyPart]] | None]


class Division(TypedDict):
    """See `bookkeeping.Division`."""

    run: str
    pieces: dict[str, PieceOfDay]


class RemovedEvents(TypedDict):
    """See `bookkeeping.RemovedEvents`."""

    times: int
    open: bool
    unread: dict[str, int]


class DayLedger(TypedDict):
    """See `bookkeeping.DayLedger`."""

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


class Watermark(TypedDict):
    """See `bookkeeping.Watermark`."""

    _id: str
    watermark: Any
    newest: Any
    newest_since: datetime | None
    ahead: NotRequired[Any]
    looked_at: datetime
    below: int


class Reading(TypedDict):
    """See `bookkeeping.Reading`."""

    at: datetime
    events: int
    seconds: float


class PlanState(TypedDict):
    """See `bookkeeping.PlanState`."""

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


class AppliedLink(TypedDict):
    """See `bookkeeping.AppliedLink`."""

    old: str
    now: str
    from_day: str


class AppliedNames(TypedDict):
    """See `bookkeeping.AppliedNames`."""

    _id: str
    links: list[AppliedLink]
    digest: str
    error: NotRequired[str | None]
    revision: NotRequired[int]


class LootPrices(TypedDict):
    """See `bookkeeping.LootPrices`."""

    _id: str
    version: object
    digest: str
    parts: NotRequired[dict[str, str]]
    looked_at: datetime
    months: dict[str, dict[str, int]]
    bases: dict[str, int]
    pending: dict[str, list[int] | None]


class RunNote(TypedDict):
    """See `bookkeeping.RunNote`."""

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
    """Some fields of `RunNote`."""

    _id: str
    token: object | None
    writing: bool | None
    snapshots: int | None
    days: int | None
    position: str | None
    names: str | None
    at: datetime | None
    drawn_as: str | None
