"""Chaos: processes killed anywhere, MongoDB killed and restarted, several runs at once, late events and deletions."""

import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from naive_player_stats import naive_ranks, naive_reports
from news_process import news_pass
from stats_world import Documents, days_ago, generated
from test_assets import SECTIONS
from wrapped_cli import embedded
from wrapped_devkit.processes import Process
from wrapped_shared.map_regions import region_names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today

ROUNDS = 30


@pytest.fixture
def own_server() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="wrapped-chaos-"))
    try:
        yield folder
    finally:
        embedded.stop(folder, patience=0)
        shutil.rmtree(folder, ignore_errors=True)


class World:
    """A server that may die, and the contents of its raw database."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = random.Random(seed)
        self.folder = folder
        self.server = embedded.start(folder, tied=True)
        self.first_day = days_ago(6)
        self.coming = [
            (name, document)
            for name, found in generated(
                players=6, days=5, ticks=60, seed=seed, start=days_ago(5), hostile=True
            ).items()
            for document in found
            if "timestamp" in document
        ]
        self.random.shuffle(self.coming)
        self.there: Documents = {}

    def mongo(self) -> MongoResource:
        return MongoResource(uri=self.server.uri)

    def arrive(self, number: int) -> None:
        """Some events of any day arrive."""
        with self.mongo().open() as mongo:
            for name, document in self.coming[:number]:
                mongo.raw[name].insert_one(dict(document))
                self.there.setdefault(name, []).append(document)
        self.coming = self.coming[number:]

    def go(self, number: int) -> None:
        """Some events are deleted."""
        with self.mongo().open() as mongo:
            for name in sorted(self.there):
                for document in self.random.sample(self.there[name], min(number, len(self.there[name]))):
                    mongo.raw[name].delete_one({"_id": document["_id"]})
                    self.there[name].remove(document)

    def process(self) -> Process:
        command = [sys.executable, str(Path(__file__).parent / "news_process.py"), self.server.uri, self.first_day, "3"]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        return Process(command, self.folder / "news.log", env, self.folder)

    def restart(self) -> None:
        """The server is killed and restarted on its data."""
        psutil.Process(self.server.pid).kill()
        embedded.stop(self.folder, patience=0)
        self.server = embedded.start(self.folder, tied=True)


@pytest.mark.slow
def test_thirty_rounds_of_chaos_end_equal_to_the_reference_with_nothing_owed(own_server: Path) -> None:
    world = World(own_server, seed=7)
    with world.mongo().open() as mongo:
        news_pass(mongo, world.first_day)
    for number in range(ROUNDS):
        running = [world.process() for _ in range(world.random.choice((1, 2, 3)))]
        world.arrive(len(world.coming) // (ROUNDS - number))
        if number % 4 == 3:
            world.go(2)
        time.sleep(world.random.uniform(0.5, 6))
        if number % 7 == 6:
            world.restart()
        for process in running:
            if world.random.random() < 0.7:
                process.kill()
            process.wait(120)
    with world.mongo().open() as mongo:
        for _ in range(5):
            news_pass(mongo, world.first_day)
        assert mongo.analytics["day_ledger"].count_documents({"owed": True, "day": {"$lte": today()}}) == 0
        assert mongo.analytics["report_requests"].count_documents({}) == 0
        assert mongo.analytics["rank_requests"].count_documents({}) == 0
        assert mongo.analytics["removals"].count_documents({}) == 0
        _assert_reference(mongo, world)


def _assert_reference(mongo: MongoResource, world: World) -> None:
    for period in (str(datetime.now(UTC).year), "all"):
        reports = {
            report["player_key"]: report for report in mongo.analytics["wrapped_reports"].find({"period": period})
        }
        expected: dict[str, Any] = naive_reports(
            world.there, period, first_day=world.first_day, today=today(), region_names=region_names()
        )
        assert reports.keys() == expected.keys()
        for key, report in reports.items():
            for section in SECTIONS:
                assert report[section] == expected[key][section], (key, section)
        assert {key: report["ranks"] for key, report in reports.items()} == naive_ranks(reports)
