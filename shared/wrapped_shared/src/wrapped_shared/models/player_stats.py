"""Documents that `player_stats` owns, other than reports: hours, days, months, groups, quality and the request queues.

Also `player_groups`, `player_names` and `sealed`, which people and the web app write and `player_stats` reads.
"""

from typing import Annotated, Any

from pydantic import Field

from wrapped_shared import collections as names
from wrapped_shared.models.base import (
    REVISION,
    BsonId,
    Count,
    Day,
    FileId,
    Month,
    Part,
    Period,
    TurnDocument,
    schema_version_of,
)
from wrapped_shared.models.reports import RankedStat

Summary = Annotated[
    dict[str, Any], Field(description="The family's mergeable summary; its fields are private to player_stats.")
]

_KEY = Field(description="The normalised player name.")
_DAY = Field(description="The day, UTC.")
_MONTH = Field(description="The month, UTC.")
_DIGEST = Field(description="Fingerprint of the rest of the document: equal digests, equal documents.")
_TOKEN = Field(
    description="Changes with every request, and the request is cleared by it: one made meanwhile is not lost."
)


Hour = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}$", description='The hour, UTC: "YYYY-MM-DDTHH".')]


class _Families(TurnDocument):
    player_key: str = _KEY
    play: Summary
    movement: Summary
    prayer: Summary = Field({}, description="Absent from what was stored before the family was added.")
    places: Summary
    equipment: Summary
    loot: Summary
    experience: Summary
    deaths: Summary
    damage: Summary
    exchange: Summary
    days: list[Day] = Field([], description="The days with a valid event, ascending.")
    last: dict[str, Any] = Field({}, description="The player's last event: `at` (ms), `tick`, and `name` as typed.")
    quality: dict[str, Any] = Field(
        {}, description="`read`: the player's events that were read; `left_out`: those left out, by reason."
    )


class PlayerDay(_Families):
    """`player_days`: what one player did on one UTC day. Whole days merge into months, years and all time."""

    schema_version: int = schema_version_of(names.PLAYER_DAYS)
    id: str = Field(alias="_id", description="`<player_key>|<day>`.")
    day: Day = _DAY
    digest: str = _DIGEST


class HourCell(Part):
    """A summary of an hour, or of five minutes of an hour that is still open."""

    start: str = Field(
        alias="from",
        pattern=r"^\d{2}(:\d{2})?$",
        description='The hour "HH" (UTC), or "HH:MM", the start of five minutes.',
    )


class PlayerHour(TurnDocument):
    """`player_hours`: a player's UTC hour of a day that may still change.

    A day is the merge of its hours, so late telemetry costs only the hours it belongs to.
    """

    schema_version: int = schema_version_of(names.PLAYER_HOURS)
    id: str = Field(alias="_id", description="`<player_key>|<hour>`.")
    player_key: str = _KEY
    day: Day = _DAY
    hour: Hour
    cells: list[HourCell] = Field(
        description="The parts with events, in order of time; each also has the summaries of the families."
    )
    digest: str = _DIGEST
    revision: Count = Field(description=REVISION)


class PlayerMonth(_Families):
    """`player_months`: the merge of a player's days of one month that is closed: a later one of theirs has begun.

    Days are stored under the name that sent them; a month has those of all names that its player held.
    """

    schema_version: int = schema_version_of(names.PLAYER_MONTHS)
    id: str = Field(alias="_id", description="`<player_key>|<month>`.")
    month: Month = _MONTH


class PlayerMerge(TurnDocument):
    """`player_merges`: a player's closed hours, days, months or years, merged once.

    Merged with what is still open it gives the day, the month, the year and all time. Hours are merged by the name
    that sent them, everything else by the name that the player held last. It holds the families' summaries
    as a day does; without any there is nothing yet.
    """

    schema_version: int = schema_version_of(names.PLAYER_MERGES)
    id: str = Field(alias="_id", description="`<player_key>|<level>`.")
    player_key: str = _KEY
    level: str = Field(
        pattern="^(hours|days|months|years)$",
        description="The hours of the latest day, the days of the latest month, the months of the latest year, or "
        "those of all years before.",
    )
    of: str = Field(description='The day, month or year whose parts are merged; "all" for the years.')
    before: str = Field(description="The hour, day, month or year of the newest part: those before it are merged.")


class LootMonth(Part):
    """`loot_months`: a month in which players received loot, so that its item prices are needed."""

    id: Month = Field(alias="_id", description="The month of the loot, UTC.")


class DayRequest(Part):
    """`day_requests`: a day that must be recomputed.

    Written by anything that stores old events, before and after it does. A request for a future day waits for it.
    """

    id: Day = Field(alias="_id", description="The day, UTC.")
    reason: str = Field(description="Why, in a few words, for people.")
    token: BsonId = Field(
        None, description="Changes with every request, so that one made while the day is read is not lost."
    )


