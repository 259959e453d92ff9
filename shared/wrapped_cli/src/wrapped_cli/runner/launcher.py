"""The run launcher that `deploy/local/dagster.yaml` configures: a run is a process on this machine.

Answering Dagster's run monitoring belongs here. Finding a run's process does not (`processes`), nor does handling its
end: run monitoring fails the run and frees its slots.
"""

from dagster import DagsterRun
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus

from wrapped_cli.runner.processes import GONE, process_gone


class LocalRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher; it also notices runs whose process ended with `make dev` or `wrapped run`."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Let run monitoring check every started run."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return whether a started run's process is alive."""
        if process_gone(self._instance, run):
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, GONE)
        return CheckRunHealthResult(WorkerStatus.RUNNING)
