"""Bookkeeping: whose write counts, what was read of each day, what is owed, and notes for `wrapped run`.

None of this is a result: if it is removed, everything is owed and read again.
"""

from typing import Annotated

from pydantic import Field

from wrapped_shared.models.base import REVISION, BsonDate, BsonId, Count, Day, FileId, Part
from wrapped_shared.models.player_stats import QualityCounts

Label = Annotated[str, Field(pattern=r"^(\d{2}(:\d{2})?|\*)$")]
"""A part of a UTC day: an hour "HH", five minutes of an hour that is still open "HH:MM", or "*" for the whole day."""


class TurnScope(Part):
    """What a turn may read and write: a half-open range."""

    kind: str = Field(
        pattern="^(everything|time|players)$",
        description="`time`: milliseconds since the epoch; `players`: slots, hashes of player keys.",
    )
    start: int = Field(description="The start of the range, inclusive.")
    end: int = Field(description="The end of the range, exclusive.")


class OpenTurn(Part):
    """A process that reads in order to write, and has not ended."""

    ticket: Count = Field(description="The turn's number: a later reader has a greater one.")
    key: FileId = Field(description="Identifies it before its ticket is known.")
    at: BsonDate = Field(description="When it was taken.")
    host: str = Field(
        description="The machine, and on Linux its boot and process namespace: where `pid` means something."
    )
    pid: int | None = Field(description="The process; null once it gave up and another one has to tidy up.")
    started: str = Field(description="When the process started, by the system: a `pid` is used again.")
    run_id: str | None = Field(description="The Dagster run and its step; null without one.")
    scope: TurnScope | None = Field(
        None,
        description="Turns of one `kind` over disjoint ranges never conflict; null or absent = any may conflict.",
    )


class Turns(Part):
    """`turns`: the order of all readers, in one document."""

    id: str = Field(alias="_id", pattern="^turns$", description="Always `turns`.")
    ticket: Count = Field(description="The last ticket given out.")
    open: list[OpenTurn] = Field(description="The turns that have not ended, in the order of their tickets.")


class Removal(Part):
    """`removals`: what a turn removed while earlier turns were open, which must not bring it back.

    It goes once no earlier turn is open.
    """

    id: str = Field(alias="_id", description="`<collection>|<field>|<value>`.")
    collection: str = Field(description="The collection of the removed documents.")
    field: str = Field(description="`_id` for one document, else the field that the documents share, such as `day`.")
    value: str = Field(description="The field's value in the removed documents.")
    revision: Count = Field(description="The turn: such documents with a smaller `revision` go.")


class SeenPart(Part):
    """What one raw collection held for a part of a day when it was read, including documents that were left out."""

    n: Count = Field(description="How many documents.")
    newest: BsonId = Field(description="The greatest `_id`; null without any.")
    above: Count = Field(description="How many of them had an ObjectId above `mark`.")
    mark: BsonId = Field(description="The collection's watermark when it was read; null = it had none.")


class TallyPart(QualityCounts):
    """How many documents of one raw collection and part of a day were read and left out."""


class PieceOfDay(Part):
    """Some hours of a divided day; the fields about what was read are there once the piece is written."""

    ticket: Count = Field(description="The turn that reads them.")
    noted: Count | None = Field(default=None, description="The day's `noted` when they were claimed.")
    requests: list[BsonId] | None = Field(
        default=None, description="The tokens of the requests for the day at that time."
    )
    labels: list[Label] | None = Field(default=None, description="The parts that were read.")
    seen: dict[str, dict[str, SeenPart]] | None = Field(None, description="What was read, by collection and part.")
    tallies: dict[str, dict[str, TallyPart]] | None = Field(
        None, description="How many documents were read and left out, by collection and part."
    )


class Division(Part):
    """A day that several steps of a run read, each some hours; any other reader's claim ends it."""

    run: str = Field(description="The Dagster run, by its root where it is a re-execution.")
    pieces: dict[str, PieceOfDay] = Field(description='By the first hour, "HH".')