class ReportRequest(Part):
    """`report_requests`: a player's month whose days changed, so that reports must be rebuilt."""

    id: str = Field(alias="_id", description="`<player_key>|<month>`.")
    player_key: str = _KEY
    month: Month = _MONTH
    token: FileId = _TOKEN
    slot: Count | None = Field(
        None, description="0 to 65,535, by which the players are divided among steps; absent in older requests."
    )
    whole: bool = Field(True, description="Whether the month is merged from all of its days, whatever was touched.")
    days: list[Day] = Field([], description="Days of the month that were written from their events.")
    hours: list[Hour] = Field([], description="Hours that were written: their days are merged from their hours first.")
    revalued: bool = Field(
        False, description="Whether item prices changed in the month, and maybe in later ones of its year."
    )


class RankRequest(Part):
    """`rank_requests`: a period whose reports must be ranked."""

    id: Period = Field(alias="_id", description='The calendar year, or "all".')
    token: FileId = _TOKEN


class Seal(Part):
    """`sealed`: the first day whose raw events may still be read; one document, written by `wrapped prune`.

    Sealed days keep what was computed from their events, which may be gone: they are never recomputed from events and
    nothing of theirs is removed. Move the seal forward only.
    """

    id: str = Field(alias="_id", pattern="^raw$", description="Always `raw`.")
    before: Day = Field(description="The first day that is not sealed.")


class PlayerGroup(Part):
    """`player_groups`: a clan or any named set of players, written by the web app or a person.

    A change shows in `group_reports` within about an hour; removing the document removes its reports.
    """

    id: str = Field(alias="_id", description="The group's name; it must be a string.")
    members: list[str] = Field(
        description="Names in any form; they are normalised, duplicates and invalid names are ignored."
    )


class PlayerName(Part):
    """`player_names`: a link between two names of one player, written by `wrapped rename` or the web app.

    On `from_day` both names count, the older one first; afterwards the old name, unless a link leads back to it, may
    be somebody else's. Reports are made under the name held last. Links that contradict each other are not applied.
    """

    id: str = Field(alias="_id", description="`<old>|<from_day>`.")
    old: str = Field(description="The name that was left, normalised.")
    now: str = Field(description="The new name, normalised.")
    from_day: Day = Field(description="The first day (UTC) under the new name.")


class LeaderEntry(Part):
    """A player among the first five of a stat."""

    player: str = Field(description="The player's name to show; the normalised name for members without a report.")
    value: float = Field(description="Their value, in the unit of the stat; 0 where they have none.")


class Leader(Part):
    """The first five of a group in one stat."""

    stat: RankedStat = Field(description="The stat, named as in `ranks[].stat` of a report.")
    top: list[LeaderEntry] = Field(
        max_length=5, description="At most five members, the greatest value first; ties go to the smaller player_key."
    )


class GroupReport(TurnDocument):
    """`group_reports`: totals and leaders of a group for one period.

    There is one for every group and every period with any report.
    """

    schema_version: int = schema_version_of(names.GROUP_REPORTS)
    id: str = Field(alias="_id", description="`<period>/<group>`.")
    group: str = Field(description="The group's name.")
    period: Period = Field(description='The calendar year (UTC), or "all".')
    members: list[str] = Field(
        description="The player_keys of the members, each under their last name, alphabetical; those without a report "
        "too."
    )
    totals: dict[str, float] = Field(
        description="Sums over the members by stat, named as in `ranks[].stat` of a report, in its unit. Plain stats "
        "are always there; days played and streaks are summed too."
    )
    leaders: list[Leader] = Field(
        description="The leaders of each stat of `totals`: plain stats in order, mobs by name after `loot.kills`, "
        "skills by name after `experience.total`."
    )
    digest: str | None = Field(
        None, description="Fingerprint of the rest of the document: equal digests, equal documents."
    )
    mobs_left_out: Count = Field(
        0, description="How many mobs, the rarest ones, are left out because the report would be too large."
    )


class QualityExample(Part):
    """One document that was left out."""

    reason: str = Field(description="Why, as in `left_out`.")
    id: BsonId = Field(description="`_id` of the document in its raw collection, by which it can be looked up.")


class QualityCounts(Part):
    """What became of the documents of one raw collection."""

    read: Count = Field(description="Documents read.")
    duplicates: Count = Field(description="Documents that repeat an event and do not count.")
    documents_left_out: Count = Field(description="Documents with at least one reason, each counted once.")
    left_out: dict[str, Count] = Field(
        description="Documents by reason: `username`, `timestamp`, `tickCount`, `sessionId`, `data`, `in_future`, "
        "`sealed`, `too_large`, or `<family>.<field>`; one document may have several."
    )
    examples: list[QualityExample] = Field(
        max_length=5, description="Up to five of them, those with the smallest `_id`."
    )


class DataQuality(TurnDocument, QualityCounts):
    """`data_quality`: how many documents of one raw collection and day were read and left out.

    With the collection `player_days` it counts the players whose summary of the day is too large to be stored.
    """

    schema_version: int = schema_version_of(names.DATA_QUALITY)
    id: str = Field(alias="_id", description="`<collection>|<day>`.")
    collection: str = Field(description="The raw collection, or `player_days`.")
    day: str = Field(
        pattern=r"^(\d{4}-\d{2}-\d{2}|undated|sealed)$",
        description='The day (UTC); "undated" for documents that belong to no day yet, "sealed" for those that '
        "arrived for sealed days.",
    )
