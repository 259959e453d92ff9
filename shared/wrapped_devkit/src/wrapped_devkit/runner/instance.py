"""The Dagster instance that `wrapped` uses: `DAGSTER_HOME`, else .wrapped/dagster in the project.

Making its folder and clearing away what killed runs left belong here.
"""

import os
import shutil
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Final

import psutil

from wrapped_devkit.embedded import project_root
from wrapped_devkit.errors import DevkitError

if TYPE_CHECKING:
    from dagster import DagsterInstance

PROCESS_TAG: Final = "wrapped/process"
"""The tag of a run made by a worker: "<host>:<pid>:<start time of that process>"."""


def dagster_home() -> Path:
    """Return the instance's folder, made from deploy/local/dagster.yaml where it is the project's own."""
    configured = os.environ.get("DAGSTER_HOME")
    if configured:
        home = Path(configured).expanduser().resolve()
        if not home.is_dir():
            raise DevkitError(f"DAGSTER_HOME is no folder: {home} - make it, or unset DAGSTER_HOME")
        return home
    home = project_root() / ".wrapped" / "dagster"
    home.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(project_root() / "deploy" / "local" / "dagster.yaml", home / "dagster.yaml")
    return home


def process_tag() -> str:
    """Return the value of `PROCESS_TAG` for this process."""
    return f"{socket.gethostname()}:{os.getpid()}:{psutil.Process().create_time():.0f}"


def clear_dead_runs(instance: "DagsterInstance") -> list[str]:
    """Mark runs of workers that are gone as failed and free their pool slots; return their ids.

    A killed process tells nobody: its run would stay "started" and keep its slot of an upstream's pool for ever.
    """
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.NOT_STARTED]
    dead = []
    for run in instance.get_runs(RunsFilter(statuses=unfinished)):
        tag = run.tags.get(PROCESS_TAG)
        if tag is not None and not _alive(tag):
            instance.report_run_failed(run, "the process of this run is gone")
            if instance.event_log_storage.supports_global_concurrency_limits:
                instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            dead.append(run.run_id)
    return dead


def _alive(tag: str) -> bool:
    host, pid, started = tag.rsplit(":", 2)
    if host != socket.gethostname():
        return True  # not ours to judge
    try:
        return f"{psutil.Process(int(pid)).create_time():.0f}" == started
    except (psutil.NoSuchProcess, ValueError):
        return False
