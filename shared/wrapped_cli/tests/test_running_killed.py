"""`wrapped run` when its processes or server die: work stays owed, nothing keeps running, the next run continues."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil
import pytest
from player_stats.store.order import open_turns
from wrapped_cli import embedded
from wrapped_cli.owed import read_owed
from wrapped_devkit.generator import write
from wrapped_shared.mongo import MongoResource

COMMAND = [sys.executable, "-c", "from wrapped_cli.commands import main; main()", "run", "--location", "player_stats"]


@pytest.fixture
def environment(contract_mongo: MongoResource, tmp_path: Path) -> dict[str, str]:
    """Telemetry that takes some seconds to compute, and its own instance."""
    write(contract_mongo.raw, contract_mongo.analytics, players=5, days=12, ticks=600, seed=3, start="2024-08-13")
    home = {"DAGSTER_HOME": str(tmp_path / "dagster"), "WRAPPED_FIRST_DAY": "2024-08-01"}
    return {**os.environ, "MONGO_URI": contract_mongo.uri, **home}


def start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def once(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    while not condition():
        assert process.poll() is None
        time.sleep(0.1)


def worker_of(process: subprocess.Popen[str]) -> psutil.Process:
    return next(one for one in psutil.Process(process.pid).children() if "wrapped_cli.runner.worker" in one.cmdline())


def has_begun(mongo: MongoResource) -> bool:
    """Whether the run is reading events."""
    return any(open_turns(mongo.analytics))


def unfinished(home: str) -> int:
    from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

    going = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.NOT_STARTED]
    with DagsterInstance.from_config(home) as instance:
        return len(instance.get_runs(RunsFilter(statuses=going)))


@pytest.mark.slow
def test_a_killed_worker_leaves_everything_owed_and_the_next_run_completes_it(
    contract_mongo: MongoResource, environment: dict[str, str]
) -> None:
    first = start(environment)
    once(lambda: has_begun(contract_mongo), first)
    worker_of(first).kill()
    output, _ = first.communicate(timeout=60)
    assert first.returncode == 1
    assert "the worker ended with code -9: run it again to continue" in output
    assert read_owed(contract_mongo.analytics).due > 0
    second = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, timeout=300)
    assert second.returncode == 0, second.stdout + second.stderr
    assert "was killed: marked as failed" in second.stdout
    assert read_owed(contract_mongo.analytics).due == 0
    assert contract_mongo.analytics["wrapped_reports"].count_documents({"period": "all"}) == 5
    assert unfinished(environment["DAGSTER_HOME"]) == 0


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_the_worker_ends_with_the_command(
    contract_mongo: MongoResource, environment: dict[str, str], number: signal.Signals
) -> None:
    command = start(environment)
    once(lambda: has_begun(contract_mongo), command)
    worker = worker_of(command)
    command.send_signal(number)
    output, _ = command.communicate(timeout=60)
    assert command.returncode == (-signal.SIGKILL if number is signal.SIGKILL else 130)
    assert "Traceback" not in output
    worker.wait(timeout=30)
    assert unfinished(environment["DAGSTER_HOME"]) == 0


@pytest.mark.slow
def test_a_server_that_dies_mid_run_fails_it_clearly_and_the_next_run_completes_it(tmp_path: Path) -> None:
    home = tmp_path / "dagster"
    server = embedded.start(tmp_path / "mongo", tied=True)
    with MongoResource(uri=server.uri).open() as mongo:
        write(mongo.raw, mongo.analytics, players=5, days=12, ticks=600, seed=3, start="2024-08-13")
    uri = f"mongodb://127.0.0.1:{server.port}/?serverSelectionTimeoutMS=2000"
    environment = {**os.environ, "MONGO_URI": uri, "DAGSTER_HOME": str(home), "WRAPPED_FIRST_DAY": "2024-08-01"}
    try:
        first = start(environment)
        with MongoResource(uri=server.uri).open() as mongo:
            once(partial(has_begun, mongo), first)
        os.kill(server.pid, signal.SIGKILL)
        output, _ = first.communicate(timeout=120)
        assert first.returncode == 1
        assert re.search(r"failed: compute_part\S*: MongoDB at", output)
        assert "Traceback" not in output
        embedded.start(tmp_path / "mongo", port=server.port, tied=True)
        second = subprocess.run(COMMAND, env=environment, capture_output=True, text=True, timeout=300)
        assert second.returncode == 0, second.stdout + second.stderr
        with MongoResource(uri=server.uri).open() as mongo:
            assert read_owed(mongo.analytics).due == 0
            assert mongo.analytics["wrapped_reports"].count_documents({"period": "all"}) == 5
    finally:
        embedded.stop(tmp_path / "mongo", patience=0)
