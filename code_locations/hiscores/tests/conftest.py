"""Fixtures of the location's tests."""

from collections.abc import Iterator

import pytest
from hiscores_world import START, World
from wrapped_devkit.osrs_server.serve import build, upstream_settings
from wrapped_shared.mongo import MongoResource


@pytest.fixture
def world(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The stand-in on a frozen clock, an empty MongoDB, and settings that point at them without a rate limit."""
    stand_in = build(start=START, frozen=True, players=90)
    stand_in.server.slow_seconds, stand_in.server.retry_after_seconds = 1.5, 0
    for name in ("HISCORES_ROSTER", "HISCORES_REQUESTS_PER_RUN", "HISCORES_MINUTES_PER_RUN"):
        monkeypatch.delenv(name, raising=False)
    for name, value in upstream_settings(stand_in.server.url).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("HISCORES_TIMEOUT_SECONDS", "60")  # tests of slow responses set a short one
    with stand_in.server:
        yield World(stand_in, mongo)
