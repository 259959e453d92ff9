"""Documents of `player_stats` and their parts as plain dicts: a TypedDict for each model, for code that builds them.

Models validate at the edges; inside, documents are dicts, and the type checker finds misspelt fields. The model of the
same name (`wrapped_shared.models`) says what a field means; a test compares the two. The sections of a report are
typed where they are built.
"""

from typing import NotRequired, TypedDict

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
    """See `reports.SlideImage`; `file_id` is an ObjectId."""

    file_id: object
    width: int
    height: int


class Slide(TypedDict):
    """See `reports.Slide`; a slide is built without its picture, which is put in when the report is written."""

    stat: SlideStat
    title: str
    text: str
    value: int | float | str
    image_key: str | None
    image: NotRequired[SlideImage | None]


class Quality(TypedDict):
    """See `reports.Quality`."""

    events_read: int
    events_left_out: dict[str, int]


class LeaderEntry(TypedDict):
    """See `player_stats.LeaderEntry`."""

    player: str
    value: float


class Leader(TypedDict):
    """See `player_stats.Leader`."""

    stat: str
    top: list[LeaderEntry]


class GroupReport(TypedDict):
    """See `player_stats.GroupReport`; `digest` and `revision` are added when the report is written."""

    _id: str
    schema_version: int
    group: str
    period: str
    members: list[str]
    totals: dict[str, float]
    leaders: list[Leader]
    mobs_left_out: NotRequired[int]


class QualityExample(TypedDict):
    """See `player_stats.QualityExample`; an `_id` may be of any BSON type."""

    reason: str
    id: object


class QualityCounts(TypedDict):
    """See `player_stats.QualityCounts`."""

    read: int
    duplicates: int
    documents_left_out: int
    left_out: dict[str, int]
    examples: list[QualityExample]


class DataQuality(QualityCounts):
    """See `player_stats.DataQuality`; `revision` is added when the document is written."""

    _id: str
    schema_version: int
    collection: str
    day: str


class SeenPart(TypedDict):
    """See `bookkeeping.SeenPart`; an `_id` may be of any BSON type."""

    n: int
    newest: object
    above: int
    mark: object
