"""Movement: tiles walked and run, run energy spent, and the ticks spent on each tile.

A step is the Chebyshev distance between joined neighbours one game tick apart: 1 is walking, 2 is running, and
anything longer is a teleport, a shortcut or a boat and no step at all.
"""

from collections import defaultdict
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from player_stats.domain.edges import find_edges, merge_edges, no_edges
from player_stats.domain.frames import INSTANCE_FROM_X, next_tick

Summary = dict[str, Any]

_Y_BITS = 14  # coordinates lie in 0..16383


def empty() -> Summary:
    """Return the summary of no movement."""
    return {
        "walked": 0, "run": 0, "energy": 0,
        "positions": no_edges(), "energies": no_edges(),
        "tiles": b"", "tile_ticks": b"",
    }  # fmt: skip


def summarise(ticks: pl.DataFrame, sessions: list[bytes]) -> dict[int, Summary]:
    """Summarise the movement of many players.

    Args:
        ticks: distinct ticks with `player`, `session`, `at`, `tick`, `x`, `y` (null where unsound) and `energy`
            (hundredths of a percent, null where unsound), in the order of (session, at, tick).
        sessions: the mark of each session code.

    Returns:
        For each player {walked, run (tiles), energy (hundredths of a percent that fell), positions, energies (edges),
        tiles, tile_ticks (little-endian uint32 arrays: (x << 14) | y, sorted, and the ticks there; no instances)}.
    """
    summaries: dict[int, Summary] = defaultdict(empty)
    placed = ticks.filter(pl.col("x").is_not_null())
    for player, walked, run in _steps(placed).iter_rows():
        summaries[player].update(walked=walked, run=run)
    for player, edges in find_edges(placed, sessions, ["tick", "x", "y"]).items():
        summaries[player]["positions"] = edges
    for player, (tiles, counts) in _tile_counts(placed).items():
        summaries[player].update(tiles=tiles.tobytes(), tile_ticks=counts.tobytes())
    powered = ticks.filter(pl.col("energy").is_not_null())
    for player, spent in _falls(powered).iter_rows():
        summaries[player]["energy"] = spent
    for player, edges in find_edges(powered, sessions, ["tick", "energy"]).items():
        summaries[player]["energies"] = edges
    return summaries


def merge(earlier: Summary, later: Summary) -> Summary:
    """Merge two adjacent stretches: a step or a fall of energy over the cut belongs to the later one."""
    walked, run, energy = (earlier[name] + later[name] for name in ("walked", "run", "energy"))
    positions = merge_edges(earlier["positions"], later["positions"])
    for before, after in positions.joins:
        if after["tick"] == before["tick"] + 1:
            step = max(abs(after["x"] - before["x"]), abs(after["y"] - before["y"]))
            walked += step if step == 1 else 0
            run += step if step == 2 else 0
    energies = merge_edges(earlier["energies"], later["energies"])
    for before, after in energies.joins:
        if after["tick"] == before["tick"] + 1:
            energy += max(0, before["energy"] - after["energy"])
    tiles, counts = _add_tiles(tile_counts(earlier), tile_counts(later))
    return {
        "walked": walked, "run": run, "energy": energy,
        "positions": positions.merged, "energies": energies.merged,
        "tiles": tiles.tobytes(), "tile_ticks": counts.tobytes(),
    }  # fmt: skip


Uint32 = npt.NDArray[np.uint32]


def tile_counts(summary: Summary) -> tuple[Uint32, Uint32]:
    """Return the packed tiles and the ticks on each of a summary."""
    return np.frombuffer(summary["tiles"], dtype="<u4"), np.frombuffer(summary["tile_ticks"], dtype="<u4")


def favourite_tile(summary: Summary) -> dict[str, int] | None:
    """Return {x, y, ticks} of the tile with most ticks (ties by x, then y), or None where there is none."""
    tiles, counts = tile_counts(summary)
    if not len(tiles):
        return None
    best = counts.argmax()  # the first of equals, and tiles are sorted by x, then y
    tile = int(tiles[best])
    return {"x": tile >> _Y_BITS, "y": tile & ((1 << _Y_BITS) - 1), "ticks": int(counts[best])}


def _steps(placed: pl.DataFrame) -> pl.DataFrame:
    dx = (pl.col("x") - pl.col("x").shift(1)).abs()
    dy = (pl.col("y") - pl.col("y").shift(1)).abs()
    steps = placed.select("player", pl.when(next_tick()).then(pl.max_horizontal(dx, dy)).otherwise(0).alias("step"))
    return steps.group_by("player").agg(
        (pl.col("step") == 1).sum().cast(pl.Int64).alias("walked"),
        ((pl.col("step") == 2).sum().cast(pl.Int64) * 2).alias("run"),
    )


def _falls(powered: pl.DataFrame) -> pl.DataFrame:
    fall = (pl.col("energy").shift(1) - pl.col("energy")).clip(lower_bound=0)
    falls = powered.select("player", pl.when(next_tick()).then(fall).otherwise(0).cast(pl.Int64).alias("fall"))
    return falls.group_by("player").agg(pl.col("fall").sum())


def _tile_counts(placed: pl.DataFrame) -> dict[int, tuple[Uint32, Uint32]]:
    counted = (
        placed.filter(pl.col("x") < INSTANCE_FROM_X)
        .group_by(
            "player",
            (pl.col("x").cast(pl.UInt32) * (1 << _Y_BITS) + pl.col("y").cast(pl.UInt32)).alias("tile"),
        )
        .agg(pl.len().cast(pl.UInt32).alias("ticks"))
        .sort("player", "tile")
    )
    if counted.is_empty():
        return {}
    players = counted["player"].to_numpy()
    tiles, ticks = counted["tile"].to_numpy().astype("<u4"), counted["ticks"].to_numpy().astype("<u4")
    starts = np.flatnonzero(np.diff(players, prepend=-1))
    ends = np.append(starts[1:], len(players))
    return {int(players[a]): (tiles[a:b], ticks[a:b]) for a, b in zip(starts, ends, strict=True)}


def _add_tiles(a: tuple[Uint32, Uint32], b: tuple[Uint32, Uint32]) -> tuple[Uint32, Uint32]:
    if not len(b[0]):
        return a
    if not len(a[0]):
        return b
    tiles, counts = np.concatenate([a[0], b[0]]), np.concatenate([a[1], b[1]])
    order = np.argsort(tiles, kind="stable")
    tiles = tiles[order]
    firsts = np.flatnonzero(np.diff(tiles, prepend=~tiles[:1]))
    return tiles[firsts], np.add.reduceat(counts[order], firsts, dtype=np.uint32)
