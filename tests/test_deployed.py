"""The whole deployment as processes: three gRPC servers, webserver, daemon, PostgreSQL, MongoDB, the upstreams."""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from deployed_system import LOCATIONS, Deployment, deployed, wait_for
from wrapped_devkit.generator import write
from wrapped_devkit.osrs_server.serve import build_all
from wrapped_shared.mongo import MongoResource

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="takes many loopback addresses, as only Linux has them")

DAY = "2024-08-13"
IN_PROCESS: dict[str, Any] = {"config": {"in_process": {}}}
ASSETS = """{ assetNodes { assetKey { path } isMaterializable repository { location { name } }
  dependedByKeys { path } } }"""
COLLISIONS = """query($keys: [AssetKeyInput!]!) { assetNodeDefinitionCollisions(assetKeys: $keys) {
  assetKey { path } } }"""


@contextmanager
def upstreams(mongo: MongoResource) -> Iterator[dict[str, str]]:
    """The settings of the locations, with the stand-in upstreams running and a little telemetry stored."""
    write(mongo.raw, mongo.analytics, players=2, days=1, ticks=60, seed=5, start=DAY)
    mongo.analytics["day_requests"].drop()  # so that only what the test asks for runs
    running = build_all(players=3)
    with running.server:
        url = running.server.url
        yield {
            "MONGO_URI": mongo.uri,
            "WRAPPED_CONTACT": "tests@localhost",
            "HISCORES_BASE_URL": url,
            "WIKI_BASE_URL": url,
            "PRICES_BASE_URL": url,
            "HISCORES_REQUESTS_PER_SECOND": "0",
            "WIKI_REQUESTS_PER_SECOND": "0",
        }


def days_run(system: Deployment) -> str:
    """Launch the computation of the day and its reports."""
    return system.launch(
        "player_stats",
        "daily_wrapped",
        tags={"dagster/partition": DAY},
        assets=["player_stats/player_days", "player_stats/wrapped_reports"],
        execution=IN_PROCESS,
    )


def assets_of(system: Deployment) -> dict[str, dict[str, Any]]:
    """Return what the graph says of each asset that some location materialises, by its key."""
    nodes = system.ask(ASSETS)["assetNodes"]
    assert system.ask(COLLISIONS, keys=[node["assetKey"] for node in nodes])["assetNodeDefinitionCollisions"] == []
    return {"/".join(node["assetKey"]["path"]): node for node in nodes if node["isMaterializable"]}


def test_three_locations_work_together_and_fail_alone(contract_mongo: MongoResource, tmp_path: Path) -> None:
    began = time.monotonic()
    said = {}
    with upstreams(contract_mongo) as settings, deployed(tmp_path, settings) as system:
        said["loaded"] = time.monotonic() - began
        assets = assets_of(system)
        assert {node["repository"]["location"]["name"] for node in assets.values()} == set(LOCATIONS)
        assert all(key.startswith(node["repository"]["location"]["name"]) for key, node in assets.items())
        crossing = [
            (key, "/".join(below["path"]))
            for key, node in assets.items()
            for below in node["dependedByKeys"]
            if key.split("/")[0] != below["path"][0]
        ]
        assert ("player_stats/wrapped_reports", "image_map/stat_subjects") in crossing

        runs = {
            "player_stats": days_run(system),
            "hiscores": system.launch("hiscores", "hiscores_scrape"),
            "image_map": system.launch(
                "image_map", "image_map_regeneration", assets=["image_map/stat_subjects", "image_map/stat_images"]
            ),
        }
        for name, run in runs.items():
            assert system.finished(run) == "SUCCESS", (name, system.failures(run), system.report())
        assert contract_mongo.analytics["wrapped_reports"].count_documents({}) >= 2
        assert contract_mongo.raw["hiscores"].count_documents({}) >= 2
        assert contract_mongo.analytics["stat_images"].count_documents({}) >= 1
        said["a run of each"] = time.monotonic() - began

        under_way = days_run(system)
        system.kill_location("hiscores")
        wait_for(lambda: "Unreachable" in system.states()["hiscores"], 60, system.report)
        said["one is down"] = time.monotonic() - began
        states = system.states()
        assert (states["player_stats"], states["image_map"]) == ("loaded", "loaded")
        assert system.finished(under_way) == "SUCCESS", system.failures(under_way)

        system.start_location("hiscores")
        ready = wait_for(
            lambda: "Started Dagster code server" in system.processes["hiscores"].words(), 60, system.report
        )
        assert ready
        back = time.monotonic()
        wait_for(lambda: system.states()["hiscores"] == "loaded", 90, system.report)
        said["back after"] = time.monotonic() - back
        assert said["back after"] < 15 * max(1, said["loaded"] / 20)  # 15 s where a deployment boots in 20 s
        said["all"] = time.monotonic() - began
        assert [path.name for path in (tmp_path / "home").iterdir()] == ["dagster.yaml"]  # it may be read-only
        system.processes["player_stats"].end(signal.SIGTERM, patience=60)
        assert system.processes["player_stats"].process.returncode == 0
    print({name: round(seconds, 1) for name, seconds in said.items()})  # noqa: T201
