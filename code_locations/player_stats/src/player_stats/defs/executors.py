"""Where the steps of `wrapped_news` run: in the run's process or, with shards, each in its own Pod or process.

This module only chooses; Dagster's executors create the Pods and processes.
"""

from typing import Any

import dagster as dg

from player_stats.settings import PlayerStatsSettings


@dg.executor(
    name="steps_by_shards",
    config_schema={
        "max_concurrent": dg.Field(
            dg.Noneable(int),
            default_value=None,
            description="Maximum number of steps at the same time; null = the executor's default.",
        )
    },
    requirements=dg.multiple_process_executor_requirements(),
)
def steps_by_shards(context: dg.InitExecutorContext) -> dg.Executor:
    """Run the steps in the run's process, one after the other, or each in its own if WRAPPED_SHARDS is above 1.

    With shards, each step is a Pod if runs are Pods, otherwise a process. The Kubernetes library doubles a process's
    memory, so it is imported only if used.
    """
    config: dict[str, Any] = {"retries": {"enabled": {}}}
    if PlayerStatsSettings.load().shards == 1:
        chosen = dg.in_process_executor
    else:
        if context.executor_config["max_concurrent"] is not None:
            config["max_concurrent"] = context.executor_config["max_concurrent"]
        chosen = dg.multiprocess_executor
        if type(context.instance.run_launcher).__name__ == "K8sRunLauncher":
            from dagster_k8s import k8s_job_executor

            chosen = k8s_job_executor
    if chosen.executor_creation_fn is None:
        raise dg.DagsterInvariantViolationError(f"the executor {chosen.name} cannot be created")
    return chosen.executor_creation_fn(context._replace(executor_config=config))
