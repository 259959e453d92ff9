"""The run launcher that `deploy/dagster.yaml` names: a run is a process of its location's code server.

Asking a code server whether a run is still alive belongs here. What follows from the answer (failing the run, freeing
its slots, retrying) does not: Dagster's run monitoring does that. Webserver and daemon load this module, so it needs
nothing but Dagster.
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
"""How long nothing listens at a server's address until its runs count as dead."""
_PATIENCE_SECONDS: Final = 10
_ALIVE: Final = CheckRunHealthResult(WorkerStatus.RUNNING)


class WatchfulRunLauncher(DefaultRunLauncher):
    """Dagster's default launcher, and an answer for its run monitoring.

    A code server reports by itself that a run's process died. Who reports nothing is a server that ended, and all
    processes of its container with it: it is asked for here. A server that is merely slow keeps its runs.
    """

    def __init__(self, inst_data: object = None) -> None:
        super().__init__(inst_data)  # type: ignore[arg-type]
        self._silent: dict[str, tuple[float, float]] = {}  # by address: the first and the last look of its silence

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Have run monitoring ask for each started run."""
        return True

    def check_run_worker_health(self, run: DagsterRun) -> CheckRunHealthResult:
        """Tell whether a started run's code server still holds its process.

        A server that started after the run does not know it: NOT_FOUND at once. Where nothing listens, the same once
        that has lasted `GONE_AFTER_SECONDS`. Runs that no code server started are not judged.
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
        if now - last > 4 * GONE_AFTER_SECONDS:  # nobody looked meanwhile: an old silence tells nothing of this one
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
    """Tell a refused connection, or a name that is gone, from a server that is slow or stopped for a while."""
    try:
        socket.create_connection((server["host"], server["port"]), _PATIENCE_SECONDS).close()
    except TimeoutError:
        return False
    except OSError:
        return True
    return False
