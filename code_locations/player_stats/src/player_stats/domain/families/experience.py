"""Experience: rises between consecutive values of a skill, and the levels they brought.

The first value of a period is its baseline; a fall starts a new one, and so does a rise that no player could make
(250,000 plus 2,000,000 an hour, pro rata): both mean another kind of world under the same name, such as Leagues.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, TypedDict

import numpy as np
import polars as pl
from wrapped_shared.collections import STAT_CHANGED
from wrapped_shared.report_types import Slide

from player_stats.domain.batch import Batch, Codebook, Columns, integers, where
from player_stats.domain.edges import Operand
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.frames import before
from player_stats.domain.mappings import Row, add_counts, best, merge_rows
from player_stats.domain.numbers import counted, joint
from player_stats.domain.values import is_text, saturated


class Summary(TypedDict):
    """Experience by skill and by day."""

    skills: list[Row]
    """[{skill, first: {at, xp}, last: {at, xp}, gained, levels}], sorted by skill."""
    days: dict[str, int]
    """What was gained; a rise belongs to the day of its later value."""


class SkillGain(TypedDict):
    """See `report_sections.SkillGain`."""

    gained: int
    levels_gained: int


class Experience(TypedDict):
    """See `report_sections.Experience`."""

    total: int
    skills: dict[str, SkillGain]
    favourite_skill: str | None
    best_day: str | None


_SKILL: Final = re.compile(r"[A-Z_]{1,24}")
MAX_XP: Final = 200_000_000
MAX_LEVEL: Final = 99
_HOUR_MS: Final = 3_600_000
_BASE_RISE: Final = 250_000
_HOURLY_RISE: Final = 2_000_000


def _xp_table() -> list[int]:
    """Experience at which each level 1..99 begins: a quarter of the sum of floor(l + 300 * 2^(l / 7)) below it."""
    points, table = 0, [0]
    for level in range(1, MAX_LEVEL):
        points += int(level + 300 * 2 ** (level / 7))
        table.append(points // 4)
    return table


XP_OF_LEVEL: Final = _xp_table()
_TABLE: Final = np.array(XP_OF_LEVEL, dtype=np.int64)


def level_of(xp: int) -> int:
    """Return the level (1..99) that `xp` experience points give."""
    return int(np.searchsorted(_TABLE, xp, side="right"))


def empty() -> Summary:
    """Return the summary of no experience."""
    return {"skills": [], "days": {}}


def is_gain(rise: Operand, after_ms: Operand) -> Operand:
    """Whether a rise is a gain: a fall is none, nor is what nobody could make in the time between the two values."""
    return (rise > 0) & (rise * _HOUR_MS <= _BASE_RISE * _HOUR_MS + _HOURLY_RISE * after_ms)


def read(batch: Batch) -> Columns:
    """Read `skill` and `xp` (null where unsound); 0 means "not loaded yet" and is skipped without being counted."""
    skills = batch.field("skill")
    known: dict[Any, bool] = {}
    sound_skill = np.array([_is_skill(skill, known) for skill in skills], dtype=np.bool_)
    xp, sound_xp = integers(batch.data, "xp", 0, MAX_XP)
    sound = batch.check("experience", [("skill", sound_skill), ("xp", sound_xp)]) & (xp > 0)
    names = [skill if good else None for skill, good in zip(skills, sound_skill.tolist(), strict=True)]
    return {"skill": pl.Series(names, dtype=pl.String), "xp": where(sound, xp)}


def _is_skill(value: Any, known: dict[Any, bool]) -> bool:
    if not is_text(value):
        return False
    sound = known.get(value)
    if sound is None:
        sound = known[value] = _SKILL.fullmatch(value) is not None
    return sound


def summarise(events: pl.DataFrame, _: Codebook) -> dict[int, Summary]:
    """Add up many players' rises."""
    values = events.filter(pl.col("xp").is_not_null())
    if values.is_empty():
        return {}
    ordered = values.sort("player", "skill", "at", "tick", "xp")
    same = (pl.col("player") == before("player")) & (pl.col("skill") == before("skill"))
    rise = pl.col("xp") - before("xp")
    gain = pl.when(same & is_gain(rise, pl.col("at") - before("at"))).then(rise).otherwise(0).alias("gain")
    levels = pl.Series("level", np.searchsorted(_TABLE, ordered["xp"].to_numpy(), side="right"), dtype=pl.Int64)
    rises = ordered.with_columns(gain, levels).with_columns(
        pl.when(pl.col("gain") > 0).then(pl.col("level") - before("level")).otherwise(0).alias("levels")
    )
    summaries: dict[int, Summary] = defaultdict(empty)
    by_skill = rises.group_by("player", "skill", maintain_order=True).agg(
        pl.col("at").first().alias("first_at"),
        pl.col("xp").first().alias("first_xp"),
        pl.col("at").last().alias("last_at"),
        pl.col("xp").last().alias("last_xp"),
        pl.col("gain").sum(),
        pl.col("levels").sum(),
    )
    for player, skill, first_at, first_xp, last_at, last_xp, gained, won in by_skill.iter_rows():
        summaries[player]["skills"].append(
            {
                "skill": skill,
                "first": {"at": first_at, "xp": first_xp},
                "last": {"at": last_at, "xp": last_xp},
                "gained": gained,
                "levels": won,
            }
        )
    for player, day, gained in _gains_by_day(rises).iter_rows():
        summaries[player]["days"][day] = gained
    return summaries


