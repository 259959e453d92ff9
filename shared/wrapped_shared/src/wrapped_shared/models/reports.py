"""The Wrapped report: the document of `wrapped_reports` that the web app reads, with its slides and ranks.

What belongs here: the report as a whole. What does not: its statistics, section by section (`report_sections`).
"""

from typing import Annotated

from pydantic import Field

from wrapped_shared import collections as names
from wrapped_shared.models.base import (
    TOLERANT,
    BsonDate,
    Count,
    Day,
    FileId,
    Part,
    Period,
    TurnDocument,
    schema_version_of,
)
from wrapped_shared.models.hiscores import HiscoresSection
from wrapped_shared.models.report_sections import Sections
from wrapped_shared.vocabulary import PlainStat, SlideStat

RankedStat = Annotated[PlainStat | Annotated[str, Field(pattern="^(kills|xp):")] | str, TOLERANT]
"""A plain stat, `kills:<mob name>` over all combat levels, or `xp:<SKILL>`."""


class Coverage(Part):
    """The days that a report covers."""

    first_day: Day = Field(description="The first day (UTC) of the period with a valid event of the player.")
    last_day: Day = Field(description="The last such day.")
    days_tracked: Count = Field(description="How many such days there are; at least 1.")


class Rank(Part):
    """Where a player stands among the reports of the period."""

    stat: RankedStat = Field(
        description="What is ranked: a field of the report, `kills:<mob name>` (all combat levels together) or "
        "`xp:<SKILL>` (see *Ranks and stats*)."
    )
    value: float = Field(description="The player's value, above 0, in the unit of the stat: seconds, tiles, kills ...")
    top_percent: Annotated[float, Field(gt=0, le=100)] = Field(
        description="100 × (1 + players with a greater value) / `of_players`, rounded up to one decimal; the "
        "smaller, the better."
    )
    joint: bool = Field(
        False,
        description="Whether other players have the same value; absent in ranks older than this field.",
    )
    of_players: Count = Field(description="Reports of the period; at least 5.")


class Change(Part):
    """A stat in the report's year and in the year before."""

    stat: Annotated[PlainStat | str, TOLERANT] = Field(description="What is compared: a field of the report.")
    value: float = Field(description="The value in the report's year, in the unit of the stat.")
    before: float = Field(description="The value in the year before.")
    percent: float | None = Field(
        description="100 × (`value` - `before`) / `before` to one decimal, half away from zero; null where `before` "
        "is 0."
    )


class Before(Part):
    """The year before, for a year that is over."""

    period: Period = Field(description="The year before, `YYYY`.")
    changes: list[Change] = Field(
        description="The plain stats of *Ranks and stats*, in order; those that are null in either year are left out."
    )


class SlideImage(Part):
    """The picture of a slide, a PNG in the GridFS bucket `sprites`."""

    file_id: FileId = Field(
        description="`_id` of the file in the bucket, made from its content: one id, always one picture."
    )
    width: Count = Field(description="Width in pixels, at most 512.")
    height: Count = Field(description="Height in pixels, at most 512.")


class Slide(Part):
    """One headline of the report."""

    stat: Annotated[SlideStat | str, TOLERANT] = Field(
        description="Which slide it is; each occurs at most once. More may be added: show an unknown one by its "
        "`title` and `text`."
    )
    title: str = Field(description="The heading, in English.")
    text: str = Field(
        description="One sentence with the figures in words, in English. It may hold names from telemetry: escape it."
    )
    value: int | float | str = Field(
        description="The figure or name at the centre of the slide; its unit depends on `stat` (see *Slides in order*)."
    )
    image_key: str | None = Field(
        description="`_id` of the slide's picture in `stat_images`, such as `npc:Goblin#5`; null = it has none."
    )
    image: SlideImage | None = Field(
        description="The picture; null while it has not been found. Show its attribution beside it."
    )


class Quality(Part):
    """How many of the player's events were read and left out."""

    events_read: Count = Field(description="Events under the player's name on the days tracked, duplicates included.")
    events_left_out: dict[str, Count] = Field(
        description="Events left out by reason, such as `timestamp` or `loot.items`; reasons without any are absent."
    )


class _Head(TurnDocument):
    id: str = Field(alias="_id", description="`<period>/<player_key>`.")
    player: str = Field(description="The name to show, in the form last seen in the period. From telemetry: escape it.")
    player_key: str = Field(description="The normalised name, by which a player is found (see *Find a report*).")
    period: Period = Field(description='The calendar year (UTC), or "all" for all time.')
    generated_at: BsonDate = Field(description="When the content last changed; good for caching and If-Modified-Since.")
    digest: str | None = Field(
        None,
        description="Fingerprint of all but `generated_at`, `revision` and what a ranking writes (`ranks` and the rank "
        "slide); absent in reports of an earlier version.",
    )
    coverage: Coverage = Field(description="The days that the report covers.")


class WrappedReport(Sections, _Head):
    """`wrapped_reports`: one player's report for one period; what the web app shows.

    There is one for every player with a valid event in the period. Every section is there, with zeros and empty lists
    where nothing happened, and lists are complete, not a top ten.
    """

    schema_version: int = schema_version_of(names.WRAPPED_REPORTS)
    hiscores: Annotated[HiscoresSection | None, TOLERANT] = Field(
        description="What the player gained by the official hiscores, from `hiscores_gains`; null where they have no "
        "snapshot in the period. It counts play outside the plugin too, so it need not agree with `experience`."
    )
    before: Before | None = Field(
        None, description="The comparison with the year before; null or absent where there is none."
    )
    ranks: list[Rank] = Field(
        description="Ranks among all players of the period: the plain stats in order, mobs by name after "
        "`loot.kills`, skills by name after `experience.total`. Empty below 5 players; refreshed at most hourly."
    )
    slides: list[Slide] = Field(description="The slides, in the order in which they are shown (see *Slides in order*).")
    quality: Quality = Field(description="How many events the report is made from.")
