"""Runs whose process on this machine is gone are ended and their pool slots freed; others are left alone."""

import json
import subprocess
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from wrapped_cli.runner.instance import clear_dead_runs, limit_pools
from wrapped_cli.runner.processes import GRPC_INFO_TAG, PROCESS_TAG, process_tag


@dg.op
def nothing() -> None: ...


@dg.job
def calls() -> None:
    nothing()


def test_a_run_of_a_killed_process_gives_its_pool_slot_back(tmp_path: Path) -> None:
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance:
        limit_pools(instance)
        storage = instance.event_log_storage
        dead = instance.create_run_for_job(calls, tags={PROCESS_TAG: process_tag().rsplit(":", 2)[0] + ":999999:1"})
        alive = instance.create_run_for_job(calls, tags={PROCESS_TAG: process_tag()})
        assert storage.claim_concurrency_slot("osrs_hiscores", dead.run_id, "nothing").is_claimed
        assert not storage.claim_concurrency_slot("osrs_hiscores", alive.run_id, "nothing").is_claimed
        assert clear_dead_runs(instance) == [dead.run_id]
        assert storage.claim_concurrency_slot("osrs_hiscores", alive.run_id, "nothing").is_claimed
        found = instance.get_run_by_id(dead.run_id)
        assert found is not None
        assert found.status == dg.DagsterRunStatus.FAILURE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("server", "state", "end"),
    [
        ({"socket": "/tmp/of-a-dagster-dev", "host": "localhost"}, dg.DagsterRunStatus.STARTED, "FAILURE"),  # noqa: S108
        ({"port": 4000, "host": "localhost"}, dg.DagsterRunStatus.CANCELING, "CANCELED"),
        ({"port": 4000, "host": "hiscores"}, dg.DagsterRunStatus.STARTED, "STARTED"),  # its process is on another host
        (None, dg.DagsterRunStatus.STARTED, "STARTED"),
    ],
)
def test_runs_of_code_servers_on_this_machine_are_checked_by_their_process(
    tmp_path: Path, server: dict[str, Any] | None, state: dg.DagsterRunStatus, end: str
) -> None:
    tags = {} if server is None else {GRPC_INFO_TAG: json.dumps(server)}
    with dg.DagsterInstance.local_temp(str(tmp_path)) as instance, subprocess.Popen(["sleep", "60"]) as process:
        run = instance.create_run_for_job(calls, tags=tags, status=state)
        assert clear_dead_runs(instance) == []  # no process is known yet
        instance.report_engine_event(f"Started process for run (pid: {process.pid}).", run)
        assert clear_dead_runs(instance) == []
        process.kill()
        process.wait()
        clear_dead_runs(instance)
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status.value == end
