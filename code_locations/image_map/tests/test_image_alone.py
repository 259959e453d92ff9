"""The location on its own: a separate process, no other location, no workspace; only MongoDB and the wiki."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from image_map_world import world_on
from wrapped_shared.mongo import MongoResource


@pytest.mark.slow
def test_with_the_other_locations_down_it_still_builds_its_map(contract_mongo: MongoResource, tmp_path: Path) -> None:
    with world_on(contract_mongo) as world:
        world.report(mobs=[("Goblin", 5, [3045]), ("Pale presence", 33, [9701])], items=[6570], places=["Varrock"])
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "DAGSTER_HOME": str(tmp_path),
            "DAGSTER_DISABLE_TELEMETRY": "true",
            "MONGO_URI": contract_mongo.uri,
            "WIKI_BASE_URL": world.server.url,
            "PRICES_BASE_URL": world.server.url,
            "WIKI_REQUESTS_PER_SECOND": "0",
            "WIKI_LEAST_ROWS": "0",
            "WRAPPED_CONTACT": "tests@example.org",
        }
        dagster = str(Path(sys.executable).parent / "dagster")
        command = [dagster, "job", "execute", "-m", "image_map.definitions", "-j", "image_map_regeneration"]
        done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        assert world.file("npc:Goblin#5") == "File:Goblin (level 5).png"
        assert world.entry("npc:Pale presence#33")["status"] == "fallback"
        assert world.analytics.items.find_one({"_id": 6570}, {"name": 1}) == {"_id": 6570, "name": "Fire cape"}
