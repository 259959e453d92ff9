"""The whole deployment as processes: three gRPC servers, webserver, daemon, PostgreSQL, MongoDB, the upstreams.

One deployment for all tests, on migrated tables of an older Dagster; each test restores what it changed.
"""

import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from deploy_manifests import LOCATIONS
from deployed_system import Deployment, deployed, wait_for
from older_tables import STORED_BY_THE_OLDER, newest_revision, revision
from wrapped_devkit.generator import write
from wrapped_devkit.osrs_server.serve import build, upstream_settings
from wrapped_devkit.testing import dropped_after
from wrapped_shared.mongo import MongoResource

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs many loopback addresses, which only Linux has"),
    pytest.mark.xdist_group("deployment"),
]

DAY = "2024-08-13"
IN_PROCESS: dict[str, Any] = {"config": {"in_process": {}}}
ASSETS = """{ assetNodes { assetKey { path } isMaterializable repository { location { name } }
  dependedByKeys { path } } }"""
COLLISIONS = """query($keys: [AssetKeyInput!]!) { assetNodeDefinitionCollisions(assetKeys: $keys) {
  assetKey { path } } }"""
MATERIALIZED = """query($key: AssetKeyInput!) { assetOrError(assetKey: $key) { ... on Asset {
  assetMaterializations { runId } } } }"""

STARTED = """query($tags: [ExecutionTag!]) { runsOrError(filter: {tags: $tags}, limit: 20) { ... on Runs {
  results { jobName status } } } }"""


@contextmanager
def upstreams(mongo: MongoResource) -> Iterator[dict[str, str]]:
    """The locations' settings, with the stand-in upstreams running and a little telemetry stored."""
    write(mongo.raw, mongo.analytics, players=2, days=1, ticks=60, seed=5, start=DAY)
    running = build(players=3)
    with running.server:
        yield {"MONGO_URI": mongo.uri, **upstream_settings(running.server.url)}


@pytest.fixture(scope="module")
def mongo_of_all(mongo_server: str) -> Iterator[MongoResource]:
    """The contract's databases, for the lifetime of the deployment."""
    with dropped_after(MongoResource(uri=mongo_server)) as mongo:
        yield mongo


