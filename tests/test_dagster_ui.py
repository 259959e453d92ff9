"""The Dagster UI in a real browser, over its own data: does an operator see everything?

With WRAPPED_SCREENSHOTS set to a folder, screenshots of each page are saved there.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from browser_pages import Watched, chromium
from playwright.sync_api import Page
from wrapped_cli import commands
from wrapped_devkit.generator import write
from wrapped_devkit.processes import webserver
from wrapped_shared.mongo import MongoResource

ROOT = Path(__file__).parents[1]
DAY = "2024-08-13"
PATIENCE = 120_000
pytestmark = pytest.mark.slow


def graphql(url: str, query: str) -> Any:
    return httpx.post(f"{url}/graphql", json={"query": query}, timeout=60).json()["data"]


@pytest.fixture
def ui(contract_mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The webserver on an instance in which five players' days were computed; yields its URL."""
    home = tmp_path / "dagster"
    home.mkdir()
    for name, value in {
        "MONGO_URI": contract_mongo.uri, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    write(contract_mongo.raw, contract_mongo.analytics, players=5, days=2, ticks=400, seed=7, start=DAY)
    assert commands.run(["run", "--location", "player_stats"]) == 0
    with webserver(home, "-w", "workspace.yaml", cwd=ROOT) as address:
        yield address


def look(page: Page, address: str, path: str, wanted: list[str], name: str) -> None:
    """Open a page, wait for the expected texts, and save a screenshot."""
    page.goto(address + path, wait_until="domcontentloaded", timeout=PATIENCE)
    for text in wanted:
        page.get_by_text(text).locator("visible=true").first.wait_for(timeout=PATIENCE)
    skip = page.get_by_text("Skip", exact=True)
    if skip.count():  # the dialog on a first visit
        skip.first.click()
    page.wait_for_timeout(1_000)  # graphs need time for their layout
    folder = os.environ.get("WRAPPED_SCREENSHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


LAUNCHPAD = """{ runConfigSchemaOrError(selector: {repositoryLocationName: "%s", repositoryName: "__repository__",
pipelineName: "%s"}) { ... on RunConfigSchema { rootDefaultYaml } } }"""
VALID = """{ isPipelineConfigValid(pipeline: {repositoryLocationName: "%s", repositoryName: "__repository__",
pipelineName: "%s"}, mode: "default", runConfigData: %s) { __typename } }"""


def check_default_configs(ui: str) -> None:
    """Query, as the Launchpad does, its initial config, and whether that is valid."""
    for location, job, shown in (
        ("player_stats", "daily_wrapped", ["names: []", "everything: false"]),
        ("player_stats", "wrapped_news", ["thorough: false"]),
        ("hiscores", "hiscores_scrape", ["names: []", "changed_only: false"]),
        ("image_map", "image_map_regeneration", ["kinds: []", "names: []"]),
    ):
        default = graphql(ui, LAUNCHPAD % (location, job))["runConfigSchemaOrError"]["rootDefaultYaml"]
        assert all(text in default for text in shown)
        answer = graphql(ui, VALID % (location, job, json.dumps(json.dumps(yaml.safe_load(default)))))
        assert answer["isPipelineConfigValid"]["__typename"] == "PipelineConfigValidationValid"


def test_an_operator_sees_graph_asset_partition_run_and_launchpad(ui: str) -> None:
    check_default_configs(ui)
    with chromium() as browser:
        watched = Watched(browser.new_context(viewport={"width": 1440, "height": 900}).new_page())
        page = watched.page
        look(
            page,
            ui,
            "/asset-groups",
            ["Global asset lineage", "hiscores", "image_map", "raw_telemetry"],
            "dagster-lineage",
        )
        assert page.get_by_text("Cycle detected").count() == 0
        look(
            page, ui, "/assets/player_stats/wrapped_reports?view=overview",
            ["Each player's Wrapped report", "player-stats", "Columns", "Open contract: WrappedReport"],
            "dagster-asset",
        )  # fmt: skip
        look(
            page, ui, f"/assets/player_stats/player_days?view=partitions&partition={DAY}",
            ["Materialized", "events_read", "longest_played"], "dagster-partition",
        )  # fmt: skip
        runs = graphql(ui, "{ runsOrError { ... on Runs { results { id jobName status } } } }")["runsOrError"][
            "results"
        ]
        run = next(run for run in runs if run["jobName"] == "wrapped_news")
        assert run["status"] == "SUCCESS"
        look(page, ui, f"/runs/{run['id']}", ["Success", "plan_news", "rank_and_check"], "dagster-run")
        look(
            page, ui, "/locations/player_stats/jobs/daily_wrapped/playground",
            ["Launch Run", "players", "No errors"], "dagster-launchpad",
        )  # fmt: skip
        look(page, ui, "/locations/image_map/jobs/image_map_regeneration/playground", ["kinds", "No errors"], "")
        away = [url for url in watched.outside() if not url.startswith((ui, "blob:")) and "oss-telemetry" not in url]
        assert away == []
