"""Where the steps of `wrapped_news` run: in the run's own process, or, with shards, in Pods or processes of their own.

Only the choice is made here; how Pods and processes are made is Dagster's.
"""

from typing import Any

import dagster as dg

from player_stats.settings import PlayerStatsSettings


@dg.executor(
    name="steps_by_shards",
    config_schema={
        "max_concurrent": dg.Field(
            dg.Noneable(int), default_value=None, description="Steps at the same time; null = no limit of our own."
        )
    },
    requirements=dg.multiple_process_executor_requirements(),
)
def steps_by_shards(context: dg.InitExecutorContext) -> dg.Executor:
    """Run the steps one after the other in one process, unless WRAPPED_SHARDS asks for more.

    With shards each step is a Pod where runs themselves are Pods, else a process. The Kubernetes library doubles a
    process' memory, so it is loaded only where it is used.
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
