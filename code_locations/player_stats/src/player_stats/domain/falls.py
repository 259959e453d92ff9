"""What falls from one game tick to the next, such as run energy: how much a value fell in all.

Falls count between joined neighbours one game tick apart, among the ticks where the value is sound; rises don't.
"""

from collections.abc import Sequence
from typing import TypedDict

import polars as pl

from player_stats.domain.edges import Edges, find_edges, is_next_tick, merge_edges, no_edges
from player_stats.domain.frames import before, next_tick


class Falls(TypedDict):
    """How much a value fell over a stretch, and its edges, which carry `tick` and the value."""

    fallen: int
    edges: Edges


def no_falls() -> Falls:
    """Return the falls of no ticks."""
    return {"fallen": 0, "edges": no_edges()}


def find_falls(ticks: pl.DataFrame, name: str, sessions: list[bytes]) -> dict[int, Falls]:
    """Return the falls of a column by player code; the ticks come in the order of (session, at, tick)."""
    sound = ticks.select("player", "session", "at", "tick", name).drop_nulls(name)
    fall = pl.when(next_tick()).then((before(name) - pl.col(name)).clip(lower_bound=0)).otherwise(0)
    sums = sound.select("player", fall.cast(pl.Int64).alias("fall")).group_by("player").agg(pl.col("fall").sum())
    edges = find_edges(sound, sessions, ["tick", name])
    return {player: {"fallen": fallen, "edges": edges[player]} for player, fallen in sums.iter_rows()}


def merge_falls(name: str, earlier: Falls, later: Falls) -> Falls:
    """Merge two adjacent stretches: a fall over the cut belongs to the later one."""
    seam = merge_edges(earlier["edges"], later["edges"])
    across: Sequence[int] = [
        max(0, tail[name] - head[name]) for tail, head in seam.joins if is_next_tick(tail["tick"], head["tick"])
    ]
    return {"fallen": earlier["fallen"] + later["fallen"] + sum(across), "edges": seam.merged}
