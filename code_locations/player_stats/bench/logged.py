"""Rows that a run of `wrapped_news` adds to Dagster's event log: a real run, each step a process."""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from typing import Final

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.periods import day_start_ms

from bench.shards import event
from bench.world import database

SHARDS: Final = 2
EVENTS: Final = 400


def rows_of_a_run() -> tuple[int, int]:
    """Return the number of rows that a run added, and its number of steps."""
    day = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    with database() as mongo:
        at = day_start_ms(day)
        found = [event(names.GAME_TICKS, number, at + number * 200_000, number) for number in range(EVENTS)]
        mongo.raw[names.GAME_TICKS].insert_many(found)
        settings = {"MONGO_URI": mongo.uri, "WRAPPED_SHARDS": str(SHARDS), "WRAPPED_FIRST_DAY": day}
        command = [sys.executable, "-m", "bench.logged"]
        done = subprocess.run(command, env={**os.environ, **settings}, check=True, stdout=subprocess.PIPE, text=True)
    rows, steps = map(int, done.stdout.splitlines()[-1].split())
    return rows, steps


def news() -> dg.JobDefinition:
    """Return the job."""
    from player_stats.definitions import defs

    return (defs() if callable(defs) else defs).resolve_job_def("wrapped_news")


def measure() -> None:
    """Run the job and print its rows and steps."""
    from bench.logged import news as importable

    with tempfile.TemporaryDirectory() as folder, dg.DagsterInstance.local_temp(folder) as instance:
        job = dg.reconstructable(importable)
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        with dg.execute_job(job, instance=instance, run_config=quiet, raise_on_error=True) as result:
            rows = instance.all_logs(result.run_id)
            steps = {row.step_key for row in rows if row.step_key}
    print(len(rows), len(steps))


if __name__ == "__main__":
    measure()
