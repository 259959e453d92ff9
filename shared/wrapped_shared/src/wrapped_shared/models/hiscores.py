"""Documents that `hiscores` owns: players, gains and its working collections, and the raw snapshots.

Only players and gains have validators: the raw database is never touched by one, and the working collections
(`hiscores_roster`, `activity_catalogue`) are the location's own.
"""

from typing import Annotated, Literal

from pydantic import Field

from wrapped_shared import collections as names
from wrapped_shared.models.base import TOLERANT, BsonDate, Count, Day, Part, Period, StoredDocument, schema_version_of
from wrapped_shared.vocabulary import (
    AccountType,
    GainFlag,
    RosterSource,
    RowKind,
    ScrapeOutcome,
    ScrapeStatus,
)

_KEY = Field(description="The normalised player name.")
_RANK = Field(description="Place in the hiscores, from 1.")


class SkillRow(Part):
    """A ranked skill in a snapshot."""

    rank: int = _RANK
    level: int | None = Field(description="The level; null where the site gave none.")
    experience: int = Field(description="Experience points.")


class ActivityRow(Part):
    """A ranked activity in a snapshot."""

    rank: int = _RANK
    score: int = Field(description="The score, in the activity's own unit.")


class BossRow(Part):
    """A ranked boss in a snapshot."""

    rank: int = _RANK
    kills: int = Field(description="Kill count.")


class HiscoresSnapshot(StoredDocument):
    """`hiscores` (raw): one player's hiscores at one scrape slot.

    An unranked row is absent: its value is unknown, not zero. Older documents have `username`, `timestamp` (seconds, a
    float), `skills` and `bosses` instead and are read as well.
    """

    schema_version: int = schema_version_of(names.HISCORES)
    id: str = Field(alias="_id", description="`<player_key>|<slot>`.")
    player: str = Field(description="The name in the form last seen.")
    player_key: str = _KEY
    slot: str = Field(description='The nominal time of the scrape, "YYYY-MM-DDTHH:MM:SSZ".')
    scraped_at: BsonDate = Field(description="When the answer arrived.")
    mode: str = Field(description="The table that was read, as in the site's paths, such as `hiscore_oldschool`.")
    account_type: AccountType = Field(description="The account type.")
    skills: dict[str, SkillRow] = Field(description="By skill as the site writes it, `Overall` included.")
    activities: dict[str, ActivityRow] = Field(description="By activity, such as `Clue Scrolls (all)`; no bosses.")
    bosses: dict[str, BossRow] = Field(description="By boss, such as `Zulrah`.")


class HiscoresPlayer(StoredDocument):
    """`hiscores_players`: the scrape status of one player. A player never looked up has no document."""

    schema_version: int = schema_version_of(names.HISCORES_PLAYERS)
    id: str = Field(alias="_id", description="The normalised player name.")
    player: str = Field(description="The name in the form last seen.")
    status: ScrapeStatus = Field(
        description="Result of the last lookup. `ok`: a snapshot was stored; `name_changed`: a snapshot was stored, "
        "but of a different account; `not_found`: in no table; `unranked`: listed without a value in any row, and "
        "nothing is stored; `unavailable`: no usable answer; `blocked`: the site refused."
    )
    outcome: Annotated[ScrapeOutcome | str, TOLERANT] = Field(
        description="What the site answered to that lookup: as `status`, but never `name_changed`, and "
        "`format_changed` for an answer of an unknown shape."
    )
    checked_at: BsonDate = Field(description="When the player was last looked up.")
    next_due: BsonDate = Field(description="When the player is due again; 9999-12-31 for players who are not tracked.")
    account_type: AccountType | None = Field(description="The account type; null until it is known.")
    consecutive_failures: Count = Field(
        description="Lookups without a snapshot since the last one; 0 for an unranked player."
    )
    type_checked_at: BsonDate | None = Field(
        description="When all tables that decide the account type were last read; null = it must be checked."
    )
    asked_slot: str = Field(description='The slot of the last lookup, "YYYY-MM-DDTHH:MM:SSZ".')
    snapshot_slot: str | None = Field(description="The slot of the last snapshot; null without one.")
    snapshot_at: BsonDate | None = Field(description="When the last snapshot was taken; null without one.")
    quiet_days: Count = Field(description="Days from the last snapshot to the next one if the player stays quiet.")


class Point(Part):
    """One point of the curve of total experience."""

    at: BsonDate = Field(description="The time of the snapshot.")
    overall_xp: Count = Field(description="Experience points over all skills at that time.")


class Rating(Part):
    """A rating's values in a period. A rating rises and falls, so it has no gain."""

    first: Count = Field(description="The first known value.")
    last: Count = Field(description="The last known value.")
    best: Count = Field(description="The highest known value.")


