"""Experience: rises between consecutive values of a skill, and the levels they brought.

The first value of a period is its baseline; a fall starts a new one, and so does a rise that no player could make
(250,000 plus 2,000,000 an hour, pro rata): both mean another kind of world under the same name, such as Leagues.
"""

from collections import defaultdict
from typing import Any, Final

import numpy as np
import polars as pl

from player_stats.domain.mappings import add_counts, merge_rows
from player_stats.domain.values import saturated

Summary = dict[str, Any]

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


def summarise(values: pl.DataFrame) -> dict[int, Summary]:
    """Summarise many players' experience.

    Args:
        values: rows with `player`, `skill`, `at` (ms), `tick`, `xp` (above zero), in any order.

    Returns:
        For each player {skills: [{skill, first: {at, xp}, last: {at, xp}, gained, levels}], days: {day: gained}};
        a rise belongs to the day of its later value.
    """
    if values.is_empty():
        return {}
    ordered = values.sort("player", "skill", "at", "tick", "xp")
    same = (pl.col("player") == pl.col("player").shift(1)) & (pl.col("skill") == pl.col("skill").shift(1))
    rise = pl.col("xp") - pl.col("xp").shift(1)
    possible = rise * _HOUR_MS <= _BASE_RISE * _HOUR_MS + _HOURLY_RISE * (pl.col("at") - pl.col("at").shift(1))
    gain = pl.when(same & (rise > 0) & possible).then(rise).otherwise(0).alias("gain")
    levels = pl.Series("level", np.searchsorted(_TABLE, ordered["xp"].to_numpy(), side="right"), dtype=pl.Int64)
    rises = ordered.with_columns(gain, levels).with_columns(
        pl.when(pl.col("gain") > 0).then(pl.col("level") - pl.col("level").shift(1)).otherwise(0).alias("levels")
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
    before = {row["skill"]: row for row in earlier["skills"]}
    across: dict[str, int] = {}
    days: dict[str, int] = {}
    for row in later["skills"]:
        if row["skill"] in before:
            last, first = before[row["skill"]]["last"], row["first"]
            gain = _rise(last, first)
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


def _rise(last: dict[str, int], first: dict[str, int]) -> int:
    rise = first["xp"] - last["xp"]
    possible = rise * _HOUR_MS <= _BASE_RISE * _HOUR_MS + _HOURLY_RISE * (first["at"] - last["at"])
    return rise if rise > 0 and possible else 0


def _day(at: int) -> str:
    return str(np.datetime64(at // 86_400_000, "D"))


def _gains_by_day(rises: pl.DataFrame) -> pl.DataFrame:
    gained = rises.filter(pl.col("gain") > 0)
    day = (pl.col("at") // 86_400_000).cast(pl.Int32).cast(pl.Date).dt.strftime("%Y-%m-%d").alias("day")
    return gained.group_by("player", day).agg(pl.col("gain").sum()).sort("player", "day")
