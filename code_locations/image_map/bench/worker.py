"""One run of the job in a separate process; prints seconds, peak memory and writes as one line of JSON."""

import json
import resource
import sys
import time

import dagster as dg
from image_map.definitions import defs
from pymongo import monitoring
from wrapped_shared.mongo import MongoResource

QUIET = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
WRITES = {"insert", "update", "delete", "findAndModify"}


class Writes(monitoring.CommandListener):
    """Counts the commands that write."""

    count = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Count one."""
        Writes.count += event.command_name in WRITES

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to do."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to do."""


def main() -> None:
    """Run `image_map_regeneration` once, with the settings from the environment."""
    monitoring.register(Writes())
    start = time.perf_counter()
    with dg.DagsterInstance.ephemeral() as instance:
        job = defs.resolve_job_def("image_map_regeneration")
        result = job.execute_in_process(instance=instance, resources={"mongo": MongoResource()}, run_config=QUIET)
    out = {
        "seconds": round(time.perf_counter() - start, 1),
        "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "writes": Writes.count,
        "failed_checks": [f.check_name for f in result.get_asset_check_evaluations() if not f.passed],
    }
    print(json.dumps(out), flush=True)


if __name__ == "__main__":
    sys.exit(main())
