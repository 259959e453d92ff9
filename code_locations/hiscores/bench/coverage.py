"""Coverage and age of snapshots for rosters of several sizes, by due time alone and with the planner's order.

Run it in the location's folder as `python -m bench.coverage`; the README quotes its output. For the larger rosters,
each simulated player stands for a hundred and the budget is a hundredth: the result depends only on the number of
players per request.
"""

import math
import sys
import time

from bench.simulation import BUDGET, Coverage, by_due_time, planned, simulate

SIZES = ((1_000, 1), (150_000, 100), (1_000_000, 100))
"""Players, and how many players each simulated one stands for."""
DAYS = 60
A_DAY, A_WEEK = 1.05, 7.05
"""With an hour of tolerance: runs are an hour apart."""


def main() -> None:
    """Simulate every size, by due time alone and with the planner, and print a Markdown table."""
    print("| players | order | requests a day | daily players: within a day | median age | oldest | "
          "everyone: within 7 days | median age | oldest | first round takes |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|---|---|")
    for size, scale in SIZES:
        for name, planner in (("by due time", by_due_time), ("planner", planned)):
            start = time.perf_counter()
            print(row(size, scale, name, simulate(size // scale, BUDGET // scale, DAYS, planner)), flush=True)
            print(f"{size} {name}: {time.perf_counter() - start:.0f} s", file=sys.stderr)


def row(size: int, scale: int, name: str, found: Coverage) -> str:
    """A row of the table."""
    daily = found.of_daily_players()
    figures = [f"{size:,}", name, f"{found.requests_a_day * scale:,}"]
    figures += [f"{daily.within(A_DAY):.0%}", text(daily.oldest(0.5)), text(daily.oldest())]
    figures += [f"{found.within(A_WEEK):.0%}", text(found.oldest(0.5)), text(found.oldest())]
    return "| " + " | ".join([*figures, text(found.first_round)]) + " |"


def text(days: float) -> str:
    """A number of days in readable form."""
    return "never" if math.isinf(days) else f"{days * 24:.0f} hours" if days < 2 else f"{days:.1f} days"


if __name__ == "__main__":
    main()
