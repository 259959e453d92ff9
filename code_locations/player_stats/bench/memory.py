"""Peak memory and time of a step's process, for days of half a million and two million game ticks."""

import os
import subprocess
import sys
from typing import Any

from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms

from bench.world import database

DAY = "2024-08-20"
PLAYERS, TICKS_EACH = 50, (10_000, 40_000)


def run() -> None:
    """Load each day and materialise it through Dagster in a separate process, which prints its measurements."""
    for ticks in TICKS_EACH:
        print(f"a day of {PLAYERS * ticks:,} game ticks, through Dagster")
        with database() as mongo:
            _load(mongo, ticks)
            environment = {**os.environ, "MONGO_URI": mongo.uri}
            subprocess.run([sys.executable, "-m", "bench.memory", str(PLAYERS * ticks)], env=environment, check=True)


def _load(mongo: MongoResource, ticks: int) -> None:
    mongo.raw["game_ticks"].drop()
    waiting: list[dict[str, Any]] = []
    for number in range(ticks):
        for player in range(PLAYERS):
            waiting.append(
                {
                    "timestamp": day_start_ms(DAY) + number * 600 + player,
                    "username": f"Player {player}",
                    "event": "game-tick",
                    "tickCount": number,
                    "sessionId": f"session-{player}-{number // 6000}",
                    "data": {
                        "energy": 10_000 - number % 9_000,
                        "health": 99,
                        "prayer": 70,
                        "sessionTickCount": number,
                        "equipmentIds": [0, 2048 + 1, 0, 2048 + number // 900, 300, 0, 310, 320, 330, 2053, 340, 0],
                        "location": {"x": 3000 + number // 3 % 500, "y": 3200 + number // 1500, "regionId": 12850},
                    },
                }
            )
        if len(waiting) >= 10_000:
            mongo.raw["game_ticks"].insert_many(waiting, ordered=False)
            waiting = []
    mongo.raw["game_ticks"].create_index([("timestamp", 1)])


def measure(ticks: int) -> None:
    """Materialise the day and print this process's peak resident memory, and its time per million ticks."""
    import resource
    import time

    from player_stats.definitions import defs

    job = (defs() if callable(defs) else defs).resolve_job_def("daily_wrapped")
    keys = [
        key
        for key in job.asset_layer.asset_graph.get_all_asset_keys()
        if key.path[-1] in ("player_days", "data_quality")
    ]
    quiet = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
    began, busy = time.monotonic(), time.process_time()
    result = job.execute_in_process(partition_key=DAY, asset_selection=keys, run_config=quiet)
    millions = ticks / 1_000_000
    seconds, own = (time.monotonic() - began) / millions, (time.process_time() - busy) / millions
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"  success {result.success} = {peak:.0f} MiB at the peak (bound 400)")
    print(f"  {seconds:.1f} s a million ticks, of which this process was busy {own:.1f} s")


if __name__ == "__main__":
    measure(int(sys.argv[1]))
