"""The Dagster instance that `wrapped` uses: `DAGSTER_HOME`, else .wrapped/dagster in the project.

Making its folder and clearing away what killed runs left belong here.
"""

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wrapped_devkit.embedded import project_root
from wrapped_devkit.errors import DevkitError
from wrapped_devkit.runner.processes import GONE, process_gone

if TYPE_CHECKING:
    from dagster import DagsterInstance

UPSTREAM_POOLS: Final = ("osrs_hiscores", "osrs_wiki")
"""The pools of the steps that ask an upstream."""


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


def clear_dead_runs(instance: "DagsterInstance") -> list[str]:
    """End the runs whose process on this machine is gone and free their pool slots; return their ids.

    A killed process tells nobody: its run would stay "started" and keep its slot of an upstream's pool until a daemon
    looks, and none may be running.
    """
    from dagster import DagsterRunStatus, RunsFilter

    unfinished = [
        DagsterRunStatus.NOT_STARTED,
        DagsterRunStatus.STARTING,
        DagsterRunStatus.STARTED,
        DagsterRunStatus.CANCELING,
    ]
    dead = []
    for run in instance.get_runs(RunsFilter(statuses=unfinished)):
        if process_gone(instance, run):
            if run.status == DagsterRunStatus.CANCELING:
                instance.report_run_canceled(run, GONE)
            else:
                instance.report_run_failed(run, GONE)
            if instance.event_log_storage.supports_global_concurrency_limits:
                instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            dead.append(run.run_id)
    return dead
