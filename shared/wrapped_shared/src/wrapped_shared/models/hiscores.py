"""Documents that `hiscores` owns: players and gains in the analytics database, and raw snapshots.

Only the first two have validators: the raw database is never touched by one. The location's own
collections (`activity_catalogue`, `hiscores_roster`) are told in its README.
"""

from typing import Literal

from pydantic import Field

from wrapped_shared.models.base import BsonDate, Count, Part, Period, StoredDocument

AccountType = Literal["regular", "ironman", "hardcore_ironman", "ultimate_ironman"]


class SkillRow(Part):
    """A ranked skill in a snapshot."""

    rank: int
    level: int | None
    experience: int


class ActivityRow(Part):
    """A ranked activity in a snapshot."""

    rank: int
    score: int


class BossRow(Part):
    """A ranked boss in a snapshot."""

    rank: int
    kills: int


class HiscoresSnapshot(StoredDocument):
    """`hiscores` (raw): one player at one scrape slot; `_id` is "<player_key>|<slot>".

    An unranked row is absent: unknown, not zero. Older documents have `username`, `timestamp` (seconds, a
    float), `skills` and `bosses` instead.
    """

    id: str = Field(alias="_id")
    player: str = Field(description="The name in the form last seen.")
    player_key: str
    slot: str = Field(description='The nominal time of the scrape, "YYYY-MM-DDTHH:MM:SSZ".')
    scraped_at: BsonDate = Field(description="When the answer came.")
    mode: str = Field(description="The table asked, as in the site's paths, such as `hiscore_oldschool`.")
    account_type: AccountType
    skills: dict[str, SkillRow]
    activities: dict[str, ActivityRow]
    bosses: dict[str, BossRow]


class HiscoresPlayer(StoredDocument):
    """`hiscores_players`: how matters stand with one player; `_id` is his key. Never asked = no document."""

    id: str = Field(alias="_id")
    player: str
    status: Literal["ok", "not_found", "unranked", "unavailable", "blocked", "name_changed"] = Field(
        description="Of the last asking. `unranked`: a table lists them without a value in any row, and nothing is "
        "stored; an answer of an unknown shape counts as unavailable."
    )
    outcome: str = Field(description="The same without `name_changed`, and with `format_changed`.")
    checked_at: BsonDate = Field(description="When he was last asked about.")
    next_due: BsonDate = Field(description="When they are due again; 9999-12-31 for players who are not tracked.")
    account_type: AccountType | None = Field(description="Null until it is known.")
    consecutive_failures: Count = Field(
        description="Times without a snapshot since the last one; 0 for an unranked player."
    )
    type_checked_at: BsonDate | None = Field(description="When all tables that tell his type were asked.")
    asked_slot: str = Field(description="The slot of the last asking.")
    snapshot_slot: str | None = Field(description="The slot of the last snapshot.")
    snapshot_at: BsonDate | None = Field(description="When the last snapshot was taken.")
    quiet_days: Count = Field(description="Days from the last snapshot to the next if he stays quiet.")


class Point(Part):
    """One point of the curve of total experience."""

    at: BsonDate
    overall_xp: Count


class Rating(Part):
    """What was known of a rating in a period; it rises and falls, so it has no gain."""

    first: Count
    last: Count
    best: Count


class HiscoresGains(StoredDocument):
    """`hiscores_gains`: what one player gained in one period by his snapshots; `_id` is "<period>/<key>"."""

    id: str = Field(alias="_id")
    player_key: str
    period: Period
    from_: BsonDate = Field(
        alias="from",
        description="The last snapshot before the period where a baseline comes from there, else the first that "
        "counts: of the period, or since a change of hands.",
    )
    to: BsonDate = Field(description="The last snapshot of the period.")
    skills: dict[str, Count] = Field(description="Experience gained, only where there is any; with Overall.")
    bosses: dict[str, Count] = Field(description="Kills gained, only where there are any.")
    activities: dict[str, Count] = Field(description="Score gained, only where there is any.")
    ratings: dict[str, Rating] = Field(description="Rows that are ratings (LMS, PvP Arena), of the period's values.")
    points: list[Point] = Field(description="The last snapshot of each UTC day that tells Overall.")
    flags: list[Literal["gap", "name_changed", "new_metric", "rank_cutoff", "rollback", "straddles"]] = Field(
        description="`name_changed`: another account has the name since some time in the period, and it alone "
        "counts; `rollback`: experience was lost; `straddles`: the snapshot before the period was older than a day "
        "when it began; `gap`: a row was known before, but too long before; `new_metric`: a row was first seen "
        "after the first snapshot; `rank_cutoff`: a known skill fell off the table for a while."
    )


class RosterEntry(StoredDocument):
    """`hiscores_roster`: one player who is tracked; `_id` is his key."""

    id: str = Field(alias="_id")
    player: str = Field(description="The name in the form last seen.")
    sources: list[str] = Field(description="Where the name comes from: telemetry, groups, settings.")
    first_seen: BsonDate
    last_telemetry: BsonDate | None = Field(description="When telemetry of him last came; null where none did.")
    tracked: bool = Field(
        True,
        description="False keeps the player out, whatever names them: set by a person, or after one removed the "
        "document. True, or removing it once more, takes them back.",
    )


class CatalogueRow(StoredDocument):
    """`activity_catalogue`: one row of the hiscores; `_id` is "<group>:<folded name>".

    Two documents of the location's own, `#observed` and `#page`, hold what the last scrape met.
    """

    id: str = Field(alias="_id")
    name: str = Field(description="The name as the site writes it.")
    group: Literal["skills", "activities"]
    kind: str = Field(description="skill, clue, minigame, boss, or points of another game mode.")
    position: Count = Field(description="Place in the site's list; shown, never used to read it.")
    slug: str | None = Field(description="The name in the ranking page's links.")
    linked: bool | None = Field(description="Whether the ranking page links the row; null until it was read.")