def merge(earlier: Summary, later: Summary) -> Summary:
    """Merge two adjacent stretches: the rise from the last value before the cut to the first one after counts."""
    known = {row["skill"]: row for row in earlier["skills"]}
    across: dict[str, int] = {}
    days: dict[str, int] = {}
    for row in later["skills"]:
        if row["skill"] in known:
            last, first = known[row["skill"]]["last"], row["first"]
            rise = first["xp"] - last["xp"]
            gain = rise if is_gain(rise, first["at"] - last["at"]) else 0
            across[row["skill"]] = gain
            if gain:
                day = _day(first["at"])
                days[day] = days.get(day, 0) + gain

    def join(a: Any, b: Any) -> dict[str, Any]:
        gain = across[a["skill"]]
        levels = level_of(b["first"]["xp"]) - level_of(a["last"]["xp"]) if gain else 0
        return {
            "first": a["first"],
            "gained": saturated(a["gained"] + b["gained"] + gain),
            "levels": a["levels"] + b["levels"] + levels,
        }

    return {
        "skills": merge_rows(earlier["skills"], later["skills"], ("skill",), join),
        "days": add_counts(add_counts(earlier["days"], later["days"]), days),
    }


def _day(at: int) -> str:
    return str(np.datetime64(at // 86_400_000, "D"))


def _gains_by_day(rises: pl.DataFrame) -> pl.DataFrame:
    gained = rises.filter(pl.col("gain") > 0)
    day = (pl.col("at") // 86_400_000).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d").alias("day")
    return gained.group_by("player", day).agg(pl.col("gain").sum()).sort("player", "day")


def section(summary: Summary, _: ItemNames) -> Experience:
    """Return the section of the report: skills with a gain, by name."""
    gains = {row["skill"]: row for row in summary["skills"] if row["gained"]}
    return {
        "total": saturated(sum(row["gained"] for row in gains.values())),
        "skills": {
            skill: {"gained": gains[skill]["gained"], "levels_gained": gains[skill]["levels"]}
            for skill in sorted(gains)
        },
        "favourite_skill": best({skill: row["gained"] for skill, row in gains.items()}),
        "best_day": best(summary["days"]),
    }


def skill_title(skill: str) -> str:
    """Return a skill's enum name as people write it: "HITPOINTS" -> "Hitpoints"."""
    return skill.replace("_", " ").capitalize()


def values(experience: Experience) -> Iterator[tuple[str, int]]:
    """Yield the ranked values; a ranking reads no more of a section than they need."""
    yield "experience.total", experience["total"]
    skills = experience.get("skills", {})
    for skill in sorted(skills):
        yield f"xp:{skill}", skills[skill]["gained"]


def slides(experience: Experience) -> Iterator[Slide]:
    """Say which skill gained most."""
    skill = experience["favourite_skill"]
    if skill is not None:
        gain = experience["skills"][skill]
        levels = f" and {counted(gain['levels_gained'], 'level')}" if gain["levels_gained"] else ""
        rivals = sum(other["gained"] == gain["gained"] for other in experience["skills"].values()) - 1
        text = f"Gained {gain['gained']:,} XP{levels} in {skill_title(skill)}{joint(rivals, 'skill')}."
        yield slide("favourite_skill", "Favourite skill", text, skill, f"skill:{skill}")


FAMILY: Final = Family(
    name="experience",
    collection=STAT_CHANGED,
    read=read,
    summarise=summarise,
    empty=empty,
    merge=merge,
    section=section,
    stats=(
        Stat("experience.total", "XP gained"),
        Stat("xp:", "{} XP", ("skills",), skill_title),
    ),
    values=values,
    slides=slides,
)
