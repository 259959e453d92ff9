"""First reports owed to many players: how many a run leaves, and its memory, for a tenth of the players and for all.

`BENCH_PLAYERS=6000` makes it quicker.
"""

import os
import subprocess
import sys
from typing import Final

from player_stats.store.reports import make_owed_reports
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

from bench.ranks import resident
from bench.reduce import news, world
from bench.world import database

PLAYERS: Final = int(os.environ.get("BENCH_PLAYERS", "60000"))


def run() -> None:
    """Print what is owed before and after, and the memory that making it took in a process of its own."""
    for players in (PLAYERS // 10, PLAYERS):
        with database() as mongo:
            news(mongo.analytics, world(mongo, players, 0, 2), 9)
            for name in (names.PLAYER_MERGES, names.WRAPPED_REPORTS):
                mongo.analytics[name].delete_many({})
            owed = mongo.analytics[names.REPORT_REQUESTS].count_documents({})
            print(f"reports owed to {owed:,} players", flush=True)
            subprocess.run([sys.executable, "-m", "bench.owed", mongo.uri], check=True)
            left = mongo.analytics[names.REPORT_REQUESTS].count_documents({})
            print(f"  = {left:,} owed after the run (bound 0)", flush=True)


def measure(uri: str) -> None:
    """Make what is owed, and print this process's memory."""
    with MongoResource(uri=uri).open() as mongo:
        before = resident("VmRSS")
        changes = make_owed_reports(mongo.analytics)
    above = resident("VmHWM") - before
    print(
        f"  {changes.players:,} players' reports, {above:.0f} MiB above the {before:.0f} MiB after imports", flush=True
    )


if __name__ == "__main__":
    measure(sys.argv[1])
