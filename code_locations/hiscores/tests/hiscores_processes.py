"""Real Dagster processes for tests: an instance in a folder, a code server, the daemon, runs as processes.

Configuration files are written as JSON, which is YAML too.
"""

import json
import os
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
from wrapped_cli.embedded import process
from wrapped_devkit.processes import Process

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

    def process(self, *command: str) -> Process:
        """A process that ends with its `with` block."""
        log = self.home / f"{Path(command[0]).name}-{command[1]}.log"
        return Process([str(BIN / command[0]), *command[1:]], log, self.environment, self.home)

    @contextmanager
    def code_server(self) -> Iterator[int]:
        """The location's gRPC server; yields its port once it responds."""
        port = process.free_port()
        command = ("dagster", "api", "grpc", "-h", process.HOST, "-p", str(port), "-m", "hiscores.definitions")
        with self.process(*command, "--location-name", "hiscores") as server:
            server.wait_until(lambda: process.listens(server.process.pid, port))
            (self.home / "workspace.yaml").write_text(
                json.dumps(
                    {"load_from": [{"grpc_server": {"host": process.HOST, "port": port, "location_name": "hiscores"}}]}
                )
            )
            yield port

    def start_schedule_in_the_past(self, port: int, moment: datetime) -> None:
        """Make the schedule appear on since a time in the past: the daemon then catches up on a missed tick."""
        target = GrpcServerTarget(host=process.HOST, port=port, socket=None, location_name="hiscores")
        with self.instance() as instance, WorkspaceProcessContext(instance, target) as workspace:
            location = workspace.create_request_context().get_code_location("hiscores")
            schedule = next(iter(location.get_repositories().values())).get_schedule("hiscores_scrape")
            data = ScheduleInstigatorData(schedule.cron_schedule, moment.timestamp())
            origin = schedule.get_remote_origin()
            instance.add_instigator_state(
                InstigatorState(origin, InstigatorType.SCHEDULE, InstigatorStatus.DECLARED_IN_CODE, data)
            )

    def run(self, config: Mapping[str, Any]) -> Process:
        """The job `hiscores_scrape` in a separate process, without a daemon."""
        path = self.home / f"config-{time.monotonic_ns()}.yaml"
        path.write_text(json.dumps(dict(config)))
        command = ("dagster", "job", "execute", "-m", "hiscores.definitions", "-j", "hiscores_scrape", "-c", str(path))
        return self.process(*command)

    @contextmanager
    def held_pool(self, pool: str) -> Iterator[Callable[[], set[str]]]:
        """Hold the only slot of a pool; yields what returns the ids of the runs that wait for it.

        Without it, two runs that claim the slot in the same instant may both get it: Dagster locks slots in PostgreSQL,
        but not in SQLite.
        """
        with self.instance() as instance:
            storage = instance.event_log_storage
            storage.initialize_concurrency_limit_to_default(pool)
            assert storage.claim_concurrency_slot(pool, "test", "test").is_claimed
            yield lambda: storage.get_concurrency_info(pool).pending_run_ids
            storage.free_concurrency_slot_for_step("test", "test")

    def runs(self) -> list[dg.DagsterRun]:
        """All runs of the instance, newest first."""
        with self.instance() as instance:
            return list(instance.get_runs())
