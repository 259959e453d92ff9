"""Arrivals, looks, readings and kills in any order: news finds every document, and then nothing is owed."""

import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
from planning_world import FIRST_DAY, LIMIT, NOW, arrive, hours_before, owed, read, ready, work_off
from player_stats.domain.cells import HOUR_MS
from player_stats.store import news
from player_stats.store.news import scan
from player_stats.work.plan import next_portion, portion_events, work_due
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms

KINDS = (names.GAME_TICKS, names.ACTOR_DEATH)


class Killed(Exception):
    """Stands for the end of a process."""


def there(mongo: MongoResource) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for collection in KINDS:
        for event in mongo.raw[collection].find():
            found[collection, event["timestamp"] // HOUR_MS] += 1
    return found


def read_of_it(mongo: MongoResource) -> Counter[tuple[str, int]]:
    found: Counter[tuple[str, int]] = Counter()
    for ledger in mongo.analytics[names.DAY_LEDGER].find():
        start = day_start_ms(ledger["_id"]) // HOUR_MS
        for collection in KINDS:
            for label, part in ledger.get("seen", {}).get(collection, {}).items():
                found[collection, start + int(label[:2])] += part["n"]
    return +found


class World:
    """A clock, and the events that may happen next."""

    def __init__(self, mongo: MongoResource, monkeypatch: pytest.MonkeyPatch, chance: random.Random) -> None:
        self.mongo, self.monkeypatch, self.chance = mongo, monkeypatch, chance
        self.now: datetime = NOW

    def arrives(self) -> None:
        """Some events of any hour; their `_id`s were made in the last 14 minutes."""
        made = self.now - timedelta(minutes=self.chance.uniform(0, 14))
        age = self.chance.choice((0.05, 0.2, 1.1, 5, 30, 200)) * self.chance.uniform(0.5, 1)
        arrive(self.mongo, hours_before(self.now, age), made, collection=self.chance.choice(KINDS),
               number=self.chance.randint(1, 3))  # fmt: skip

    def looks(self) -> None:
        scan(self.mongo.raw, self.mongo.analytics, FIRST_DAY, self.now)

    def looks_and_dies(self) -> None:
        def die(*_: Any) -> Any:
            raise Killed

        with self.monkeypatch.context() as patch:
            patch.setattr(news, self.chance.choice(("mark_owed", "_moved", "write_all")), die)
            try:
                self.looks()
            except Killed:
                return

    def reads(self) -> None:
        portion = next_portion(
            work_due(self.mongo.analytics, FIRST_DAY, self.now), portion_events(self.mongo.analytics, LIMIT)
        )
        meanwhile = self.chance.choice((self.arrives, self.looks, lambda: None))
        if portion:
            read(self.mongo, portion[: self.chance.randint(1, 3)], self.now, meanwhile)

    def time_passes(self) -> None:
        self.now += timedelta(minutes=self.chance.choice((1, 6, 20)))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_every_document_is_read_whatever_happens(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    ready(mongo)
    world = World(mongo, monkeypatch, random.Random(seed))
    for _ in range(40):
        may = (world.arrives, world.looks, world.looks_and_dies, world.reads, world.reads, world.time_passes)
        world.chance.choice(may)()
    for _ in range(3):  # a look that died may cost one more reading
        world.looks()
        work_off(mongo, world.now)
    assert read_of_it(mongo) == there(mongo)
    world.looks()
    assert owed(mongo, world.now.date().isoformat()) == {}
