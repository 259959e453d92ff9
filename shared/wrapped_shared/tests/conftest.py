"""Fixtures of the alerts' tests."""

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from alert_world import Webhook, World
from wrapped_shared.alerts.webhook import SETTING
from wrapped_shared.mongo import MongoResource


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    server = Webhook()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv(SETTING, server.url)
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


@pytest.fixture
def world(mongo: MongoResource, hook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    found = World(mongo, tmp_path, monkeypatch)
    with found.instance:
        yield found
