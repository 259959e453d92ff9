"""Runs whose process died, in a deployment and in `make dev`, with the real settings: ended, slots freed, retried.

A test location replaces the hiscores: its job holds the upstream's only slot until it is ended.
"""

import os
import re
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from deployed_system import Deployment, wait_for

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs many loopback addresses, which only Linux has"),
    pytest.mark.xdist_group("deployment"),
]

PROMISED_SECONDS = 120
DEFINITIONS = """
import time
import dagster as dg

@dg.op(pool="osrs_hiscores", config_schema={"deaf": dg.Field(bool, default_value=False)})
def calls(context) -> None:
    while True:
        try:
            time.sleep(3600)
        except BaseException:
            if not context.op_config["deaf"]:
                raise

@dg.job
def holds_the_slot() -> None:
    calls()

@dg.job(tags={"dagster/max_retries": "0"})
def holds_the_slot_once() -> None:
    calls()

defs = dg.Definitions(jobs=[holds_the_slot, holds_the_slot_once])
"""
SLOT = """{ instance { concurrencyLimit(concurrencyKey: "osrs_hiscores") { claimedSlots { runId } } } }"""
EVENTS = """query($id: ID!) { logsForRun(runId: $id, limit: 500) { ... on EventConnection { events {
  __typename ... on MessageEvent { message stepKey } } } } }"""
RETRIES = "query($id: ID!) { runGroupOrError(runId: $id) { ... on RunGroup { runs { runId parentRunId } } } }"
RELOAD = "mutation($name: String!) { reloadRepositoryLocation(repositoryLocationName: $name) { __typename } }"
TERMINATE = "mutation($id: String!) { terminateRun(runId: $id) { __typename } }"


def with_location(folder: Path) -> Deployment:
    package = folder / "code" / "hiscores"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "definitions.py").write_text(DEFINITIONS)
    (package.parent / "wrapped_launcher.py").write_text("raise ImportError('a location has no run launcher')\n")
    return Deployment(folder, {"PYTHONPATH": str(package.parent)})


def wait_until_loaded(system: Deployment) -> None:
    wait_for(lambda: system.states().get("hiscores") == "loaded", 120, system.report)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    running = with_location(tmp_path_factory.mktemp("dead_runs"))
    try:
        running.start_location("hiscores")
        running.start_system()
        wait_until_loaded(running)
        yield running
    finally:
        running.stop()


@pytest.fixture
def dev(tmp_path: Path) -> Iterator[Deployment]:
    running = with_location(tmp_path)
    try:
        running.start_dev("hiscores")
        wait_until_loaded(running)
        yield running
    finally:
        running.stop()


def holders(system: Deployment) -> list[str]:
    """The runs that hold the slot."""
    return [slot["runId"] for slot in system.query(SLOT)["instance"]["concurrencyLimit"]["claimedSlots"]]


def messages(system: Deployment, run: str) -> str:
    return "\n".join(event.get("message") or "" for event in system.query(EVENTS, id=run)["logsForRun"]["events"])


def working(system: Deployment, run: str) -> str:
    """Wait until a run's step is running with the slot."""
    wait_for(
        lambda: "Started execution of step" in messages(system, run) and holders(system) == [run], 120, system.report
    )
    return run


def retried(system: Deployment, run: str) -> str:
    """Wait for the next attempt of a run, and until it is running."""

    def next_try() -> str:
        runs = system.query(RETRIES, id=run)["runGroupOrError"]["runs"]
        return next((found["runId"] for found in runs if found["parentRunId"] == run), "")

    return working(system, wait_for(next_try, 60, system.report))


def process_of(system: Deployment, run: str) -> int:
    return pid_in(r"Started process for run \(pid: (\d+)\)", messages(system, run))


def step_process_of(system: Deployment, run: str) -> int:
    return pid_in(r"Capturing logs for process \(pid: (\d+)\)|for step calls \(pid: (\d+)\)", messages(system, run))


def pid_in(pattern: str, text: str) -> int:
    match = re.search(pattern, text)
    assert match is not None, text
    return int(next(filter(None, match.groups())))


def ended(system: Deployment, run: str, since: float) -> tuple[str, float]:
    """Wait until a run has ended and holds no slot; return its status and the total seconds that took."""
    left = since + PROMISED_SECONDS - time.monotonic()
    status = system.finished(run, left)
    noticed = time.monotonic() - since
    wait_for(lambda: run not in holders(system), since + PROMISED_SECONDS - time.monotonic(), system.report)
    print(f"{status} after {noticed:.0f} s, slot free after {time.monotonic() - since:.0f} s")  # noqa: T201
    return status, noticed


def test_a_killed_process_or_server_fails_its_run_frees_its_slot_and_the_run_is_retried(
    system: Deployment,
) -> None:
    first = working(system, system.launch("hiscores", "holds_the_slot"))
    killed = time.monotonic()
    os.kill(process_of(system, first), signal.SIGKILL)
    assert ended(system, first, killed)[0] == "FAILURE"

    second = retried(system, first)
    killed = time.monotonic()
    system.kill_location("hiscores")
    system.start_location("hiscores")
    assert ended(system, second, killed)[0] == "FAILURE"
    assert "the run's process is gone" in messages(system, second)

    third = retried(system, second)
    killed = time.monotonic()
    system.kill_location("hiscores")  # and nothing restarts it
    assert ended(system, third, killed)[0] == "FAILURE"
    assert "the run's code server is gone" in messages(system, third)
    system.start_location("hiscores")
    wait_until_loaded(system)


def test_a_run_whose_process_died_while_it_was_canceled_ends_in_time(system: Deployment) -> None:
    deaf = {"ops": {"calls": {"config": {"deaf": True}}}}
    run = working(system, system.launch("hiscores", "holds_the_slot_once", **deaf))
    system.query(TERMINATE, id=run)
    killed = time.monotonic()
    system.kill_location("hiscores")
    system.start_location("hiscores")
    assert system.status(run) == "CANCELING"
    assert ended(system, run, killed)[0] == "CANCELED"


def test_a_killed_step_fails_its_run_at_once_and_a_stopped_server_keeps_its_run(system: Deployment) -> None:
    wait_until_loaded(system)
    run = working(system, system.launch("hiscores", "holds_the_slot_once"))
    server = psutil.Process(system.processes["hiscores"].process.pid)
    server.suspend()
    time.sleep(60)  # several checks
    server.resume()
    assert system.status(run) == "STARTED"
    killed = time.monotonic()
    os.kill(step_process_of(system, run), signal.SIGKILL)
    assert ended(system, run, killed)[0] == "FAILURE"
    assert "child process for step calls was terminated by signal 9" in messages(system, run)


def test_a_killed_make_dev_leaves_no_run_behind_and_a_reload_keeps_its_run(dev: Deployment) -> None:
    first = working(dev, dev.launch("hiscores", "holds_the_slot"))
    assert dev.query(RELOAD, name="hiscores")["reloadRepositoryLocation"]["__typename"] == "WorkspaceLocationEntry"
    time.sleep(35)  # two checks, by a code server that was started after the run
    assert dev.status(first) == "STARTED"
    killed = time.monotonic()
    dev.kill_location("dev")
    dev.start_dev("hiscores")
    wait_until_loaded(dev)
    assert ended(dev, first, killed)[0] == "FAILURE"

    second = working(dev, dev.launch("hiscores", "holds_the_slot"))
    killed = time.monotonic()
    os.kill(process_of(dev, second), signal.SIGKILL)
    assert ended(dev, second, killed)[0] == "FAILURE"
