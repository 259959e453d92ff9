"""Ends the runs of a worker that was stopped: `python -m wrapped_cli.runner.end_runs CODE`.

The worker's process becomes this program, so that none of its threads can continue a run, or start the next one, while
its runs are marked as failed. Their work stays owed.
"""

import os
import signal
import sys
from typing import Final, NoReturn

from wrapped_cli.runner.processes import PROCESS_TAG, process_tag

STOP_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT)
"""The signals that stop a worker."""


def become_run_ender(code: int) -> NoReturn:
    """Replace this process, threads included, with one that ends its runs and then exits with `code`."""
    os.execv(sys.executable, [sys.executable, "-m", "wrapped_cli.runner.end_runs", str(code)])  # noqa: S606  # no shell is wanted


def main() -> int:
    """Mark the unfinished runs of this process as failed; return the exit code."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    import dagster as dg

    from wrapped_cli.runner.instance import UNFINISHED, end_run

    with dg.DagsterInstance.get() as instance:
        of_this_process = dg.RunsFilter(statuses=UNFINISHED, tags={PROCESS_TAG: process_tag()})
        for run in instance.get_runs(of_this_process):
            end_run(instance, run, "wrapped run was ended")
    return int(sys.argv[1])


if __name__ == "__main__":
    sys.exit(main())
