"""Fixtures of the image map's tests."""

from collections.abc import Iterator

import pytest
from image_map_world import World, fill, world_on
from wrapped_shared.mongo import MongoResource


@pytest.fixture
def world(mongo: MongoResource) -> Iterator[World]:
    """A stand-in wiki and an empty MongoDB for this test."""
    with world_on(mongo) as found:
        yield found


@pytest.fixture
def wiki_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, with the environment's settings pointing at it."""
    monkeypatch.setenv("WIKI_BASE_URL", world.server.url)
    monkeypatch.setenv("PRICES_BASE_URL", world.server.url)
    monkeypatch.setenv("WIKI_REQUESTS_PER_SECOND", "0")
    monkeypatch.setenv("WIKI_LEAST_ROWS", "0")
    monkeypatch.setenv("PRICES_LEAST_ROWS", "0")
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    return world


@pytest.fixture
def built(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same without skills, slots and slides, for tests that change it."""
    monkeypatch.setattr("image_map.work.gather.constant_subjects", list)
    fill(world)
    return world
