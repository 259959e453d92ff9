"""A killed build leaves nothing wrong behind, and the next one fetches the rest, once."""

from collections import Counter
from pathlib import Path

import pytest
from image_map.store.sprites import loose_chunks, orphans, referenced, stored_bytes
from image_map.work.choice import Choice
from image_map.work.gather import gather
from image_map.work.tables import update_items
from image_map_world import World, process_on
from wrapped_shared.models.image_map import StatImage


@pytest.mark.slow
@pytest.mark.parametrize("downloads", [1, 40])
def test_the_next_build_completes_a_killed_one(world: World, tmp_path: Path, downloads: int) -> None:
    world.report(mobs=world.bestiary.mobs()[:60], places=["Varrock"])
    gather(world.analytics, Choice())
    world.tables()
    update_items(world.analytics)
    with process_on(world, "images", tmp_path) as build:
        build.wait_until(lambda: len(world.downloads()) >= downloads, pause=0.002)
        build.kill()
    stored = {entry["source"]["file"] for entry in world.analytics.stat_images.find({"status": "found"})}
    for entry in world.analytics.stat_images.find():
        StatImage.model_validate(entry)  # nothing half-written
    world.build()
    times = Counter(world.downloads())
    # Each file was fetched once, except the one in progress when the process died.
    assert sum(count - 1 for count in times.values()) <= 1
    again = {path for path, count in times.items() if count > 1}
    assert not {f"/images/{file.removeprefix('File:').replace(' ', '_')}" for file in stored} & again
    assert not orphans(world.analytics)
    assert not loose_chunks(world.analytics)
    whole = {file_id for file_id, _ in stored_bytes(world.analytics)}
    assert referenced(world.analytics) <= whole
    assert world.analytics.stat_images.count_documents({"pending": True}) == 0
