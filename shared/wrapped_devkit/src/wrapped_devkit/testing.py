"""A pytest plugin: a real MongoDB for tests, over loopback, shared by nobody.

Fixtures and test settings only, and nothing heavy is imported before a fixture is used: every run loads this.
"""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

if TYPE_CHECKING:
    from wrapped_shared.mongo import MongoResource


def pytest_configure() -> None:
    """Let Hypothesis take its time: machines that are shared are slow now and then."""
    try:
        from hypothesis import settings
    except ImportError:
        return
    settings.register_profile("unhurried", deadline=None)
    settings.load_profile("unhurried")


@pytest.fixture(scope="session")
def mongo_server() -> Iterator[str]:
    """An embedded MongoDB of this test process (one for each pytest-xdist worker); yields its URI.

    It always ends with the session; where the test process is killed, the server dies with it (Linux).
    """
    from wrapped_cli import embedded

    folder = Path(tempfile.mkdtemp(prefix="wrapped-test-mongo-"))
    try:
        yield embedded.start(folder, tied=True).uri
    finally:
        embedded.stop(folder, patience=0)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def mongo(mongo_server: str) -> "Iterator[MongoResource]":
    """A `MongoResource` on database names that no other test uses; both are dropped afterwards."""
    from wrapped_shared.mongo import MongoResource

    mark = uuid4().hex[:12]
    resource = MongoResource(uri=mongo_server, raw_database=f"raw-{mark}", analytics_database=f"analytics-{mark}")
    yield from _dropped_after(resource)


@pytest.fixture
def contract_mongo(mongo_server: str) -> "Iterator[MongoResource]":
    """A `MongoResource` on the database names of the contract, empty, dropped afterwards.

    For tests that start the command `wrapped` or a Dagster process, which know only those names: give them
    `MONGO_URI=contract_mongo.uri`. Tests of one process run one after the other, so nothing else is there.
    """
    from wrapped_shared.mongo import MongoResource

    resource = MongoResource(uri=mongo_server)
    _drop(resource)
    yield from _dropped_after(resource)


def _dropped_after(resource: "MongoResource") -> "Iterator[MongoResource]":
    with resource.open():
        try:
            yield resource
        finally:
            _drop(resource)


def _drop(resource: "MongoResource") -> None:
    for name in (resource.raw_database, resource.analytics_database):
        resource.client.drop_database(name)
