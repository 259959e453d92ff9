"""Bookkeeping: whose write counts, what was read of each day, what is owed, and what `wrapped run` looked at.

None of it is a result: it may be removed, and everything is then owed and read again.
"""

from typing import Annotated

from pydantic import Field

from wrapped_shared.models.base import BsonDate, BsonId, Count, Day, FileId, Part
from wrapped_shared.models.player_stats import QualityExample

Label = Annotated[str, Field(pattern=r"^(\d{2}(:\d{2})?|\*)$")]
"""A part of a UTC day: an hour "HH", five minutes of an hour that is still open "HH:MM", or "*" for the whole day."""


class TurnScope(Part):
    """What a turn may read and write: a half-open range."""

    kind: str = Field(
        pattern="^(everything|time|players)$",
        description="`time`: milliseconds since the epoch; `players`: slots, hashes of player keys.",
    )
    start: int
    end: int


class OpenTurn(Part):
    """A process that reads in order to write, and has not ended."""

    ticket: Count = Field(description="Its place in the order: a later reader has a greater one.")
    key: FileId = Field(description="Tells it apart from others before its ticket is known.")
    at: BsonDate = Field(description="When it was taken.")
    host: str = Field(
        description="The machine, and on Linux its boot and process namespace: where `pid` means something."
    )
    pid: int | None = Field(description="The process; null once it gave up and somebody else has to tidy up.")
    started: str = Field(
        description="When the process started, as the system tells it, for a `pid` is given out again."
    )
    run_id: str | None = Field(description="The Dagster run, where there is one, and its step.")
    scope: TurnScope | None = Field(
        default=None, description="Turns of one kind over disjoint ranges don't meet; absent = it may meet any."
    )


class Turns(Part):
    """`turns`: the order of all readers, in one document."""

    id: str = Field(alias="_id", pattern="^turns$")
    ticket: Count = Field(description="The last one given out.")
    open: list[OpenTurn]


class Removal(Part):
    """`removals`: what a turn found gone while earlier turns were open, which must not bring it back.

    `_id` is "<collection>|<field>|<value>". It goes once no earlier turn is open.
    """

    id: str = Field(alias="_id")
    collection: str
    field: str = Field(description="`_id` for one document, else what the documents have in common, such as `day`.")
    value: str
    revision: Count = Field(description="The turn: such documents with a smaller `revision` go.")


class SeenPart(Part):
    """What lay in one raw collection and part of a day when it was read, documents that were left out included."""

    n: Count = Field(description="How many documents.")
    newest: BsonId = Field(description="The greatest `_id`.")
    above: Count = Field(description="How many of them had an ObjectId above `mark`.")
    mark: BsonId = Field(description="The collection's watermark when it was read; null = it had none.")


class TallyPart(Part):
    """What became of the documents of one raw collection and part of a day."""

    read: Count
    duplicates: Count
    documents_left_out: Count = Field(description="Documents with at least one reason, each counted once.")
    left_out: dict[str, int] = Field(description="By reason.")
    examples: list[QualityExample] = Field(max_length=5, description="Those with the smallest `_id`.")


class PieceOfDay(Part):
    """Some hours of a divided day; what was read of them is there once it is written."""

    ticket: Count = Field(description="The turn that reads them.")
    noted: Count | None = Field(default=None, description="The day's `noted` when they were claimed.")
    requests: list[FileId | None] | None = Field(
        default=None, description="The tokens of the requests for the day at that time."
    )
    labels: list[Label] | None = Field(default=None, description="The parts that were read.")
    seen: dict[str, dict[str, SeenPart]] | None = None
    tallies: dict[str, dict[str, TallyPart]] | None = None


class Division(Part):
    """A day that several steps of a run read, each some hours; any other reader's claim ends it."""

    run: str
    pieces: dict[str, PieceOfDay] = Field(description='By the first hour, "HH".')


class DayLedger(Part):
    """`day_ledger`: what was read of a UTC day, and what of it is owed; `_id` is the day."""

    id: Day = Field(alias="_id")
    day: Day
    revision: Count = Field(description="The turn whose reading this is; 0 = never read.")
    claimed: Count = Field(description="The latest turn that set out to read it: nobody else may say that it is done.")
    noted: Count = Field(description="Grows with each note: whoever reads clears only what was noted before.")
    owed: bool
    owed_cells: list[Label] = Field(description='The parts that are owed; "*" = the whole day.')
    since: BsonDate | None = Field(default=None, description="Since when it is owed.")
    why: str | None = Field(
        default=None, description="Why it is owed, in a few words; absent while it is just being read."
    )
    seen: dict[str, dict[str, SeenPart]] = Field(default={}, description="By collection and part of the day.")
    tallies: dict[str, dict[str, TallyPart]] = Field(
        default={}, description='By collection and part of the day; "day" = the day was read in one piece.'
    )
    kept_until: Day | None = Field(default=None, description="Until when its hours are kept; absent = they are not.")
    expected: dict[str, Count] | None = Field(
        default=None, description="By owed part how many documents the look that noted it counted there."
    )
    division: Division | None = Field(default=None, description="While several steps read the day.")
    fallen: dict[str, int] | None = Field(
        default=None, description="By collection how many documents have gone from a day too old to act on that."
    )


class Watermark(Part):
    """`watermarks`: how far the `_id`s of a raw collection were looked at; `_id` is the collection."""

    id: str = Field(alias="_id")
    watermark: BsonId = Field(description="All `_id`s up to it are noted; those above are counted at each look.")
    newest: BsonId = Field(description="The greatest `_id` ever seen that was not ahead of our clock; null = none yet.")
    newest_since: BsonDate | None = Field(description="When that was first seen.")
    ahead: BsonId = Field(default=None, description="The greatest `_id` there that is ahead of our clock, if any.")
    looked_at: BsonDate
    below: int = Field(description="How many documents are known to lie up to the watermark.")


class PlanState(Part):
    """`plan_state`: what the plan remembers between runs, in one document."""

    id: str = Field(alias="_id", pattern="^plan$")
    from_day: Day = Field(description="The first day that counted when all days were noted as never read.")
    audited: Day = Field(description="The day on which the last week was counted last.")
    history_next: Day | None = Field(description="The day at which counting the history goes on.")
    events_per_second: float | None = Field(description="How fast the last portions were read.")
    ranked_at: BsonDate | None = Field(description="When ranks were computed last.")
    undated: Day | None = Field(default=None, description="The day on which undated documents were counted last.")
    groups_owed: dict[str, FileId] = Field(
        default={}, description="A token for each period that was ranked since its group reports were made."
    )
    groups_digest: str | None = Field(
        default=None, description="Of all `player_groups` when their reports were made last."
    )
    groups_seen: BsonDate | None = Field(default=None, description="When that was last compared with the groups.")


class RunNote(Part):
    """`run_notes`: what tells a `wrapped run` quickly that there is nothing to do."""

    id: str = Field(alias="_id", pattern="^(refresh|gains|pictures)$")
    token: FileId | None = Field(
        default=None,
        description="Of `refresh`: names, pictures or gains may be newer than the reports, which are to be made again.",
    )
    snapshots: Count | None = Field(
        default=None,
        description="How many snapshots there were: of `gains`, when everybody's gains were computed; of `pictures`, "
        "when the map knew all bosses of the gains.",
    )
    position: str | None = Field(
        default=None, description="Of `pictures`: up to where the map knows all that the reports name."
    )