class RemovedEvents(Part):
    """The removal of a sealed day's raw events by `wrapped prune`."""

    times: Count = Field(description="How often it was begun.")
    open: bool = Field(description="Whether it was begun and has not ended.")
    unread: dict[str, Count] = Field(
        description="How many of the removed events were never read, by collection: they arrived after the day was."
    )


class DayLedger(Part):
    """`day_ledger`: what was read of a UTC day, and which parts are owed."""

    id: Day = Field(alias="_id", description="The day, UTC.")
    day: Day = Field(description="The day again, for queries by a range of days; equal to `_id`.")
    revision: Count = Field(description="The turn whose reading this is; 0 = never read.")
    claimed: Count = Field(description="The latest turn that began to read it; only that turn may mark it as done.")
    noted: Count = Field(description="Grows with each note: a reader clears only what was noted before it began.")
    owed: bool = Field(description="Whether anything of the day must be read.")
    owed_cells: list[Label] = Field(
        description='The parts that are owed: hours "HH", five minutes "HH:MM" of an open hour, "*" = the whole day.'
    )
    since: BsonDate | None = Field(None, description="When it became owed; null or absent while it is not.")
    why: str | None = Field(
        None, description="Why it is owed, in a few words; null or absent while it is not, or while it is being read."
    )
    seen: dict[str, dict[str, SeenPart]] = Field({}, description="What was read, by collection and part of the day.")
    tallies: dict[str, dict[str, TallyPart]] = Field(
        {},
        description="How many documents were read and left out, by collection and part; the part `day` = the day was "
        "read in one piece.",
    )
    kept_until: Day | None = Field(
        None, description="The day until which its hours are kept; null or absent = they are not."
    )
    expected: dict[str, Count] | None = Field(
        None, description="How many documents were counted when a part was noted as owed, by part."
    )
    division: Division | None = Field(None, description="While several steps of a run read the day; else absent.")
    fallen: dict[str, Count] | None = Field(
        None, description="How many documents have disappeared from the day, by collection, if it is too old to react."
    )
    removed: RemovedEvents | None = Field(None, description="The removal of its raw events; absent = none was begun.")


class Watermark(Part):
    """`watermarks`: up to which `_id` the documents of a raw collection are known."""

    id: str = Field(alias="_id", description="The raw collection.")
    watermark: BsonId = Field(description="All `_id`s up to it are noted; those above are counted at each look.")
    newest: BsonId = Field(
        description="The greatest `_id` seen so far that was not ahead of our clock; null = none yet."
    )
    newest_since: BsonDate | None = Field(description="When that was first seen; null = none yet.")
    ahead: BsonId = Field(None, description="The greatest `_id` that is ahead of our clock, if any.")
    looked_at: BsonDate = Field(description="When the collection was last looked at.")
    below: int = Field(description="How many documents are known up to the watermark.")


class Reading(Part):
    """What one step of a run read and computed."""

    at: BsonDate = Field(description="When it was done.")
    events: Count = Field(description="How many events.")
    seconds: float = Field(description="How long it took, in seconds.")


