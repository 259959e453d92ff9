"""Coverage and age of snapshots for rosters of several sizes: the planner's rules on a simulated clock.

Run it in the folder of the location as `python -m bench.coverage`; the README quotes what it prints. The model: at
the start nobody was ever asked about; three players in ten play nine days of ten, three one day of four, four one
day of a hundred; one in four is an ironman. A run an hour has 3,600 requests. Intervals, order and re-checks of the
type are those of `hiscores.domain.planner`.
"""

import heapq
import math
import random
import sys
import time
from dataclasses import replace

from hiscores.domain.planner import (
    DAY,
    HOUR,
    RECHECK_TYPE_SECONDS,
    Candidate,
    due_at,
    expected_requests,
    is_active,
    quiet_days_after,
)

SIZES = (1_000, 86_400, 1_000_000)
DAYS = 60
BUDGET = 3_600
PLAYS_A_DAY = (0.9, 0.9, 0.9, 0.25, 0.25, 0.25, 0.01, 0.01, 0.01, 0.01)
FIRST_CHECK = {False: 2, True: 4}
"""Requests that finding the type takes, by whether the player is an ironman."""


def main() -> None:
    """Simulate every size and print a Markdown table."""
    print("| players | requests a day | asked within a day | within 7 days | active ones within a day | "
          "median age | 95 % younger than | first round takes |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    for size in SIZES:
        start = time.perf_counter()
        print(simulate(size, random.Random(1)))
        print(f"{size}: {time.perf_counter() - start:.0f} s", file=sys.stderr)


def simulate(size: int, luck: random.Random) -> str:
    """Run the hours of `DAYS` days and return a row of the table."""
    heap = [(False, 0.0, number) for number in range(size)]
    states: list[Candidate | None] = [None] * size
    checked = [0.0] * size
    requests, first_round = 0, math.inf
    last_day = 0
    unasked = size
    for hour in range(DAYS * 24):
        slot, left = hour * HOUR, BUDGET
        while heap and left > 0 and heap[0][1] <= slot:
            _, _, number = heapq.heappop(heap)
            state = states[number] or Candidate("", 0.0)
            if state.outcome is None:
                unasked -= 1
                first_round = slot / DAY if unasked == 0 else first_round
            fresh = state.outcome is not None and slot - checked[number] < RECHECK_TYPE_SECONDS
            cost = expected_requests(replace(state, known_type=True)) if fresh else FIRST_CHECK[number % 4 == 0]
            checked[number] = checked[number] if fresh else slot
            left -= cost
            state = asked(state, slot, next_play(PLAYS_A_DAY[number % 10], slot, luck))
            states[number] = state
            heapq.heappush(heap, (True, due(state), number))
        requests += BUDGET - left
        last_day += BUDGET - left if hour >= (DAYS - 1) * 24 else 0
    return row(size, states, last_day, first_round)


def asked(state: Candidate, slot: float, plays: float) -> Candidate:
    """The player after a snapshot at `slot`, with the time at which he will next play."""
    active = state.last_telemetry is not None and state.last_telemetry <= slot and is_active(state)
    quiet = quiet_days_after(state.quiet_days, active=active, first=state.outcome is None)
    return Candidate("", 0.0, plays, "ok", 0, slot, slot, slot, quiet)


def due(state: Candidate) -> float:
    """When the hourly run will see him as due: by his telemetry only once there is some."""
    quietly = due_at(replace(state, last_telemetry=None))
    assert state.last_telemetry is not None  # noqa: S101 - for the type checker
    return min(quietly, max(due_at(state), state.last_telemetry))


def next_play(a_day: float, now: float, luck: random.Random) -> float:
    """The time of the next telemetry of a player who plays with this chance on any day."""
    return now + (1 + int(math.log(1 - luck.random()) / math.log(1 - a_day))) * DAY * luck.uniform(0.2, 1.0)


def row(size: int, states: list[Candidate | None], last_day: int, first_round: float) -> str:
    """A row of the table, from the states at the end."""
    end = DAYS * DAY
    ages = [math.inf if s is None or s.snapshot_at is None else (end - s.snapshot_at) / DAY for s in states]
    active = sorted(age for number, age in enumerate(ages) if PLAYS_A_DAY[number % 10] > 0.5)
    ages.sort()
    within = [sum(age <= days for age in ages) / size for days in (1.05, 7.05)]
    busy = sum(age <= 1.05 for age in active) / len(active)
    figures = [f"{size:,}", f"{last_day:,}", *(f"{share:.0%}" for share in (*within, busy))]
    figures += [text(ages[size // 2]), text(ages[int(size * 0.95)]), text(first_round)]
    return "| " + " | ".join(figures) + " |"


def text(days: float) -> str:
    """A number of days for people."""
    return "never" if math.isinf(days) else f"{days * 24:.0f} hours" if days < 2 else f"{days:.1f} days"


if __name__ == "__main__":
    main()
