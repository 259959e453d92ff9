"""The Dagster instance as `wrapped run` leaves it: limits of pools, and no remains of runs that were killed."""

from typing import Final

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter

from wrapped_cli.runner.processes import GONE, process_gone

UPSTREAM_POOLS: Final = ("osrs_hiscores", "osrs_wiki")
"""The pools of the steps that ask an upstream."""
UNFINISHED: Final = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
"""The statuses of runs that have not ended."""


def limit_pools(instance: DagsterInstance) -> None:
    """See to it that each upstream is asked by one step at a time, whatever the instance's settings lack."""
    storage = instance.event_log_storage
    if storage.supports_global_concurrency_limits:
        for pool in UPSTREAM_POOLS:
            if pool not in storage.get_concurrency_keys():
                storage.set_concurrency_slots(pool, 1)


def clear_dead_runs(instance: DagsterInstance) -> list[str]:
    """End the runs whose process on this machine is gone and free their pool slots; return their ids.

    A killed process tells nobody: its run would stay "started" and keep its slot of an upstream's pool until a daemon
    looks, and none may be running.
    """
    dead = []
    for run in instance.get_runs(RunsFilter(statuses=UNFINISHED)):
        if process_gone(instance, run):
            end_run(instance, run, GONE)
            dead.append(run.run_id)
    return dead


def end_run(instance: DagsterInstance, run: DagsterRun, why: str) -> None:
    """Mark a run as failed, or as canceled where that was under way, and free its pool slots."""
    if run.status == DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, why)
    else:
        instance.report_run_failed(run, why)
    if instance.event_log_storage.supports_global_concurrency_limits:
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
