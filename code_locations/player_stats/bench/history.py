"""Work proportional to what changed: a new day after a year, and the summaries a touched report reads."""

import statistics
import time

from wrapped_devkit.generator import write

from bench.world import compute_days, database, days_of, make_reports

START = "2023-08-16"
PLAYERS, TICKS = 3, 40
NEW_DAY = "2024-08-20"


def run() -> None:
    """Print the cost of one new day after 365 days of history relative to that after 2 days."""
    print(f"one new day after 365 days of history and after 2, {PLAYERS} players")
    with database() as long, database() as short:
        for mongo, days in ((long, 365), (short, 2)):
            first = days_of(START, 366)[-days]
            write(mongo.raw, mongo.analytics, players=PLAYERS, days=days, ticks=TICKS, seed=1, start=first)
            write(mongo.raw, mongo.analytics, players=PLAYERS, days=1, ticks=4_000, seed=2, start=NEW_DAY)
            compute_days(mongo, days_of(first, days))
            make_reports(mongo)
        costs: dict[int, list[float]] = {365: [], 2: []}
        for _ in range(7):
            for mongo, days in ((long, 365), (short, 2)):
                mongo.analytics["player_days"].delete_many({"day": NEW_DAY})
                started = time.perf_counter()
                compute_days(mongo, [NEW_DAY])
                costs[days].append(time.perf_counter() - started)
        ratio = statistics.median(costs[365]) / statistics.median(costs[2])
        print(f"  = {ratio:.2f} x (bound 1.1); {statistics.median(costs[2]):.2f} s after 2 days")
        changes = make_reports(long)
        years = 2
        read = changes.summaries_read / changes.players / years
        print(f"  a touched report reads {read:.1f} day or month summaries a player and year (bound 45)")