@pytest.fixture(scope="module")
def system(mongo_of_all: MongoResource, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    with upstreams(mongo_of_all) as settings, deployed(tmp_path_factory.mktemp("deployed"), settings) as running:
        yield running


def days_run(system: Deployment) -> str:
    """Launch the computation of the day and its reports."""
    return system.launch(
        "player_stats",
        "daily_wrapped",
        tags={"dagster/partition": DAY},
        assets=["player_stats/player_days", "player_stats/data_quality", "player_stats/wrapped_reports"],
        execution=IN_PROCESS,
    )


def redeploy(system: Deployment, **settings: str | None) -> None:
    """Redeploy the hiscores with other settings, and wait until the webserver has the new server."""
    system.kill_location("hiscores")
    start_missed(system, "hiscores", **settings)


def start_missed(system: Deployment, name: str, **settings: str | None) -> None:
    """Restart a stopped server once the webserver has noticed, and wait until it is loaded."""
    wait_for(lambda: system.states().get(name, "loaded") != "loaded", 60, system.report)
    system.start_location(name, **settings)
    wait_for(lambda: system.states().get(name) == "loaded", 90, system.report)


def others_work(system: Deployment) -> bool:
    """Return whether the other two are loaded and a run of one of them succeeds."""
    states = system.states()
    return states["player_stats"] == states["image_map"] == "loaded" and system.finished(days_run(system)) == "SUCCESS"


def test_tables_of_an_older_dagster_are_migrated_with_their_content(system: Deployment) -> None:
    assert revision(system.postgres_host) == newest_revision()
    assert system.status(system.older_run) == "SUCCESS"
    found = system.query(MATERIALIZED, key={"path": [STORED_BY_THE_OLDER]})["assetOrError"]
    assert [event["runId"] for event in found["assetMaterializations"]] == [system.older_run]


def test_three_locations_have_separate_keys_and_lineage_across_locations(system: Deployment) -> None:
    nodes = system.query(ASSETS)["assetNodes"]
    assert system.query(COLLISIONS, keys=[node["assetKey"] for node in nodes])["assetNodeDefinitionCollisions"] == []
    assets = {"/".join(node["assetKey"]["path"]): node for node in nodes if node["isMaterializable"]}
    assert {node["repository"]["location"]["name"] for node in assets.values()} == set(LOCATIONS)
    assert all(key.startswith(node["repository"]["location"]["name"]) for key, node in assets.items())
    crossing = [
        (key, "/".join(below["path"]))
        for key, node in assets.items()
        for below in node["dependedByKeys"]
        if key.split("/")[0] != below["path"][0]
    ]
    assert ("player_stats/wrapped_reports", "image_map/stat_subjects") in crossing


def test_unread_telemetry_is_computed_automatically(system: Deployment) -> None:
    def finished() -> list[dict[str, str]]:
        tags = [{"key": "dagster/sensor_name", "value": "wrapped_news_sensor"}]
        runs = system.query(STARTED, tags=tags)["runsOrError"]["results"]
        return [run for run in runs if run["status"] in {"SUCCESS", "FAILURE"}]

    wait_for(lambda: bool(finished()), 240, system.report)
    assert finished()[-1] == {"jobName": "wrapped_news", "status": "SUCCESS"}, system.report()


def test_a_run_of_each_location_writes_its_documents(system: Deployment, mongo_of_all: MongoResource) -> None:
    runs = {
        "player_stats": days_run(system),
        "hiscores": system.launch("hiscores", "hiscores_scrape"),
        "image_map": system.launch(
            "image_map", "image_map_regeneration", assets=["image_map/stat_subjects", "image_map/stat_images"]
        ),
    }
    for name, run in runs.items():
        assert system.finished(run) == "SUCCESS", (name, system.failures(run), system.report())
    assert mongo_of_all.analytics["wrapped_reports"].count_documents({}) >= 2
    assert mongo_of_all.raw["hiscores"].count_documents({}) >= 2
    assert mongo_of_all.analytics["stat_images"].count_documents({}) >= 1
    home = system.folder / "home"
    assert [path.name for path in home.iterdir()] == ["dagster.yaml"]  # it may be read-only


def test_a_killed_server_affects_nobody_else_and_comes_back(system: Deployment) -> None:
    under_way = days_run(system)
    system.kill_location("hiscores")
    wait_for(lambda: "Unreachable" in system.states()["hiscores"], 60, system.report)
    states = system.states()
    assert (states["player_stats"], states["image_map"]) == ("loaded", "loaded")
    assert system.finished(under_way) == "SUCCESS", system.failures(under_way)
    back = time.monotonic()
    system.start_location("hiscores")
    wait_for(lambda: system.states()["hiscores"] == "loaded", 90, system.report)
    took = time.monotonic() - back
    print(f"deployed after {system.boot_seconds:.1f} s, a killed server back after {took:.1f} s")  # noqa: T201
    assert took < 15 * max(1, system.boot_seconds / 20)  # 15 s if a whole deployment boots in 20 s


def test_a_stopped_server_shuts_down_gracefully(system: Deployment) -> None:
    system.processes["player_stats"].end(signal.SIGTERM, patience=60)
    assert system.processes["player_stats"].process.returncode == 0
    start_missed(system, "player_stats")


def test_a_broken_module_only_ends_its_own_server(system: Deployment, tmp_path: Path) -> None:
    package = tmp_path / "hiscores"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "definitions.py").write_text("import a_module_that_nobody_installed\n")
    system.kill_location("hiscores")
    system.start_location("hiscores", PYTHONPATH=str(tmp_path))
    server = system.processes["hiscores"]
    assert server.process.wait(90) != 0  # a rollout sees that it does not come up
    assert "No module named 'a_module_that_nobody_installed'" in server.words()
    wait_for(lambda: "Unreachable" in system.states()["hiscores"], 60, system.report)
    assert others_work(system)
    start_missed(system, "hiscores")


def test_the_run_reports_a_missing_secret_and_an_unreachable_database(system: Deployment) -> None:
    away = "mongodb://scraper:hidden-password@127.0.0.1:9/?serverSelectionTimeoutMS=500"
    for uri, message in (
        (None, "MONGO_URI is not set: set it to a MongoDB URI"),
        (away, "MongoDB at mongodb://***@127.0.0.1:9"),
    ):
        redeploy(system, MONGO_URI=uri)
        run = system.launch("hiscores", "hiscores_scrape")
        assert system.finished(run) == "FAILURE"
        words = system.failures(run)
        assert any(message in line for line in words), words
        assert "hidden-password" not in "".join(words) + system.processes["hiscores"].words()
        assert others_work(system)
    redeploy(system)
