"""Fixtures of the image map's tests."""

from collections.abc import Iterator

import pytest
from image_map_world import World, fill, world_on
from wrapped_devkit.osrs_server.serve import upstream_settings
from wrapped_shared.mongo import MongoResource


@pytest.fixture
def world(mongo: MongoResource) -> Iterator[World]:
    """A stand-in wiki and an empty MongoDB for this test."""
    with world_on(mongo) as found:
        yield found


@pytest.fixture
def wiki_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same, with the environment's settings pointing at it."""
    for name, value in upstream_settings(world.server.url).items():
        monkeypatch.setenv(name, value)
    return world


@pytest.fixture
def built(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """The same without skills, slots and slides, for tests that change it."""
    monkeypatch.setattr("image_map.work.gather.constant_subjects", list)
    fill(world)
    return world
