"""The Dagster instance as `wrapped run` sets it up: pool limits, and no leftovers of killed runs."""

from typing import Final

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter

from wrapped_cli.runner.processes import GONE, process_gone

UPSTREAM_POOLS: Final = ("osrs_hiscores", "osrs_wiki")
"""The pools of the steps that call an upstream."""
UNFINISHED: Final = [
    DagsterRunStatus.NOT_STARTED,
    DagsterRunStatus.STARTING,
    DagsterRunStatus.STARTED,
    DagsterRunStatus.CANCELING,
]
"""The statuses of runs that have not ended."""


def limit_pools(instance: DagsterInstance) -> None:
    """Ensure that only one step at a time calls each upstream, even if the instance's settings lack the limits."""
    storage = instance.event_log_storage
    if storage.supports_global_concurrency_limits:
        for pool in UPSTREAM_POOLS:
            if pool not in storage.get_concurrency_keys():
                storage.set_concurrency_slots(pool, 1)


def clear_dead_runs(instance: DagsterInstance) -> list[str]:
    """End the runs whose process on this machine is gone, free their pool slots, and return their ids.

    A killed process reports nothing: its run would stay "started" and keep its pool slot until a daemon notices, and
    there may be no daemon.
    """
    dead = []
    for run in instance.get_runs(RunsFilter(statuses=UNFINISHED)):
        if process_gone(instance, run):
            end_run(instance, run, GONE)
            dead.append(run.run_id)
    return dead


def end_run(instance: DagsterInstance, run: DagsterRun, why: str) -> None:
    """Mark a run as failed, or as canceled if it was being canceled, and free its pool slots."""
    if run.status == DagsterRunStatus.CANCELING:
        instance.report_run_canceled(run, why)
    else:
        instance.report_run_failed(run, why)
    if instance.event_log_storage.supports_global_concurrency_limits:
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