class PlanState(Part):
    """`plan_state`: what the plan remembers between runs, in one document."""

    id: str = Field(alias="_id", pattern="^plan$", description="Always `plan`.")
    from_day: Day = Field(description="The first day that counted when all days were noted as never read.")
    audited: Day = Field(description="The day on which the last week was last counted.")
    history_next: Day | None = Field(
        description="The day from which counting the history goes on; null = from the start."
    )
    events_per_second: float | None = Field(description="How fast the last portions were read; null = not known yet.")
    last_reading: Reading | None = Field(None, description="The last step that read events; absent = none yet.")
    ranked_at: BsonDate | None = Field(description="When ranks were last computed; null = never.")
    compared_upto: Count | None = Field(
        None, description="The last year whose reports were requested because it was over; absent = none yet."
    )
    undated: Day | None = Field(None, description="The day on which undated documents were last counted.")
    groups_owed: dict[str, FileId] = Field(
        {}, description="A token for each period that was ranked since its group reports were made."
    )
    groups_digest: str | None = Field(
        None, description="Fingerprint of all `player_groups` when their reports were last made."
    )
    groups_seen: BsonDate | None = Field(None, description="When that was last compared with the groups.")
    links_seen: BsonDate | None = Field(None, description="When the links of names were last all compared.")
    links_counts: dict[str, Count] = Field(
        {}, description="How many documents `player_names` and `forgotten_players` had then."
    )


class AppliedLink(Part):
    """A link of `player_names`."""

    old: str = Field(description="The name that was left, normalised.")
    now: str = Field(description="The new name, normalised.")
    from_day: Day = Field(description="The first day (UTC) under the new name.")


class AppliedNames(Part):
    """`applied_names`: the links by which months and reports are made, in one document.

    Changes of `player_names` become owed and are applied while no other process makes reports.
    """

    id: str = Field(alias="_id", pattern="^links$", description="Always `links`.")
    links: list[AppliedLink] = Field(description="The links, by day.")
    digest: str = Field(description="Fingerprint of `player_names` when it was last read.")
    error: str | None = Field(None, description="Why its links could not be applied then; null = they were.")
    revision: Count = Field(0, description=REVISION)


class LootPrices(Part):
    """`loot_prices`: the item prices that loot is valued with, in one document."""

    id: str = Field(alias="_id", pattern="^prices$", description="Always `prices`.")
    version: FileId = Field(description="Changes whenever the prices do.")
    digest: str = Field(description="Fingerprint of the prices and base items that were copied.")
    parts: dict[str, str] = Field(
        {}, description="Fingerprint of each month's prices, and of `items`: only what differs is copied again."
    )
    looked_at: BsonDate = Field(description="When they were last compared with the current ones.")
    months: dict[str, dict[str, int]] = Field(description="Copy of `item_month_prices`: coins by month and item id.")
    bases: dict[str, Count] = Field(
        description="The item whose price counts, by the id of its note, bank placeholder or worn form."
    )
    pending: dict[str, list[Count] | None] = Field(
        description="Items whose price changed, by month, until the reports with them are requested; null = many."
    )


class RunNote(Part):
    """`run_notes`: notes that let `wrapped run` see quickly that there is nothing to do."""

    id: str = Field(
        alias="_id",
        pattern="^(refresh|gains|pictures|items|rebuild|share_cards)$",
        description="What the note is about.",
    )
    token: FileId | None = Field(
        None,
        description="Of `refresh`: names, pictures or gains may be newer than the reports, which must be rebuilt; of "
        "`items`: changes whenever documents of `items` do.",
    )
    writing: bool | None = Field(
        None, description="Of `items`: documents are being written, or their writer died; compare the items then."
    )
    snapshots: Count | None = Field(
        None,
        description="How many snapshots there were: of `gains`, when all gains were computed; of `pictures`, when the "
        "map knew all bosses of the gains.",
    )
    days: Count | None = Field(
        None, description="Of `rebuild`: how many days are computed again; then all reports are, and the note goes."
    )
    position: str | None = Field(
        None, description="Of `pictures`: up to where the map knows everything that the reports name."
    )
    names: str | None = Field(
        None, description="Of `pictures`: a digest of the static table of item names that `items` was made with."
    )
    at: BsonDate | None = Field(
        None, description="Of `share_cards`: the latest `generated_at` of the reports whose cards were drawn."
    )
    drawn_as: str | None = Field(
        None,
        description="Of `share_cards`: the version of the cards' design and the last finished year, `1/2025`; where "
        "they differ, all reports are looked at again.",
    )
