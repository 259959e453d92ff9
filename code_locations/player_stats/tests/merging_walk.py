"""Random histories of two players, with every way in which merges of them can be lost or go out of date."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from merging_world import BONES, FIRST_DAY, MergingWorld, some
from player_stats.store.merges import ReportChanges
from player_stats.store.price_changes import request_revalued
from player_stats.store.reports import make_owed_reports, refreshable
from player_stats.store.stored_days import all_months
from player_stats.store.turns import end_dead_turns
from scheduling import Program
from wrapped_shared import collections as names


def report(world: MergingWorld) -> ReportChanges:
    return make_owed_reports(world.analytics)


def killed_report(reporter: Program, commands: int, also: Callable[[Any], Any] | None = None) -> bool:
    """Make reports and die after a number of commands; return whether that was before the end."""
    reporter.start(lambda analytics: void(make_owed_reports(analytics, also=also(analytics) if also else None)))
    reporter.go(commands)
    died = reporter.running
    reporter.kill()
    return died


def void(_changes: Any) -> None:
    """A program returns nothing."""


class Walk:
    """Random next events; time advances by hours, days and months."""

    def __init__(self, world: MergingWorld, reporter: Program, seed: int) -> None:
        self.world, self.reporter, self.chance = world, reporter, random.Random(seed)
        self.day, self.xp = date(2022, 11, 28), 1_000

    def hour(self, day: str | None = None) -> str:
        return f"{day or self.day.isoformat()}T{self.chance.randrange(24):02}"

    def known_days(self) -> list[str]:
        found = {one["timestamp"] // 86_400_000 for ones in self.world.documents.values() for one in ones}
        return [(date(1970, 1, 1) + timedelta(days=number)).isoformat() for number in sorted(found)]

    def play(self, hour: str) -> None:
        self.xp += self.chance.randint(1, 50)
        self.world.play(self.chance.choice(("bob", "eve")), hour, self.chance.randint(1, 3), self.xp,
                        self.chance.choice((0, 600_000, 3_590_000)))  # fmt: skip

    def plays(self) -> None:
        for _ in range(self.chance.randint(1, 4)):
            self.play(self.hour())

    def comes_late(self) -> None:
        days = [*self.known_days(), (self.day - timedelta(days=self.chance.randint(1, 500))).isoformat()]
        self.play(self.hour(self.chance.choice(days)))

    def goes(self) -> None:
        for day in some(self.chance, self.known_days()[-6:], 1):
            self.world.forget(self.chance.choice(("bob", "eve")), self.chance.choice((day, self.hour(day))))

    def reads(self) -> None:
        for day in some(self.chance, {hour[:10] for hour in self.world.owed} or {self.day.isoformat()}, 3):
            self.world.read(day, whole=self.chance.random() < 0.3, kept=self.chance.random() < 0.7)

    def reports(self) -> None:
        report(self.world)

    def refreshes(self) -> None:
        analytics = self.world.analytics
        also = refreshable(analytics) if self.chance.random() < 0.7 else all_months(analytics, None)
        make_owed_reports(analytics, also=also)

    def dies(self) -> None:
        also = self.chance.choice((None, None, refreshable))
        killed_report(self.reporter, self.chance.randint(4, 25), also)
        end_dead_turns(self.world.analytics, patience=0)

    def loses_a_merge(self) -> None:
        for merge in some(self.chance, (one["_id"] for one in self.world.analytics[names.PLAYER_MERGES].find()), 1):
            self.world.analytics[names.PLAYER_MERGES].delete_one({"_id": merge})
            self.world.lost.add(merge)

    def keeps_no_hours(self) -> None:
        self.world.read_all()
        report(self.world)
        for day in some(self.chance, self.world.kept, 1):
            self.world.stop_keeping(day)

    def prices_change(self) -> None:
        chance = self.chance
        months = chance.sample(("2021-05", "2022-11", "2022-12", "2023-01", "2023-06", "2024-02"), chance.randint(0, 3))
        prices = {month: {BONES + item: chance.randint(0, 9) for item in some(chance, range(3), 3)} for month in months}
        self.world.set_prices(prices, chance.choice(({}, {BONES + 1: BONES}, {BONES: 995, BONES + 2: BONES + 1})))

    def plans(self) -> None:
        self.world.plan_prices()

    def plan_dies(self) -> None:
        self.reporter.start(
            lambda analytics: request_revalued(analytics, FIRST_DAY, datetime(2025, 12, 31, tzinfo=UTC))
        )
        self.reporter.go(self.chance.randint(1, 14))
        self.reporter.kill()
        end_dead_turns(self.world.analytics, patience=0)

    def time_passes(self) -> None:
        self.day += timedelta(days=self.chance.choice((1, 1, 1, 2, 29, 61)))

    def step(self) -> None:
        chosen = [self.plays] * 6 + [self.reads, self.time_passes, self.reports] * 3
        rare = [
            self.prices_change,
            self.prices_change,
            self.plans,
            self.plan_dies,
            self.comes_late,
            self.goes,
            self.refreshes,
            self.dies,
            self.dies,
            self.loses_a_merge,
            self.keeps_no_hours,
        ]
        self.chance.choice([*chosen, *rare])()

    def settle(self) -> None:
        self.world.read_all()
        self.world.plan_prices()
        report(self.world)
        self.world.check()


def walk(world: MergingWorld, reporter: Program, seed: int, rounds: int) -> None:
    walker = Walk(world, reporter, seed)
    for _ in range(rounds):
        for _ in range(15):
            walker.step()
        walker.settle()
