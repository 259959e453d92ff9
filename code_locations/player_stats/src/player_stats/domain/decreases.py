"""The total decrease of a value that changes from one game tick to the next, such as run energy.

A decrease counts between joined neighbours one game tick apart, among the ticks whose value is valid. Increases don't.
"""

from collections.abc import Callable
from typing import Generic, TypedDict, TypeVar

import polars as pl

from player_stats.domain.edges import Edges, TickEdge, find_edges, is_next_tick, merge_edges
from player_stats.domain.frames import before, next_tick

EdgeT = TypeVar("EdgeT", bound=TickEdge)


class Decreases(TypedDict, Generic[EdgeT]):
    """The total decrease of a value over a span, and the span's edges, which carry the value."""

    fallen: int
    edges: Edges[EdgeT]


def find_decreases(
    ticks: pl.DataFrame, name: str, sessions: list[bytes], edge: type[EdgeT]
) -> dict[int, Decreases[EdgeT]]:
    """Return the decreases of a column by player code; ticks are sorted by (session, at, tick)."""
    valid = ticks.select("player", "session", "at", "tick", name).drop_nulls(name)
    fall = pl.when(next_tick()).then((before(name) - pl.col(name)).clip(lower_bound=0)).otherwise(0)
    sums = valid.select("player", fall.cast(pl.Int64).alias("fall")).group_by("player").agg(pl.col("fall").sum())
    edges = find_edges(valid, sessions, edge)
    return {player: {"fallen": fallen, "edges": edges[player]} for player, fallen in sums.iter_rows()}


def merge_decreases(
    value: Callable[[EdgeT], int], earlier: Decreases[EdgeT], later: Decreases[EdgeT]
) -> Decreases[EdgeT]:
    """Merge two adjacent spans, with the decreases across the cut; `value` returns the value of an edge."""
    merged = merge_edges(earlier["edges"], later["edges"])
    across = sum(
        max(0, value(tail) - value(head)) for tail, head in merged.joins if is_next_tick(tail["tick"], head["tick"])
    )
    return {"fallen": earlier["fallen"] + later["fallen"] + across, "edges": merged.edges}
