"""A pytest plugin: a real MongoDB for tests, over loopback, not shared between test processes.

Only fixtures and test settings; nothing heavy is imported before a fixture is used, since every run loads this module.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource


def pytest_configure() -> None:
    """Disable Hypothesis' deadlines, as shared machines are sometimes slow; let what tests start be interrupted."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background jobs ignore it, and what they start
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        from hypothesis import settings
    except ImportError:
        return
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def mongo_server() -> Iterator[str]:
    """An embedded MongoDB for this test process (one per pytest-xdist worker); yields its URI.

    It always ends with the session; if the test process is killed, the server dies with it (Linux).
    """
    from wrapped_devkit.processes import mongo_process

    with mongo_process() as server:
        yield server.uri


@pytest.fixture
def mongo(mongo_server: str) -> "Iterator[MongoResource]":
    """A `MongoResource` with database names that no other test uses; both databases are dropped afterwards."""
    from wrapped_shared.mongo import MongoResource

    mark = uuid4().hex[:12]
    resource = MongoResource(uri=mongo_server, raw_database=f"raw-{mark}", analytics_database=f"analytics-{mark}")
    with dropped_after(resource):
        yield resource


@pytest.fixture
def contract_mongo(mongo_server: str) -> "Iterator[MongoResource]":
    """A `MongoResource` with the contract's database names, initially empty, dropped afterwards.

    For tests that start the command `wrapped` or a Dagster process, which only use those names: set
    `MONGO_URI=contract_mongo.uri` for them. Tests within a process run one after another, so nothing interferes.
    """
    from wrapped_shared.mongo import MongoResource

    resource = MongoResource(uri=mongo_server)
    _drop(resource)
    with dropped_after(resource):
        yield resource


@contextmanager
def dropped_after(resource: "MongoResource") -> "Iterator[MongoResource]":
    """Open a resource, both of whose databases are dropped afterwards."""
    with resource.open():
        try:
            yield resource
        finally:
            _drop(resource)


def _drop(resource: "MongoResource") -> None:
    for name in (resource.raw_database, resource.analytics_database):
        resource.client.drop_database(name)
