"""Experience: gains between consecutive values of a skill, and the levels they brought.

The first value of a period is its baseline. A decrease starts a new baseline, and so does a gain that no player could
make (250,000 plus 2,000,000 per hour, pro rata): both mean another type of world under the same name, such as Leagues.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Final, TypedDict

import numpy as np
import polars as pl
from wrapped_shared.collections import STAT_CHANGED
from wrapped_shared.levels import MAX_XP, XP_OF_LEVEL, level_of
from wrapped_shared.periods import day_of_ms
from wrapped_shared.stored.report_sections import Experience
from wrapped_shared.stored.reports import Slide
from wrapped_shared.words import counted, plain

from player_stats.domain.batch import Batch, Codebook, Columns, integers, texts_where, where
from player_stats.domain.edges import Operand
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.frames import before, by_day, unchanged
from player_stats.domain.mappings import add_counts, best, merge_rows
from player_stats.domain.numbers import joint
from player_stats.domain.values import is_text, saturated


class XpAt(TypedDict):
    """Experience points at a time (ms)."""

    at: int
    xp: int


class SkillSummary(TypedDict):
    """One skill's first and last value, and the gains between."""

    skill: str
    first: XpAt
    last: XpAt
    gained: int
    levels: int


class Summary(TypedDict):
    """Experience by skill and by day."""

    skills: list[SkillSummary]
    """Sorted by skill."""
    days: dict[str, int]
    """Experience by day; a gain belongs to the day of its later value."""


_SKILL: Final = re.compile(r"[A-Z_]{1,24}")
_HOUR_MS: Final = 3_600_000
_BASE_RISE: Final = 250_000
_HOURLY_RISE: Final = 2_000_000
_TABLE: Final = np.array(XP_OF_LEVEL, dtype=np.int64)


class Statistics(Family[Summary, Experience]):
    """The family `experience`."""

    name = "experience"
    collection = STAT_CHANGED
    stats = (
        Stat("experience.total", ("total",)),
        Stat("xp:", ("skills",)),
    )

    def empty(self) -> Summary:
        """Return the summary of no experience."""
        return {"skills": [], "days": {}}

    def read(self, batch: Batch) -> Columns:
        """Read `skill` and `xp` (null where invalid); 0 means "not loaded yet" and is skipped, but is not invalid."""
        skills = batch.field("skill")
        known = {skill for skill in set(filter(is_text, skills)) if _SKILL.fullmatch(skill)}
        valid_skill = np.array([is_text(skill) and skill in known for skill in skills], dtype=np.bool_)
        xp, valid_xp = integers(batch.data, "xp", 0, MAX_XP)
        valid = batch.check("experience", [("skill", valid_skill), ("xp", valid_xp)]) & (xp > 0)
        return {"skill": texts_where(valid_skill, skills), "xp": where(valid, xp)}

    def summarise(self, events: pl.DataFrame, _: Codebook) -> dict[int, Summary]:
        """Add up the gains of many players."""
        ordered = events.filter(pl.col("xp").is_not_null()).sort("player", "skill", "at", "tick", "xp")
        rise = pl.col("xp") - before("xp")
        counts = unchanged("player", "skill") & is_gain(rise, pl.col("at") - before("at"))
        gain = pl.when(counts).then(rise).otherwise(0).alias("gain")
        levels = pl.Series("level", np.searchsorted(_TABLE, ordered["xp"].to_numpy(), side="right"), dtype=pl.Int64)
        rises = ordered.with_columns(gain, levels).with_columns(
            pl.when(pl.col("gain") > 0).then(pl.col("level") - before("level")).otherwise(0).alias("levels")
        )
        summaries: dict[int, Summary] = defaultdict(self.empty)
        by_skill = rises.group_by("player", "skill", maintain_order=True).agg(
            pl.struct("at", "xp").first().alias("first"),
            pl.struct("at", "xp").last().alias("last"),
            pl.col("gain").sum(),
            pl.col("levels").sum(),
        )
        for player, skill, first, last, gained, levels_won in by_skill.iter_rows():
            summaries[player]["skills"].append(
                {"skill": skill, "first": first, "last": last, "gained": gained, "levels": levels_won}
            )
        for player, day, gained in by_day(rises.filter(pl.col("gain") > 0), pl.col("gain").sum()).iter_rows():
            summaries[player]["days"][day] = gained
        return summaries

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Merge two adjacent spans, with the gain from the last value before the cut to the first one after it."""
        days: dict[str, int] = {}

        def join(a: SkillSummary, b: SkillSummary) -> SkillSummary:
            last, first = a["last"], b["first"]
            gain, levels = first["xp"] - last["xp"], 0
            if is_gain(gain, first["at"] - last["at"]):
                day = day_of_ms(first["at"])
                days[day] = days.get(day, 0) + gain
                levels = level_of(first["xp"]) - level_of(last["xp"])
            else:
                gain = 0
            return {
                **b,
                "first": a["first"],
                "gained": saturated(a["gained"] + b["gained"] + gain),
                "levels": a["levels"] + b["levels"] + levels,
            }

        skills = merge_rows(earlier["skills"], later["skills"], ("skill",), join)
        return {"skills": skills, "days": add_counts(add_counts(earlier["days"], later["days"]), days)}

    def section(self, summary: Summary, _: ItemNames) -> Experience:
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

    def values(self, experience: Experience) -> Iterator[tuple[str, int]]:
        """Yield the ranked values; a ranking reads only those fields of a section."""
        yield "experience.total", experience["total"]
        skills = experience.get("skills", {})
        for skill in sorted(skills):
            yield f"xp:{skill}", skills[skill]["gained"]

    def slides(self, experience: Experience) -> Iterator[Slide]:
        """Show the skill with the largest gain."""
        skill = experience["favourite_skill"]
        if skill is not None:
            gain = experience["skills"][skill]
            levels = f" and {counted(gain['levels_gained'], 'level')}" if gain["levels_gained"] else ""
            tie = joint([other["gained"] for other in experience["skills"].values()], "skill")
            text = f"Gained {gain['gained']:,} XP{levels} in {plain(skill)}{tie}."
            yield slide("favourite_skill", "Favourite skill", text, skill, f"skill:{skill}")


def is_gain(rise: Operand, after_ms: Operand) -> Operand:
    """Whether a change of experience counts: it is positive, and possible in the time between the two values."""
    return (rise > 0) & (rise * _HOUR_MS <= _BASE_RISE * _HOUR_MS + _HOURLY_RISE * after_ms)
