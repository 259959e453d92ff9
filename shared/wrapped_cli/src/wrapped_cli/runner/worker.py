"""The process that does one `wrapped run`: `python -m wrapped_cli.runner.worker`.

It reads a `Request` as one line from standard input and reports in JSON lines on standard output. It exits with 0 if
everything succeeded and with 1 if something failed. When standard input closes, nobody is waiting for it: it ends soon.
"""

import os
import signal
import sys
import threading
from contextlib import ExitStack
from typing import TextIO

import dagster as dg
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource, MongoUnavailable

from wrapped_cli.embedded import ensure_embedded_indexes
from wrapped_cli.runner.end_runs import STOP_SIGNALS, become_run_ender
from wrapped_cli.runner.event_log_files import kept_open
from wrapped_cli.runner.execution import Execution
from wrapped_cli.runner.instance import clear_dead_runs, limit_pools
from wrapped_cli.runner.report import lines_to
from wrapped_cli.runner.request import Request
from wrapped_cli.runner.work import Work


def main() -> int:
    """Do what the request on standard input says."""
    signals = _signals()
    report = lines_to(_own_output())
    request = Request.read(sys.stdin.readline())
    for ending in (_end_with_the_command, lambda: _end_on_signal(signals)):
        threading.Thread(target=ending, daemon=True).start()
    with ExitStack() as stack:

        def execution() -> Execution:
            stack.enter_context(kept_open())
            instance = stack.enter_context(dg.DagsterInstance.get())
            limit_pools(instance)
            for run_id in clear_dead_runs(instance):
                report("note", f"run {run_id[:8]} was killed: marked as failed")
            return Execution(instance, report)

        try:
            with MongoResource().open() as mongo:
                ensure_embedded_indexes(mongo.raw)
                ensure_indexes(mongo.raw, mongo.analytics)
                return 0 if Work(request, mongo, execution, report).do() else 1
        except MongoUnavailable as error:
            report("stopped", str(error))
    return 1


def _own_output() -> TextIO:
    """Use standard output for reports only; anything else that is printed goes to standard error."""
    own = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return own


def _end_with_the_command() -> None:
    sys.stdin.read()
    os.kill(os.getpid(), signal.SIGTERM)


def _signals() -> int:
    """Return a pipe from which signal numbers can be read, no matter which handlers Dagster sets in the meantime.

    Signals cannot be blocked and waited for: the processes in which Dagster captures output would never end.
    """
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    return reading


def _end_on_signal(signals: int) -> None:
    """End at once, leaving no run that looks unfinished; its work stays owed.

    Dagster would treat the signal as a step failure and retry the step.
    """
    while (number := os.read(signals, 1)[0]) not in STOP_SIGNALS:
        pass
    become_run_ender(128 + number)


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    os._exit(code)  # everything is closed; a regular interpreter shutdown takes another second
