"""Real Dagster processes for tests: an instance in a folder, a code server, the daemon, runs as processes.

Configuration files are written as JSON, which is YAML too.
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, ScheduleInstigatorData
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import GrpcServerTarget

INSTANCE = """
telemetry: {enabled: false}
concurrency:
  pools: {granularity: op, default_limit: 1}
run_monitoring: {enabled: true, free_slots_after_run_end_seconds: 5, poll_interval_seconds: 5}
"""
BIN = Path(sys.executable).parent


class Deployment:
    """One instance and the processes that a test starts on it."""

    def __init__(self, home: Path, environment: Mapping[str, str]) -> None:
        self.home = home
        (home / "dagster.yaml").write_text(INSTANCE)
        self.environment = {
            **os.environ,
            **environment,
            "DAGSTER_HOME": str(home),
            "DAGSTER_DISABLE_TELEMETRY": "true",
        }
        with self.instance() as instance:  # two processes creating the tables of an empty instance would conflict
            instance.get_runs(limit=1)
            instance.all_instigator_state()
            instance.get_asset_keys()

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The instance, opened in this process."""
        with dg.DagsterInstance.from_config(str(self.home)) as instance:
            yield instance

    @contextmanager
    def process(self, *command: str) -> Iterator[subprocess.Popen[bytes]]:
        """A process that ends with the block."""
        with (self.home / f"{Path(command[0]).name}-{command[1]}.log").open("ab") as log:
            process = subprocess.Popen(
                [str(BIN / command[0]), *command[1:]], env=self.environment, stdout=log, stderr=log, cwd=self.home
            )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @contextmanager
    def code_server(self) -> Iterator[int]:
        """The location's gRPC server; yields its port once it responds."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = ("dagster", "api", "grpc", "-h", "127.0.0.1", "-p", str(port), "-m", "hiscores.definitions")
        with self.process(*command, "--location-name", "hiscores"):
            wait_until(lambda: _listens(port), 60)
            (self.home / "workspace.yaml").write_text(
                json.dumps(
                    {"load_from": [{"grpc_server": {"host": "127.0.0.1", "port": port, "location_name": "hiscores"}}]}
                )
            )
            yield port

    def start_schedule_in_the_past(self, port: int, moment: datetime) -> None:
        """Make the schedule appear on since a time in the past: the daemon then catches up on a missed tick."""
        target = GrpcServerTarget(host="127.0.0.1", port=port, socket=None, location_name="hiscores")
        with self.instance() as instance, WorkspaceProcessContext(instance, target) as workspace:
            location = workspace.create_request_context().get_code_location("hiscores")
            schedule = next(iter(location.get_repositories().values())).get_schedule("hiscores_scrape")
            data = ScheduleInstigatorData(schedule.cron_schedule, moment.timestamp())
            origin = schedule.get_remote_origin()
            instance.add_instigator_state(
                InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.DECLARED_IN_CODE, data)
            )

    @contextmanager
    def run(self, config: Mapping[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
        """The job `hiscores_scrape` in a separate process, without a daemon."""
        path = self.home / f"config-{time.monotonic_ns()}.yaml"
        path.write_text(json.dumps(dict(config)))
        command = ("dagster", "job", "execute", "-m", "hiscores.definitions", "-j", "hiscores_scrape", "-c", str(path))
        with self.process(*command) as process:
            yield process

    def runs(self) -> list[dg.DagsterRun]:
        """All runs of the instance, newest first."""
        with self.instance() as instance:
            return list(instance.get_runs())


def wait_until(done: Callable[[], bool], seconds: float) -> None:
    """Poll until it holds.

    Raises:
        TimeoutError: it does not hold in time.
    """
    end = time.monotonic() + seconds
    while not done():
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.1)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
