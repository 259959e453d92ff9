"""Where the steps of a sharded day run: in pods of their own on Kubernetes, else in processes.

Only the choice is made here; how pods and processes are made is Dagster's.
"""

from typing import Any

import dagster as dg


@dg.executor(
    name="pods_or_processes",
    config_schema={
        "max_concurrent": dg.Field(
            dg.Noneable(int), default_value=None, description="Steps at the same time; null = no limit of our own."
        )
    },
    requirements=dg.multiple_process_executor_requirements(),
)
def pods_or_processes(context: dg.InitExecutorContext) -> dg.Executor:
    """Run each step in a pod where runs themselves are pods, else in a process.

    The Kubernetes library doubles a process' memory, so it is loaded only where it is used.
    """
    config: dict[str, Any] = {"retries": {"enabled": {}}}
    if context.executor_config["max_concurrent"] is not None:
        config["max_concurrent"] = context.executor_config["max_concurrent"]
    chosen = dg.multiprocess_executor
    if type(context.instance.run_launcher).__name__ == "K8sRunLauncher":
        from dagster_k8s import k8s_job_executor

        chosen = k8s_job_executor
    if chosen.executor_creation_fn is None:
        raise dg.DagsterInvariantViolationError(f"the executor {chosen.name} cannot be created")
    return chosen.executor_creation_fn(context._replace(executor_config=config))
