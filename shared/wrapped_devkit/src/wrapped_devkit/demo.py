"""The sample data of `wrapped demo`: its parameters, loading it, and the stand-in upstreams that go with it.

Computing and showing belong to the commands.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from wrapped_cli.embedded import resolve_uri
from wrapped_cli.embedded.paths import state_dir
from wrapped_cli.errors import CommandError
from wrapped_shared.collections import PLAYER_GROUPS, WRAPPED_REPORTS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.names import player_key

from wrapped_devkit.generator import write
from wrapped_devkit.generator.catalogue import player_name
from wrapped_devkit.osrs_server.serve import StandIn, build_all


@dataclass(frozen=True)
class Sample:
    """Generated telemetry, by its parameters."""

    players: int
    days: int
    ticks: int
    seed: int
    start: str

    def names(self) -> list[str]:
        """Return the players' names."""
        return [player_name(index) for index in range(self.players)]


SAMPLE: Final = Sample(players=6, days=10, ticks=1_500, seed=2024, start="2024-08-09")
"""Enough players for ranks and enough days for a streak, spanning the day on which the game changed equipment ids."""


SAMPLE_GROUP: Final = "The Riverside Otters"
"""A group of most of the sample players, as the web app would write it."""


def preview_folder() -> Path:
    """Return the folder for the demo's pages."""
    return state_dir() / "preview"


def load_sample() -> dict[str, int]:
    """Load the sample telemetry into MongoDB; return the events added by collection, none if it already exists."""
    with MongoResource(uri=resolve_uri()).open() as mongo:
        group = {"_id": SAMPLE_GROUP, "members": SAMPLE.names()[:5]}
        mongo.analytics[PLAYER_GROUPS].replace_one({"_id": SAMPLE_GROUP}, group, upsert=True)
        return write(
            mongo.raw,
            mongo.analytics,
            players=SAMPLE.players,
            days=SAMPLE.days,
            ticks=SAMPLE.ticks,
            seed=SAMPLE.seed,
            start=SAMPLE.start,
        )


class Upstream:
    """The stand-in for the hiscores and the wiki while a demo is running."""

    def __init__(self, running: StandIn) -> None:
        self._running = running

    def let_time_pass(self, *, days: int) -> None:
        """Advance the stand-in's clock: its players keep playing."""
        self._running.server.clock.advance(timedelta(days=days).total_seconds())


@contextmanager
def stand_in() -> Iterator[Upstream]:
    """Run the stand-in on loopback and point this process's settings at it; the real upstreams are never called."""
    running = build_all(players=50)
    settings = {
        "HISCORES_BASE_URL": running.server.url,
        "WIKI_BASE_URL": running.server.url,
        "PRICES_BASE_URL": running.server.url,
        "HISCORES_REQUESTS_PER_SECOND": "0",
        "WIKI_REQUESTS_PER_SECOND": "0",
        "WIKI_LEAST_ROWS": "0",
        "PRICES_LEAST_ROWS": "0",
        "WRAPPED_CONTACT": "demo@localhost",
    }
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        with running.server:
            yield Upstream(running)
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def longest_played() -> str:
    """Return the name of the sample player with the most play time.

    Raises:
        CommandError: no sample player has a report.
    """
    keys = [player_key(name) for name in SAMPLE.names()]
    with MongoResource(uri=resolve_uri()).open() as mongo:
        reports = mongo.analytics[WRAPPED_REPORTS].find(
            {"_id": {"$in": [f"all/{key}" for key in keys]}}, {"player": 1, "play.ticks": 1}
        )
        found = sorted((-report["play"]["ticks"], report["player"]) for report in reports)
    if not found:
        raise CommandError("there is no report for any sample player: run wrapped run")
    return str(found[0][1])
