"""Expressions over event frames that several families need.

A frame has one row per event, with `player` and `session` as codes, `at` in milliseconds and `tick`.
"""

from functools import reduce
from operator import and_
from typing import Final

import polars as pl

from player_stats.domain.edges import is_next_tick, joined

INSTANCE_FROM_X: Final = 6400
"""Coordinates with this x or more are in the instance area, not on the map."""


def by_day(events: pl.DataFrame, total: pl.Expr) -> pl.DataFrame:
    """Return `player`, UTC `day` ("YYYY-MM-DD") and a total, sorted by player and day."""
    number = (pl.col("at") // 86_400_000).cast(pl.Int32).cast(pl.Date).alias("day")
    totals = events.group_by("player", number).agg(total).sort("player", "day")
    return totals.with_columns(pl.col("day").dt.strftime("%Y-%m-%d"))


def before(name: str) -> pl.Expr:
    """Return a column's value in the row before."""
    return pl.col(name).shift(1)


def unchanged(*names: str) -> pl.Expr:
    """Return whether columns have the values of the row before; null for the first row."""
    return reduce(and_, (pl.col(name) == before(name) for name in names))


def joined_rows() -> pl.Expr:
    """Return whether a row is joined to the row before it, in the same session; null for the first row."""
    return unchanged("session") & joined(before("at"), pl.col("at"))


def next_tick() -> pl.Expr:
    """Return whether a row is joined to the row before it and one game tick later."""
    return joined_rows() & is_next_tick(before("tick"), pl.col("tick"))


def region() -> pl.Expr:
    """Return the 64 x 64 map region of `x`, `y`: ((x >> 6) << 8) | (y >> 6), or -1 in an instance."""
    number = (pl.col("x") // 64) * 256 + pl.col("y") // 64
    return pl.when(pl.col("x") >= INSTANCE_FROM_X).then(-1).otherwise(number)
