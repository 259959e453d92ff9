"""Movement: tiles walked and run, run energy spent, and the ticks spent on each tile.

A step is the Chebyshev distance between joined neighbours one game tick apart: 1 is walking, 2 is running. Anything
longer (a teleport, a shortcut, a boat) is not a step.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Final, TypedDict

import numpy as np
import numpy.typing as npt
import polars as pl
from wrapped_shared.collections import GAME_TICKS
from wrapped_shared.stored.report_sections import Movement, Tile
from wrapped_shared.stored.reports import Slide
from wrapped_shared.words import counted

from player_stats.domain.batch import Batch, Codebook, Columns, integers, where
from player_stats.domain.decreases import Decreases, find_decreases, merge_decreases
from player_stats.domain.edges import Edges, Operand, TickEdge, find_edges, is_next_tick, merge_edges, no_edges
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.frames import INSTANCE_FROM_X, before, next_tick


class PositionEdge(TickEdge):
    """A session's first or last tick with a valid position."""

    x: int
    y: int


class EnergyEdge(TickEdge):
    """A session's first or last tick with valid run energy."""

    energy: int


class Summary(TypedDict):
    """Steps, run energy and tiles."""

    walked: int
    run: int
    """Tiles."""
    energy: int
    """Run energy used, in hundredths of a percent."""
    positions: Edges[PositionEdge]
    energies: Edges[EnergyEdge]
    tiles: bytes
    tile_ticks: bytes
    """Little-endian uint32 arrays, without instances: (x << 14) | y, sorted, and the ticks there."""


MAX_ENERGY: Final = 10_000
_Y_BITS = 14  # coordinates are in 0..16383


class Statistics(Family[Summary, Movement]):
    """The family `movement`."""

    name = "movement"
    collection = GAME_TICKS
    fields = ("energy", "location")
    stats = (Stat("movement.tiles", ("tiles",)),)

    def empty(self) -> Summary:
        """Return the summary of no movement."""
        return {
            "walked": 0, "run": 0, "energy": 0,
            "positions": no_edges(), "energies": no_edges(),
            "tiles": b"", "tile_ticks": b"",
        }  # fmt: skip

    def read(self, batch: Batch) -> Columns:
        """Read `energy`, `x` and `y`, each null where it is invalid.

        An event has at most one reason. Steps and energy are independent: each counts where its own field is valid.
        """
        energy, valid = integers(batch.data, "energy", 0, MAX_ENERGY)
        batch.check("movement", [*batch.position.rules, ("energy", valid)])
        return {"energy": where(valid, energy.astype(np.int32)), **batch.position_columns}

    def summarise(self, ticks: pl.DataFrame, codes: Codebook) -> dict[int, Summary]:
        """Summarise the movement of many players."""
        summaries: dict[int, Summary] = defaultdict(self.empty)
        placed = ticks.select("player", "session", "at", "tick", "x", "y").drop_nulls("x")
        for player, walked, run in _steps(placed).iter_rows():
            summaries[player] |= {"walked": walked, "run": run}
        for player, edges in find_edges(placed, codes.sessions, PositionEdge).items():
            summaries[player]["positions"] = edges
        for player, (tiles, counts) in _tile_counts(placed).items():
            summaries[player] |= {"tiles": tiles.tobytes(), "tile_ticks": counts.tobytes()}
        for player, energy in find_decreases(ticks, "energy", codes.sessions, EnergyEdge).items():
            summaries[player] |= {"energy": energy["fallen"], "energies": energy["edges"]}
        return summaries

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Merge two adjacent spans, with the step and the use of energy across the cut."""
        walked, run = earlier["walked"] + later["walked"], earlier["run"] + later["run"]
        positions = merge_edges(earlier["positions"], later["positions"])
        for tail, head in positions.joins:
            if is_next_tick(tail["tick"], head["tick"]):
                step = head["x"] - tail["x"], head["y"] - tail["y"]
                walked += is_step(1, *step)
                run += 2 * is_step(2, *step)
        energy = merge_decreases(lambda edge: edge["energy"], _energy(earlier), _energy(later))
        tiles, counts = _add_tiles(tile_counts(earlier), tile_counts(later))
        return {
            "walked": walked, "run": run, "energy": energy["fallen"],
            "positions": positions.edges, "energies": energy["edges"],
            "tiles": tiles.tobytes(), "tile_ticks": counts.tobytes(),
        }  # fmt: skip

    def section(self, summary: Summary, _: ItemNames) -> Movement:
        """Return the section of the report."""
        return {
            "tiles": summary["walked"] + summary["run"],
            "tiles_walked": summary["walked"],
            "tiles_run": summary["run"],
            "energy_spent": round(summary["energy"] / 100, 2),
            "favourite_tile": favourite_tile(summary),
        }

    def slides(self, movement: Movement) -> Iterator[Slide]:
        """Show the tiles covered."""
        if movement["tiles"]:
            run, walked = movement["tiles_run"], movement["tiles_walked"]
            share = f": {run:,} running, {walked:,} walking"
            if not run or not walked:
                share = f", {'all ' if movement['tiles'] > 1 else ''}{'running' if run else 'walking'}"
            yield slide("tiles", "Distance", f"{counted(movement['tiles'], 'tile')} covered{share}.", movement["tiles"])


def is_step(tiles: int, dx: Operand, dy: Operand) -> Operand:
    """Whether the Chebyshev distance of two positions is this many tiles."""
    return (abs(dx) <= tiles) & (abs(dy) <= tiles) & ((abs(dx) == tiles) | (abs(dy) == tiles))


def _energy(summary: Summary) -> Decreases[EnergyEdge]:
    return {"fallen": summary["energy"], "edges": summary["energies"]}


Uint32 = npt.NDArray[np.uint32]


def tile_counts(summary: Summary) -> tuple[Uint32, Uint32]:
    """Return the packed tiles of a summary and the ticks on each."""
    return np.frombuffer(summary["tiles"], dtype="<u4"), np.frombuffer(summary["tile_ticks"], dtype="<u4")


def favourite_tile(summary: Summary) -> Tile | None:
    """Return the tile with the most ticks, of equals the first by x, then y; None without tiles."""
    tiles, counts = tile_counts(summary)
    if not len(tiles):
        return None
    best = counts.argmax()  # the first of equals; tiles are sorted by x, then y
    tile = int(tiles[best])
    return {"x": tile >> _Y_BITS, "y": tile & ((1 << _Y_BITS) - 1), "ticks": int(counts[best])}


def _steps(placed: pl.DataFrame) -> pl.DataFrame:
    step = pl.col("x") - before("x"), pl.col("y") - before("y")
    return (
        placed.select("player", walked=next_tick() & is_step(1, *step), run=next_tick() & is_step(2, *step))
        .group_by("player")
        .agg(pl.col("walked").sum().cast(pl.Int64), pl.col("run").sum().cast(pl.Int64) * 2)
    )


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
