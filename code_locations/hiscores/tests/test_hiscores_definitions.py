"""What the location shows to Dagster."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import dagster as dg
import pytest
from hiscores.definitions import defs

SCHEDULE = "hiscores_scrape"


@pytest.mark.slow
def test_the_location_loads_without_any_environment() -> None:
    code = "from hiscores.definitions import defs; import dagster as dg; dg.Definitions.validate_loadable(defs)"
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_asset_has_an_owner_a_group_kinds_and_a_description() -> None:
    graph = defs.resolve_asset_graph()
    specs = [graph.get(key) for key in graph.get_all_asset_keys()]
    assert {node.key.to_user_string() for node in specs} == {
        "hiscores/tracked_players",
        "hiscores/snapshots",
        "hiscores/activity_catalogue",
        "hiscores/hiscores_players",
        "hiscores/hiscores_gains",
        "hiscores/name_candidates",
    }
    for node in specs:
        assert node.owners == ["team:hiscores"]
        assert node.group_name == "hiscores"
        assert node.kinds == {"python", "mongodb"}
        assert len(node.description or "") > 60


def test_every_step_that_calls_the_upstream_holds_the_pool() -> None:
    graph = defs.resolve_asset_graph()
    pools = {key.path[-1]: graph.get(key).pools for key in graph.get_all_asset_keys()}
    assert pools.pop("snapshots") == pools.pop("activity_catalogue") == {"osrs_hiscores"}
    assert not any(pools.values())


@pytest.mark.parametrize("minute", [17, 59])
def test_the_schedule_is_on_hourly_in_utc_and_requests_its_hours_slot(minute: int) -> None:
    schedule = defs.resolve_schedule_def(SCHEDULE)
    assert (schedule.cron_schedule, schedule.execution_timezone) == ("17 * * * *", "UTC")
    assert schedule.default_status == dg.DefaultScheduleStatus.RUNNING
    moment = datetime(2026, 11, 25, 10, minute, tzinfo=UTC)
    with dg.build_schedule_context(scheduled_execution_time=moment) as context:
        (request,) = schedule.evaluate_tick(context).run_requests or ()
    assert request.run_key == "2026-11-25T10:00:00Z"
    config = request.run_config
    assert config["ops"]["hiscores__snapshots"]["config"] == {"slot": "2026-11-25T10:00:00Z"}
    assert dg.validate_run_config(defs.resolve_job_def(SCHEDULE), config)
