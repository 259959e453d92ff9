"""Expressions over event frames that several families need.

A frame has one row an event, with `player` and `session` as codes, `at` in milliseconds and `tick`.
"""

from typing import Final

import polars as pl

from player_stats.domain.edges import is_next_tick, joined

INSTANCE_FROM_X: Final = 6400
"""From this x on, coordinates lie in the instance area and name no place of the map."""


def days_of(events: pl.DataFrame) -> pl.DataFrame:
    """Return `player` and the UTC `day` ("YYYY-MM-DD") of every event, cheaply: few days are formatted."""
    numbers = events.select("player", (pl.col("at") // 86_400_000).cast(pl.Int32).alias("number"))
    names = numbers.select(pl.col("number").unique()).with_columns(
        pl.col("number").cast(pl.Date).dt.strftime("%Y-%m-%d").alias("day")
    )
    return numbers.join(names, on="number").select("player", "day")


def before(name: str) -> pl.Expr:
    """A column in the row before."""
    return pl.col(name).shift(1)


def joined_rows() -> pl.Expr:
    """Whether a row is the joined neighbour of the row before it, in the same session; null for the first row."""
    return (pl.col("session") == before("session")) & joined(before("at"), pl.col("at"))


def next_tick() -> pl.Expr:
    """Whether a row is the joined neighbour of the row before it, one game tick later."""
    return joined_rows() & is_next_tick(before("tick"), pl.col("tick"))


def region() -> pl.Expr:
    """The 64 x 64 map region of `x`, `y`: ((x >> 6) << 8) | (y >> 6), or -1 in an instance."""
    number = (pl.col("x") // 64) * 256 + pl.col("y") // 64
    return pl.when(pl.col("x") >= INSTANCE_FROM_X).then(-1).otherwise(number)
