"""`wrapped run` on an empty instance, and again with nothing to do, compared with importing the three locations."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from wrapped_devkit.generator import write
from wrapped_devkit.processes import mongo_process
from wrapped_shared.mongo import MongoResource

IMPORTS = "from importlib import import_module as load\nfor n in 'player_stats', 'hiscores', 'image_map': "
IMPORTS += "m = load(n + '.definitions'); m.defs() if callable(m.defs) else m.defs"
COMMAND = [sys.executable, "-c", "from wrapped_cli.commands import main; main()", "run"]
ROUNDS = 3


@dataclass(frozen=True)
class Cost:
    """The time taken by a process and the children it waited for."""

    seconds: float
    cpu: float


def run() -> None:
    """Measure and print both ratios."""
    with _world() as environment:
        print("wrapped run on 5 players x 30 days x 400 ticks")
        imports = _least([sys.executable, "-c", IMPORTS], environment)
        print(f"  importing the three locations: {imports.seconds:.2f} s, CPU {imports.cpu:.2f} s")
        whole = _cost(COMMAND, environment)
        runs = _seconds_of_runs(environment["DAGSTER_HOME"])
        print(f"  on an empty instance: {whole.seconds:.2f} s, of which runs {sum(runs):.2f} s")
        print(f"  = {(whole.seconds - sum(runs)) / imports.seconds:.2f} x the import, runs excluded (bound 3)")
        idle = _least(COMMAND, environment)
        print(f"  with nothing to do: {idle.seconds:.2f} s, CPU {idle.cpu:.2f} s")
        print(f"  = {idle.cpu / imports.cpu:.2f} x the CPU of the import (bound 2)")
        if len(_seconds_of_runs(environment["DAGSTER_HOME"])) != len(runs):
            sys.exit("the second run was expected to find nothing to do, but it did something")


@contextmanager
def _world() -> Iterator[dict[str, str]]:
    """The command's environment: a server with telemetry, and no instance yet."""
    with mongo_process() as server, tempfile.TemporaryDirectory(prefix="wrapped-bench-") as home:
        with MongoResource(uri=server.uri).open() as mongo:
            write(mongo.raw, mongo.analytics, players=5, days=30, ticks=400, seed=1, start="2024-08-01")
        environment = {**os.environ, "MONGO_URI": server.uri, "DAGSTER_HOME": home}
        environment.pop("WRAPPED_CONTACT", None)
        yield environment


def _cost(command: list[str], environment: Mapping[str, str]) -> Cost:
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(time.perf_counter() - started, cpu)


def _least(command: list[str], environment: Mapping[str, str]) -> Cost:
    """The best of several rounds: other load on the machine only adds time."""
    costs = [_cost(command, environment) for _ in range(ROUNDS)]
    return Cost(min(cost.seconds for cost in costs), min(cost.cpu for cost in costs))


def _seconds_of_runs(home: str) -> list[float]:
    from dagster import DagsterInstance

    with DagsterInstance.from_config(home) as instance:
        records = instance.get_run_records()
    return [(record.end_time or 0.0) - (record.start_time or 0.0) for record in records]
