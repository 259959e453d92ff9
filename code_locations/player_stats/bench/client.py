"""The client's computation alone, on one core: from columns of game ticks to summaries of four families."""

import os
import subprocess
import sys
import time

TICKS = 1_000_000


def run() -> None:
    """Measure in a separate process pinned to one core."""
    print(f"client part alone, {TICKS:,} game ticks on one core")
    environment = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    subprocess.run([sys.executable, "-m", "bench.client"], env=environment, check=True)


def measure() -> None:
    """Print ticks per second, the best of three."""
    import numpy as np
    import polars as pl
    from player_stats.domain.cells import Cut
    from player_stats.domain.families import FAMILIES
    from player_stats.domain.families.equipment import Outfits
    from player_stats.domain.interning import Owners, Sessions
    from player_stats.domain.raw_collections import RawCollection
    from player_stats.domain.span_reader import CHUNK_EVENTS
    from player_stats.store.ids import id_key

    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    rng = np.random.default_rng(1)
    players, sessions = Owners(Cut()), Sessions()
    ticks = RawCollection("game_ticks", players, sessions, id_key)
    owners = 50
    player = np.arange(TICKS, dtype=np.int32) % owners
    tick = np.arange(TICKS, dtype=np.int64) // owners
    codes = sessions.codes(player, [f"session-{number}" for number in (tick // 5_000).tolist()])
    outfits = [[0, 512 + number, 0, 600, 300, 0, 310, 320, 330, 700, 340, 0] for number in range(40)]
    gear, _ = ticks.codes.table(Outfits).codes([outfits[number] for number in (tick // 700 % 40).tolist()])
    frame = pl.DataFrame(
        {
            "player": player,
            "session": codes,
            "at": 1_723_600_000_000 + tick * 600,
            "tick": tick,
            "x": (3000 + tick // 3 % 400 + rng.integers(0, 2, TICKS)).astype(np.int32),
            "y": (3200 + tick // 7 % 300).astype(np.int32),
            "energy": rng.integers(0, 10_001, TICKS).astype(np.int32),
            "prayer": rng.integers(0, 100, TICKS).astype(np.int32),
            "gear": gear,
        }
    )
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        known: dict[tuple[str, int], dict[str, object]] = {}
        for piece in frame.iter_slices(CHUNK_EVENTS):
            for family, summaries in ticks.summarise(piece).items():
                for owner, summary in summaries.items():
                    key = family, owner
                    known[key] = FAMILIES[family].merge(known[key], summary) if key in known else summary
        best = min(best, time.perf_counter() - started)
    print(f"  = {TICKS / best:,.0f} ticks a second (bound 300,000)")


if __name__ == "__main__":
    measure()
