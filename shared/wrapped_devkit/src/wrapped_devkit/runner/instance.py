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

UPSTREAM_POOLS: Final = ("osrs_hiscores", "osrs_wiki")
"""The pools of the steps that ask an upstream."""
PROCESS_TAG: Final = "wrapped/process"
"""The tag of a run made by a worker: "<host>:<pid>:<start time of that process>"."""


def dagster_home() -> Path:
    """Return the instance's folder; a new or empty one gets the settings of deploy/local/dagster.yaml.

    Raises:
        DevkitError: DAGSTER_HOME is no folder and cannot be made one.
    """
    configured = os.environ.get("DAGSTER_HOME")
    own = project_root() / ".wrapped" / "dagster"
    home = Path(configured).expanduser().resolve() if configured else own
    try:
        home.mkdir(parents=True, exist_ok=True)
        if home == own or not any(home.iterdir()):
            shutil.copyfile(project_root() / "deploy" / "local" / "dagster.yaml", home / "dagster.yaml")
    except OSError as error:
        raise DevkitError(f"DAGSTER_HOME cannot be used: {home}: {error.strerror} - set it to a folder") from None
    return home


def limit_pools(instance: "DagsterInstance") -> None:
    """See to it that each upstream is asked by one step at a time, whatever the instance's settings lack."""
    storage = instance.event_log_storage
    if storage.supports_global_concurrency_limits:
        for pool in UPSTREAM_POOLS:
            if pool not in storage.get_concurrency_keys():
                storage.set_concurrency_slots(pool, 1)


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
