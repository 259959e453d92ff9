"""PostgreSQL is away for minutes: webserver and daemon come back by themselves, and runs are made up.

A real deployment of processes, with its daemon, webserver and code servers, none of which is touched.
"""

import signal
import time
from pathlib import Path
from typing import Any

import httpx
from bson import ObjectId
from deploy_manifests import LOCATIONS
from deployed_processes import restart_postgres
from deployed_system import Deployment, deployed, wait_for
from wrapped_devkit.generator import write
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

from faults.scenes import Row

DAY = "2024-08-13"
HEALTH = "{ instance { daemonHealth { allDaemonStatuses { daemonType healthy required } } } }"
RECOVERY_SECONDS = 400


def away(mongo: MongoResource, folder: Path, seconds: float = 600) -> Row:
    """Stop PostgreSQL, start it on the same data after a while, and wait until a run has succeeded."""
    write(mongo.raw, mongo.analytics, players=2, days=1, ticks=60, seed=5, start=DAY)
    with deployed(folder, {"MONGO_URI": mongo.uri, "WRAPPED_REFRESH_MINUTES": "1"}) as system:
        pids = {name: process.process.pid for name, process in system.processes.items() if name != "postgres"}
        system.processes.pop("postgres").end(signal.SIGINT)
        until = time.monotonic() + seconds
        assert not _healthy(system)
        time.sleep(max(0.0, until - time.monotonic()))
        system.processes["postgres"] = restart_postgres(folder / "postgres", system.postgres_host)
        back = time.monotonic()
        wait_for(lambda: _healthy(system), RECOVERY_SECONDS, system.report)
        requests = mongo.analytics[names.DAY_REQUESTS]
        late = {"$set": {"reason": "late events", "token": ObjectId()}}
        requests.update_one({"_id": DAY}, late, upsert=True)
        wait_for(lambda: requests.count_documents({}) == 0, RECOVERY_SECONDS, system.report)
        took = time.monotonic() - back
        assert set(system.states()) == set(LOCATIONS)
        for name, pid in pids.items():
            assert system.processes[name].process.pid == pid
            assert system.processes[name].process.poll() is None, name
    seen = "no process ended; the webserver answered, and the daemon started a run for what was owed"
    return Row(f"PostgreSQL away for {seconds:.0f} s", seen, took)


def _healthy(system: Deployment) -> bool:
    """Return whether the webserver answers, and says that the daemon is well."""
    try:
        found: dict[str, Any] = system.query(HEALTH)["instance"]["daemonHealth"]
    except (httpx.HTTPError, AssertionError, TypeError, KeyError, ValueError):
        return False
    return all(status["healthy"] for status in found["allDaemonStatuses"] if status["required"])
