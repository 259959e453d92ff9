"""A location that is deployed badly: what the UI and its run say is clear, and the others do not notice."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from deployed_system import Deployment, deployed, wait_for
from test_deployed import days_run, upstreams
from wrapped_shared.mongo import MongoResource

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="takes many loopback addresses, as only Linux has them"),
]


@pytest.fixture(scope="module")
def system(mongo_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """One deployment for all faults: each test spoils the hiscores and leaves the others alone."""
    folder = tmp_path_factory.mktemp("deployed")
    with MongoResource(uri=mongo_server).open() as mongo:
        try:
            with upstreams(mongo) as settings, deployed(folder, settings) as running:
                yield running
        finally:
            for name in (mongo.raw_database, mongo.analytics_database):
                mongo.client.drop_database(name)


def redeploy(system: Deployment, **settings: str | None) -> None:
    """Deploy the hiscores again, with other settings, and wait until the webserver has the new server."""
    system.kill_location("hiscores")
    wait_for(lambda: system.states().get("hiscores", "loaded") != "loaded", 60, system.report)
    system.start_location("hiscores", **settings)
    wait_for(lambda: system.states().get("hiscores") == "loaded", 90, system.report)


def others_work(system: Deployment) -> bool:
    """Tell whether the other two are loaded, and a run of one of them succeeds."""
    states = system.states()
    return states["player_stats"] == states["image_map"] == "loaded" and system.finished(days_run(system)) == "SUCCESS"


def test_a_broken_module_ends_its_server_and_only_that(system: Deployment, tmp_path: Path) -> None:
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
    system.start_location("hiscores")
    wait_for(lambda: system.states()["hiscores"] == "loaded", 90, system.report)


def test_a_missing_secret_leaves_the_location_loaded_and_its_run_says_what_to_set(system: Deployment) -> None:
    redeploy(system, MONGO_URI=None)
    run = system.launch("hiscores", "hiscores_scrape")
    assert system.finished(run) == "FAILURE"
    told = system.failures(run)
    assert any("MONGO_URI is not set: set it to a MongoDB URI" in line for line in told), told
    assert others_work(system)


def test_an_unreachable_mongodb_is_named_without_its_password(system: Deployment) -> None:
    away = "mongodb://scraper:hidden-password@127.0.0.1:9/?serverSelectionTimeoutMS=500"
    redeploy(system, MONGO_URI=away)
    run = system.launch("hiscores", "hiscores_scrape")
    assert system.finished(run) == "FAILURE"
    told = system.failures(run)
    assert any("MongoDB at mongodb://***@127.0.0.1:9" in line and "refused" in line for line in told), told
    assert "hidden-password" not in "".join(told)
    assert "hidden-password" not in system.processes["hiscores"].words()
    assert others_work(system)
