"""A roster on a simulated clock, scraped hour by hour as the real planner decides.

What belongs here: the model of players and runs, and the results. What does not: printing (`coverage`).

The model: at the start nobody has ever been looked up; of ten players three play nine days in ten, three one day in
four, four one day in a hundred; one in four is an ironman, whose type takes four requests to find, for the others two.
One run per hour looks up players until its request budget is spent, and types are checked weekly.
"""

import heapq
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hiscores.domain.planner import DAY, HOUR, due_at, expected_requests, plan
from hiscores.domain.states import PlayerState, after_snapshot

BUDGET = 3_600
"""Requests per hour, one per second."""
START = datetime(2026, 3, 1, tzinfo=UTC)
"""The days that follow include no New Year."""
PLAYS_A_DAY = (0.9, 0.9, 0.9, 0.25, 0.25, 0.25, 0.01, 0.01, 0.01, 0.01)

Planner = Callable[[Iterable[PlayerState], datetime, int], Sequence[str]]
"""Returns the keys of the players to look up, the most urgent first."""


@dataclass
class Coverage:
    """How old everyone's snapshot is at the end, and how many requests it took."""

    ages: list[float]
    """In days, by player; infinite for players never looked up."""
    requests_a_day: int
    """Of the last day."""
    first_round: float
    """Days until everyone was looked up once; infinite if someone never was."""

    def of_daily_players(self) -> "Coverage":
        """The same for only those who play nearly every day."""
        daily = [age for number, age in enumerate(self.ages) if plays_a_day(number) > 0.5]
        return replace(self, ages=daily)

    def within(self, days: float) -> float:
        """The share of players whose snapshot is at most this old."""
        return sum(age <= days for age in self.ages) / len(self.ages)

    def oldest(self, share: float = 1.0) -> float:
        """The age in days that this share of all snapshots does not exceed."""
        return sorted(self.ages)[max(0, math.ceil(share * len(self.ages)) - 1)]


def planned(players: Iterable[PlayerState], slot: datetime, budget: int) -> Sequence[str]:
    """The location's own planner."""
    return plan(players, slot, budget).chosen


def simulate(players: int, budget: int, days: int, planner: Planner = planned) -> Coverage:
    """Run the hours of this many days."""
    roster = Roster(players, random.Random(1))
    spent_last_day, first_round = 0, math.inf
    for hour in range(days * 24):
        slot = START + hour * HOUR
        roster.pass_to(slot)
        left = budget
        for key in planner(roster.players, slot, budget):
            if left <= 0:
                break
            left -= roster.look_up(int(key), slot)
        spent_last_day += budget - left if hour >= (days - 1) * 24 else 0
        if roster.unseen == 0:
            first_round = min(first_round, hour / 24)
    end = START + days * DAY
    ages = [math.inf if one.snapshot_at is None else (end - one.snapshot_at) / DAY for one in roster.players]
    return Coverage(ages, spent_last_day, first_round)


def by_due_time(players: Iterable[PlayerState], slot: datetime, budget: int) -> Sequence[str]:
    """The simplest planner, to compare the real one with: newcomers first, then those due the longest."""
    due = [one for one in players if one.outcome is None or due_at(one) <= slot]
    due.sort(key=lambda one: (one.outcome is not None, due_at(one), one.key))
    chosen, requests = [], 0
    for one in due:
        requests += expected_requests(one, slot)
        if requests > budget:
            break
        chosen.append(one.key)
    return chosen


class Roster:
    """Everyone tracked, as the planner sees them, and when each will play next."""

    def __init__(self, players: int, luck: random.Random) -> None:
        self.players = [PlayerState(f"{number:07d}", "", first_seen=START) for number in range(players)]
        self.unseen = players
        self._luck = luck
        self._plays = [(self._next_play(number, START), number) for number in range(players)]
        heapq.heapify(self._plays)

    def pass_to(self, slot: datetime) -> None:
        """Add the telemetry up to this time."""
        while self._plays[0][0] <= slot:
            played, number = self._plays[0]
            heapq.heapreplace(self._plays, (self._next_play(number, played), number))
            self.players[number] = replace(self.players[number], last_telemetry=played)

    def look_up(self, number: int, slot: datetime) -> int:
        """Take a snapshot; return how many requests it took."""
        before = self.players[number]
        self.unseen -= before.outcome is None
        known = before.type_is_fresh(slot)
        self.players[number] = after_snapshot(
            before, slot=slot, at=slot, account_type="regular", type_checked=not known, name_changed=False
        )
        if known:
            return 1
        return 4 if number % 4 == 0 else 2

    def _next_play(self, number: int, now: datetime) -> datetime:
        chance = plays_a_day(number)
        days = 1 + int(math.log(1 - self._luck.random()) / math.log(1 - chance))
        return now + days * DAY * self._luck.uniform(0.2, 1.0)


def plays_a_day(number: int) -> float:
    """The probability that a player plays on a given day."""
    return PLAYS_A_DAY[number % len(PLAYS_A_DAY)]
