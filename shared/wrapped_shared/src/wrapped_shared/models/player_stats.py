"""Documents that `player_stats` owns besides reports: hours, days, months, groups, quality and the request queues."""

from typing import Annotated, Any

from pydantic import Field

from wrapped_shared.models.base import (
    BsonId,
    Count,
    Day,
    FileId,
    Month,
    Part,
    Period,
    StoredDocument,
)

Summary = Annotated[dict[str, Any], Field(description="A family's monoid summary; its fields are the product's own.")]

Hour = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}$", description='"<day>T<HH>", UTC.')]

REVISION = Field(description="The turn that wrote the document: no turn before it may write it any more.")


class _Families(StoredDocument):
    id: str = Field(alias="_id")
    player_key: str = Field(description="The normalised player name.")
    play: Summary
    movement: Summary
    places: Summary
    equipment: Summary
    loot: Summary
    experience: Summary
    deaths: Summary
    damage: Summary
    exchange: Summary


class PlayerDay(_Families):
    """`player_days`: what one player did on one UTC day; `_id` is "<player_key>|<day>"."""

    day: Day
    digest: str = Field(description="Fingerprint of the rest of the document: equal digests, equal documents.")


class HourCell(Part):
    """A stretch of an hour: the whole of it, or five minutes of an hour that is still open, and its summary."""

    start: str = Field(
        alias="from",
        pattern=r"^\d{2}(:\d{2})?$",
        description='The hour "HH" (UTC), or the beginning "HH:MM" of five minutes of it.',
    )


class PlayerHour(StoredDocument):
    """`player_hours`: a player's UTC hour of a day that may still change; `_id` is "<player_key>|<hour>".

    A day is the merge of its hours, so late telemetry costs the hours that it lies in.
    """

    id: str = Field(alias="_id")
    player_key: str = Field(description="The normalised player name.")
    day: Day
    hour: Hour
    cells: list[HourCell] = Field(description="In order of time; those without events are not there.")
    digest: str = Field(description="Fingerprint of the rest of the document: equal digests, equal documents.")
    revision: Count = REVISION


class PlayerMonth(_Families):
    """`player_months`: the merge of a player's days of one month that is closed: a later one of theirs has begun."""

    month: Month


class PlayerMerge(StoredDocument):
    """`player_merges`: what of a player's telemetry is closed, merged once; `_id` is "<player_key>|<level>".

    With what is open merged on top it gives the day, the month, the year and all time. It holds the families' summaries
    as a day does; without any there is nothing yet.
    """

    id: str = Field(alias="_id")
    player_key: str = Field(description="The normalised player name.")
    level: str = Field(
        pattern="^(hours|days|months|years)$",
        description="The hours of the latest day, the days of the latest month, the months of the latest year, or "
        "those of all years before.",
    )
    of: str = Field(description='The day, month or year whose parts are merged; "all" for the years.')
    before: str = Field(description="The hour, day, month or year of the newest part: those before it are merged.")


class DayRequest(Part):
    """`day_requests`: a day that must be computed again; `_id` is the day."""

    id: Day = Field(alias="_id")
    reason: str
    token: BsonId = Field(
        default=None, description="Changes with every request: what is requested while the day is read is not lost."
    )


class ReportRequest(Part):
    """`report_requests`: a player's month whose days changed; `_id` is "<player_key>|<month>"."""

    id: str = Field(alias="_id")
    player_key: str
    slot: Count | None = Field(default=None, description="Of the player, by which players are divided.")
    month: Month
    token: FileId = Field(description="Changes with every request: what came in while it was served is not lost.")
    whole: bool = Field(default=True, description="Whether the month is merged from its days, whatever was touched.")
    days: list[Day] = Field(default=[], description="Days of the month that were written from their events.")
    hours: list[Hour] = Field(
        default=[], description="Hours that were written: their days are merged from their hours."
    )


class RankRequest(Part):
    """`rank_requests`: a period whose reports must be ranked; `_id` is the period."""

    id: Period = Field(alias="_id")
    token: FileId = Field(description="Changes with every request: what came in while it was served is not lost.")


class Seal(Part):
    """`sealed`: days before it keep what was computed from their events, which may be gone; one document.

    It moves forward only. Sealed days are never computed again from events, and nothing of theirs is removed.
    """

    id: str = Field(alias="_id", pattern="^raw$")
    before: Day = Field(description="The first day that is not sealed.")


class LeaderEntry(Part):
    """A player among the first five of a stat."""

    player: str
    value: float


class Leader(Part):
    """The first five of a group in one stat."""

    stat: str
    top: list[LeaderEntry] = Field(max_length=5)


class GroupReport(StoredDocument):
    """`group_reports`: totals and leaders of a named set of players; `_id` is "<period>/<group>"."""

    id: str = Field(alias="_id")
    group: str
    period: Period
    members: list[str]
    totals: dict[str, float]
    leaders: list[Leader]
    mobs_left_out: Count = Field(
        default=0, description="Kinds of mobs that the report would be too large with, the rarest ones."
    )


class QualityExample(Part):
    """One document that was left out."""

    reason: str
    id: BsonId


class DataQuality(StoredDocument):
    """`data_quality`: what became of the documents of one raw collection and day; `_id` is "<collection>|<day>".

    One of the collection `player_days` is there for a day with players whose summary is too large to be stored.
    In place of a day, "undated" stands for documents that no day reads, and "sealed" for those that arrived for days
    behind the seal.
    """

    id: str = Field(alias="_id")
    collection: str
    day: str = Field(pattern=r"^(\d{4}-\d{2}-\d{2}|undated|sealed)$")
    read: Count
    duplicates: Count
    documents_left_out: Count = Field(description="Documents with at least one reason, each counted once.")
    left_out: dict[str, int]
    examples: list[QualityExample] = Field(max_length=5, description="Those with the smallest `_id`.")
