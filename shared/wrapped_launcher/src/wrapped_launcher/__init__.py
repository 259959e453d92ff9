"""The run launcher that `deploy/dagster.yaml` configures: a run is a child process of its location's code server.

Checking with a code server whether a run is still alive belongs here. Acting on the result (failing the run, freeing
its slots, retrying) does not: Dagster's run monitoring does that. The webserver and the daemon load this module, so it
depends on Dagster only.
"""

import json
import socket
import time
from typing import Any, Final

from dagster import DagsterRun
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import CheckRunHealthResult, DefaultRunLauncher, WorkerStatus
from dagster._core.storage.tags import GRPC_INFO_TAG
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import deserialize_value

__all__ = ["WatchfulRunLauncher"]

GONE_AFTER_SECONDS: Final = 25
"""How long nothing may listen at a server's address before its runs count as dead."""
_PATIENCE_SECONDS: Final = 10
_ALIVE: Final = CheckRunHealthResult(WorkerStatus.RUNNING)


class WatchfulRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher, plus support for run monitoring.

    A code server reports by itself that a run's process died. A server that ended, along with all processes of its
    container, reports nothing: that case is detected here. A server that is merely slow keeps its runs.
    """

    def __init__(self, inst_data: object = None) -> None:
        super().__init__(inst_data)  # type: ignore[arg-type]
        self._silent: dict[str, tuple[float, float]] = {}  # by address: the first and the last check during its silence

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Let run monitoring check every started run."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Return whether a started run's code server still has its process.

        A server that started after the run does not know it: NOT_FOUND at once. If nothing is listening, NOT_FOUND
        after `GONE_AFTER_SECONDS`. Runs that no code server started are not checked.
        """
        server = json.loads(run.tags.get(GRPC_INFO_TAG, "{}"))
        if "port" not in server:
            return _ALIVE
        address = f"{server['host']}:{server['port']}"
        try:
            knows = _knows(server, run.run_id)
        except DagsterUserCodeUnreachableError:
            return self._judge_silence(address) if _nothing_listens(server) else _ALIVE
        self._silent.pop(address, None)
        return _ALIVE if knows else CheckRunHealthResult(WorkerStatus.NOT_FOUND, "the run's process is gone")

    def _judge_silence(self, address: str) -> CheckRunHealthResult:
        now = time.monotonic()
        first, last = self._silent.get(address, (now, now))
        if now - last > 4 * GONE_AFTER_SECONDS:  # no checks in between: the earlier silence says nothing about this one
            first = now
        self._silent[address] = (first, now)
        if now - first < GONE_AFTER_SECONDS:
            return _ALIVE
        return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "the run's code server is gone, and its process with it")


def _knows(server: dict[str, Any], run_id: str) -> bool:
    client = DagsterGrpcClient(host=server["host"], port=server["port"], use_ssl=server.get("use_ssl", False))
    answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run_id), timeout=_PATIENCE_SECONDS)
    return deserialize_value(answer, CanCancelExecutionResult).can_cancel


def _nothing_listens(server: dict[str, Any]) -> bool:
    """Return whether the connection is refused or the name is gone, rather than the server slow or paused."""
    try:
        socket.create_connection((server["host"], server["port"]), _PATIENCE_SECONDS).close()
    except TimeoutError:
        return False
    except OSError:
        return True
    return False
