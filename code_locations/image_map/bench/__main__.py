"""The benchmark: 1,000 mobs against the stand-in wiki without a rate limit, the whole job each time.

First build, regeneration with nothing changed, regeneration with one changed file. Each run is a separate process,
including Dagster but neither the stand-in nor the embedded MongoDB, so that the peak memory is only ours.
"""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

from wrapped_devkit.osrs_server import StandInServer
from wrapped_devkit.osrs_server.prices import Prices
from wrapped_devkit.osrs_server.serve import upstream_settings
from wrapped_devkit.osrs_server.wiki import Wiki
from wrapped_devkit.osrs_server.wiki_bestiary import Bestiary
from wrapped_devkit.processes import mongo_process
from wrapped_shared.mongo import MongoResource

MOBS = 1_000
ITEMS = 12_000
"""Rows in the item table in addition to the mobs: about as many as the real wiki has."""
MOST_API_REQUESTS = 60
MOST_MIB = 300


def main() -> int:
    """Measure and print; returns 1 if a figure is missed."""
    bestiary = Bestiary(extra_mobs=MOBS, extra_items=ITEMS)
    for file in bestiary.files.values():
        if not file.name.startswith("Curio"):
            file.drawn()  # so that drawing is not measured
    mobs = bestiary.mobs()[:MOBS]
    with mongo_process() as server, StandInServer([Wiki(bestiary), Prices(bestiary)]) as stand_in:
        with MongoResource(uri=server.uri).open() as mongo:
            mongo.analytics.wrapped_reports.insert_one(_report(mobs))
        environment = {**os.environ, "MONGO_URI": server.uri, **upstream_settings(stand_in.url)}
        return _measure(stand_in, bestiary, environment)


def _measure(stand_in: StandInServer, bestiary: Bestiary, environment: dict[str, str]) -> int:
    print(f"image_map: {MOBS} mobs (and {ITEMS} item rows), the whole job in a separate process, no rate limit")
    missed = 0
    runs = (
        ("first build", None),
        ("regeneration, nothing changed", 0),
        ("regeneration, one file changed", 1),
    )
    for name, downloads in runs:
        if downloads:
            bestiary.touch("Cow.png")
        worker = [sys.executable, "-m", "bench.worker"]
        done = subprocess.run(worker, env=environment, check=True, stdout=subprocess.PIPE, text=True)
        result = json.loads(done.stdout.splitlines()[-1])
        paths = [entry.path for entry in stand_in.log.entries()]
        stand_in.log.clear()
        files = [path for path in paths if path.startswith("/images/")]
        api, expected = len(paths) - len(files), len(set(files)) if downloads is None else downloads
        held = [
            api <= MOST_API_REQUESTS,
            len(files) == expected,
            result["peak_mib"] <= MOST_MIB,
            downloads != 0 or result["writes"] == 0,
        ]
        missed += not all(held)
        print(
            f"  {name}: {api} API requests (at most {MOST_API_REQUESTS}), {len(files)} downloads "
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
        "period": "all",
        "generated_at": datetime.now(UTC),
        "loot": {
            "mobs": [{"name": name, "combat_level": level, "npc_ids": ids, "items": []} for name, level, ids in mobs]
        },
    }


if __name__ == "__main__":
    sys.exit(main())
