"""PostgreSQL is away for minutes: webserver and daemon come back by themselves, and runs are made up.

A real deployment of processes, with its daemon, webserver and code servers, none of which is touched.
"""

import signal
import time
from pathlib import Path
from typing import Any

import httpx
from deploy_manifests import LOCATIONS
from deployed_processes import restart_postgres
from deployed_system import Deployment, deployed, wait_for
from wrapped_devkit.generator import write
from wrapped_shared.mongo import MongoResource

from faults.scenes import Row

DAY = "2024-08-13"
HEALTH = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy required } } } }"
RECOVERY_SECONDS = 240


def away(mongo: MongoResource, folder: Path, seconds: float = 600) -> Row:
    """Stop PostgreSQL, start it on the same data after a while, and wait until a run has succeeded."""
    write(mongo.raw, mongo.analytics, players=2, days=1, ticks=60, seed=5, start=DAY)
    with deployed(folder, {"MONGO_URI": mongo.uri}) as system:
        pids = {name: process.process.pid for name, process in system.processes.items() if name != "postgres"}
        system.processes.pop("postgres").end(signal.SIGINT)
        until = time.monotonic() + seconds
        assert not _healthy(system)
        time.sleep(max(0.0, until - time.monotonic()))
        system.processes["postgres"] = restart_postgres(folder / "postgres", system.postgres_host)
        back = time.monotonic()
        wait_for(lambda: _healthy(system), RECOVERY_SECONDS, system.report)
        took = time.monotonic() - back
        assert set(system.states()) == set(LOCATIONS)
        wait_for(lambda: mongo.analytics["wrapped_reports"].count_documents({}) > 0, RECOVERY_SECONDS, system.report)
        for name, pid in pids.items():
            assert system.processes[name].process.pid == pid
            assert system.processes[name].process.poll() is None, name
    seen = "no process ended; webserver and daemon were healthy again, and the daemon started what was owed"
    return Row(f"PostgreSQL away for {seconds:.0f} s", seen, took)


def _healthy(system: Deployment) -> bool:
    """Return whether webserver and daemon work, by the daemon's heartbeats since PostgreSQL came back."""
    try:
        found: dict[str, Any] = system.query(HEALTH)["instance"]["daemonHealth"]
    except (httpx.HTTPError, AssertionError, TypeError, KeyError, ValueError):
        return False
    return all(status["healthy"] for status in found["allDaemonStatuses"] if status["required"])
