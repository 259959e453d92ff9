"""Which process on this machine executes a run, and whether it is still alive.

What belongs here: naming, finding and checking the process. What does not: handling a run whose process is gone.
"""

import json
import os
import re
import socket
from typing import TYPE_CHECKING, Final

import psutil

if TYPE_CHECKING:
    from dagster import DagsterInstance, DagsterRun

PROCESS_TAG: Final = ".dagster/wrapped_process"  # with this prefix the UI hides it
"""The tag of a worker's run: "<host>:<pid>:<start time of that process>"."""
GONE: Final = "the process of this run is gone"
GRPC_INFO_TAG: Final = ".dagster/grpc_info"
"""Dagster's tag of a run that a code server executes: the address of that server."""
_LEEWAY_SECONDS: Final = 60  # clocks get adjusted, and a process starts a while before it is reported
_STARTED: Final = re.compile(r"Started process for run \(pid: (\d+)\)")


def process_tag() -> str:
    """Return the value of `PROCESS_TAG` for this process."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.0f}"


def process_gone(instance: "DagsterInstance", run: "DagsterRun") -> bool:
    """Return whether a run's process has ended: a worker's by its tag, a local code server's by what it reported.

    A run on another host, and one that has not named a process yet, counts as alive: it cannot be checked from here.
    """
    tag = run.tags.get(PROCESS_TAG)
    if tag is not None:
        host, pid, started = tag.rsplit(":", 2)
        return host == socket.gethostname() and not _is_running(int(pid), float(started))
    if not _served_here(run):
        return False
    reported = _reported_process(instance, run.run_id)
    return reported is not None and not _is_running(*reported)


def _served_here(run: "DagsterRun") -> bool:
    """Return whether the code server of a run is one that `dagster dev` started on this machine."""
    server = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
    return "socket" in server or server.get("host") == "localhost"


def _reported_process(instance: "DagsterInstance", run_id: str) -> tuple[int, float] | None:
    """Return the process that a code server started for a run, and when it reported it."""
    from dagster import DagsterEventType

    for event in instance.all_logs(run_id, of_type=DagsterEventType.ENGINE_EVENT):
        if started := _STARTED.match(event.message):
            return int(started[1]), event.timestamp
    return None


def _is_running(pid: int, started: float) -> bool:
    """Return whether the process that started about then is still running; a later one merely reuses the pid."""
    try:
        process = psutil.Process(pid)
        return process.status() != psutil.STATUS_ZOMBIE and process.create_time() < started + _LEEWAY_SECONDS
    except psutil.NoSuchProcess:
        return False