class HiscoresSection(Part):
    """What a player gained in a period by the official hiscores, as reports show it."""

    from_: BsonDate = Field(
        alias="from",
        description="The snapshot from which gains count: the last one before the period where it gives a baseline, "
        "else the first of the period or since the name changed hands.",
    )
    to: BsonDate = Field(description="The last snapshot of the period.")
    skills: dict[str, Count] = Field(
        description="Experience points gained by skill as the site writes it, `Overall` included; only gains above 0."
    )
    bosses: dict[str, Count] = Field(description="Kills gained by boss; only gains above 0.")
    activities: dict[str, Count] = Field(
        description="Score gained by activity (clues, minigames, points of other game modes); only gains above 0."
    )
    ratings: dict[str, Rating] = Field(
        {}, description="The ratings `LMS - Rank` and `PvP Arena - Rank`, where a value is known."
    )
    points: list[Point] = Field(
        description="The curve of total experience, in order of time: the last snapshot of each UTC day that has one."
    )
    flags: list[Annotated[GainFlag | str, TOLERANT]] = Field(
        description="What to know about these gains, alphabetical. `name_changed`: another account took over the name "
        "in the period, and only its gains count; `rollback`: experience was lost; `straddles`: the snapshot before "
        "the period was more than a day old when it began; `gap`: the values known before were too old to count "
        "from; `new_metric`: a row was first seen after the first snapshot; `rank_cutoff`: a known skill fell off the "
        "table for a while."
    )


class GainsTenure(Part):
    """A name that the player held, and on which days."""

    name: str = Field(description="The normalised player name.")
    first: Day | None = Field(description="The first day; null = from the beginning.")
    last: Day | None = Field(description="The last day; null = until today.")


class HiscoresGains(StoredDocument, HiscoresSection):
    """`hiscores_gains`: what one player gained in one period by the official hiscores.

    A player with linked names (`player_names`) has one document per period, under the name they held last.
    """

    schema_version: int = schema_version_of(names.HISCORES_GAINS)
    id: str = Field(alias="_id", description="`<period>/<player_key>`.")
    player_key: str = _KEY
    period: Period = Field(description='The calendar year (UTC), or "all".')
    ratings: dict[str, Rating] = Field(
        description="The ratings `LMS - Rank` and `PvP Arena - Rank`, where a value is known."
    )
    tenures: list[GainsTenure] | None = Field(
        None,
        description="The names and days whose snapshots count, the oldest first, as the links of names were when the "
        "gains were computed; absent for a name without links.",
    )


class NameCandidate(StoredDocument):
    """`name_candidates`: two names that may be one player's. Only a person can tell; nothing applies it by itself.

    Sort by `overall`, the greatest first: the more experience the old name had, the harder it is to fake.
    """

    schema_version: int = schema_version_of(names.NAME_CANDIDATES)
    id: str = Field(alias="_id", description="`<old>|<now>`.")
    old: str = Field(description="The normalised old name, which the hiscores no longer list.")
    now: str = Field(description="The normalised new name.")
    seen_from: Day = Field(description="The UTC day on which the hiscores first showed the account under the new name.")
    overall: Count = Field(description="The old name's total experience when the hiscores last listed it.")
    rows: Count = Field(description="How many rows are known for both; all of them are at least the old name's last.")
    gained: Count = Field(description="The total experience gained between the two snapshots.")
    reason: str = Field(description="Why the two may be one player, in a sentence without names.")


class RosterEntry(StoredDocument):
    """`hiscores_roster`: one player who is tracked.

    To take a player out, set `tracked: false`; a document of `_id` and `tracked` alone is enough.
    """

    schema_version: int = schema_version_of(names.HISCORES_ROSTER)
    id: str = Field(alias="_id", description="The normalised player name.")
    player: str = Field(description="The name in the form last seen.")
    sources: list[RosterSource] = Field(
        description="Where the name comes from, alphabetical: `telemetry`, `former_name` (telemetry of a name that the "
        "player left), `groups` (`player_groups`) or `settings`."
    )
    first_seen: BsonDate = Field(description="When the player entered the roster.")
    last_telemetry: BsonDate | None = Field(description="The player's latest event; null without telemetry.")
    tracked: bool = Field(
        True,
        description="False keeps the player out, whatever names them: set by a person, or after one removed the "
        "document. True, or removing it once more, takes them back.",
    )


class CatalogueRow(StoredDocument):
    """`activity_catalogue`: one row of the hiscores."""

    schema_version: int = schema_version_of(names.ACTIVITY_CATALOGUE)
    id: str = Field(alias="_id", description="`<group>:<name>`, the name in lower case with single spaces.")
    name: str = Field(description="The name as the site writes it.")
    group: Literal["skills", "activities"] = Field(description="The list of the site's answer that holds the row.")
    kind: RowKind = Field(description="What the row counts; `points` are those of another game mode.")
    position: Count = Field(description="Place in the site's list, from 0; for display, rows are matched by name.")
    slug: str | None = Field(description="The row's name in the ranking page's links; null where there is none.")
    linked: bool | None = Field(description="Whether the ranking page links the row; null until the page was read.")


class ObservedList(Part):
    """The rows of one answer, by name, in the site's order."""

    skills: list[str] = Field(description="The names of the skills, `Overall` first.")
    activities: list[str] = Field(description="The names of the activities, bosses included.")


class ObservedRows(StoredDocument):
    """`activity_catalogue`, the document `#observed`: which rows the answers of the last scrape had."""

    schema_version: int = schema_version_of(names.ACTIVITY_CATALOGUE)
    id: Literal["#observed"] = Field(alias="_id", description="Always `#observed`.")
    lists: list[ObservedList] = Field(
        max_length=5,
        description="The different lists that were received, the most frequent first; the first one counts.",
    )


class RankingPageRead(StoredDocument):
    """`activity_catalogue`, the document `#page`: when the ranking page was read."""

    schema_version: int = schema_version_of(names.ACTIVITY_CATALOGUE)
    id: Literal["#page"] = Field(alias="_id", description="Always `#page`.")
    read_at: BsonDate = Field(description="When the page was last read; it is read once a day.")
