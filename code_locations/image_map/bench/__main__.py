"""The benchmark: 1,000 mobs against the stand-in wiki without a rate limit, the whole job each time.

First build, regeneration with nothing changed, regeneration with one changed file. Each run is a separate process,
including Dagster; the stand-in and the embedded MongoDB are others, so the peak memory is only ours.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wrapped_cli import embedded
from wrapped_shared.mongo import MongoResource

MOBS = 1_000
ITEMS = 12_000
"""Rows in the item table in addition to the mobs: about as many as the real wiki has."""
MOST_API_REQUESTS = 60
MOST_MIB = 300


class StandIn:
    """The other process, with a method for each of its commands."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "bench.standin", str(MOBS), str(ITEMS)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = str(self._read())

    def request(self, line: str) -> Any:
        """Send a command and return the answer."""
        assert self.process.stdin is not None  # noqa: S101 - opened as a pipe above
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._read()

    def close(self) -> None:
        """End it."""
        assert self.process.stdin is not None  # noqa: S101
        self.process.stdin.close()
        self.process.wait(10)

    def _read(self) -> Any:
        assert self.process.stdout is not None  # noqa: S101
        return json.loads(self.process.stdout.readline())


def main() -> int:
    """Measure and print; returns 1 if a figure is missed."""
    folder = Path(tempfile.mkdtemp(prefix="image-map-bench-"))
    stand_in = StandIn()
    try:
        uri = embedded.start(folder, tied=True).uri
        mobs = stand_in.request("mobs")[:MOBS]
        with MongoResource(uri=uri).open() as mongo:
            mongo.analytics.wrapped_reports.insert_one(_report(mobs))
        environment = {
            **os.environ,
            "MONGO_URI": uri,
            "WIKI_BASE_URL": stand_in.url,
            "PRICES_BASE_URL": stand_in.url,
            "WIKI_REQUESTS_PER_SECOND": "0",
            "WIKI_LEAST_ROWS": "0",
            "PRICES_LEAST_ROWS": "0",
            "WRAPPED_CONTACT": "bench@example.org",
        }
        return _measure(stand_in, environment, len(mobs))
    finally:
        stand_in.close()
        embedded.stop(folder, patience=0)
        shutil.rmtree(folder, ignore_errors=True)


def _measure(stand_in: StandIn, environment: dict[str, str], mobs: int) -> int:
    print(f"image_map: {mobs} mobs (and {ITEMS} item rows), the whole job in a separate process, no rate limit")
    missed = 0
    runs = (
        ("first build", "", None),
        ("regeneration, nothing changed", "", 0),
        ("regeneration, one file changed", "touch Cow.png", 1),
    )
    for name, command, downloads in runs:
        if command:
            stand_in.request(command)
        worker = [sys.executable, "-m", "bench.worker"]
        done = subprocess.run(worker, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        result, log = json.loads(done.stdout.splitlines()[-1]), stand_in.request("log")
        expected = log["distinct"] if downloads is None else downloads
        held = [
            log["api"] <= MOST_API_REQUESTS,
            log["downloads"] == expected,
            result["peak_mib"] <= MOST_MIB,
            downloads != 0 or result["writes"] == 0,
        ]
        missed += not all(held)
        print(
            f"  {name}: {log['api']} API requests (at most {MOST_API_REQUESTS}), {log['downloads']} downloads "
            f"(expected {expected}), {result['writes']} write commands, {result['seconds']} s, "
            f"peak {result['peak_mib']} MiB (at most {MOST_MIB}){'' if all(held) else '  MISSED'}"
        )
        if result["failed_checks"]:
            print(f"    failed checks: {', '.join(result['failed_checks'])}")
    return 1 if missed else 0


def _report(mobs: list[Any]) -> dict[str, Any]:
    return {
        "_id": "all/bench",
        "player_key": "bench",
        "generated_at": datetime.now(UTC),
        "loot": {
            "mobs": [{"name": name, "combat_level": level, "npc_ids": ids, "items": []} for name, level, ids in mobs]
        },
    }


if __name__ == "__main__":
    sys.exit(main())
