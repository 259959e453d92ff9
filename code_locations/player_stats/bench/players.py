"""The client's CPU for days and reports of many players who play little, compared with another checkout.

`BENCH_PLAYERS=1000` makes it quicker; `BENCH_BASE=<another checkout>` adds the ratio.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from player_stats.store.reports import make_owed_reports
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import DAY_MS, day_start_ms

from bench.world import compute_days, database

PLAYERS = int(os.environ.get("BENCH_PLAYERS", "5000"))
EVENTS = 10
ROUNDS = 2
_HERE = Path(__file__).parents[3]
_SOURCES = (
    "code_locations/player_stats",
    "code_locations/player_stats/src",
    "shared/wrapped_shared/src",
    "shared/wrapped_devkit/src",
)


def run() -> None:
    """Print milliseconds per player for a day that is read whole and for one that is kept in hours."""
    yesterday = (datetime.now(UTC).date() - timedelta(days=1)).isoformat()
    base = os.environ.get("BENCH_BASE")
    checkouts = [_HERE, *([Path(base)] if base else [])]
    with database() as mongo:
        for what, day in (("a day of long ago", "2024-01-05"), ("yesterday, kept in hours", yesterday)):
            _store(mongo, day)
            print(f"client CPU of {PLAYERS:,} players of {EVENTS} events, {what}")
            took: dict[Path, list[float]] = {checkout: [] for checkout in checkouts}
            for number in range(ROUNDS):
                for checkout in checkouts:
                    took[checkout].append(_measured(mongo, checkout, day, f"bench-{day}-{number}-{checkout.name}"))
            if base:
                print(f"  = {median(took[_HERE]) / median(took[Path(base)]):.2f} x that of {base} (bound 0.5)")


def _measured(mongo: MongoResource, checkout: Path, day: str, analytics: str) -> float:
    """Compute in a separate process, with a checkout's sources and its own analytics database."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(str(checkout / source) for source in _SOURCES)}
    command = [sys.executable, "-P", __file__, mongo.uri, analytics, day]
    found = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    days, reports = map(float, found.stdout.split())
    print(f"  {checkout}: {days:.2f} ms a player's day + {reports:.2f} ms for reports", flush=True)
    return days + reports


def measure(uri: str, analytics: str, day: str) -> None:
    """Print this process's CPU in ms per player, for days and for reports."""
    with MongoResource(uri=uri, analytics_database=analytics).open() as mongo:
        ensure_indexes(mongo.raw, mongo.analytics)
        started = time.process_time()
        compute_days(mongo, [day])
        computed = time.process_time()
        changes = make_owed_reports(mongo.analytics)
        reported = time.process_time()
    assert changes.players == PLAYERS  # noqa: S101
    print((computed - started) * 1000 / PLAYERS, (reported - computed) * 1000 / PLAYERS)


def _store(mongo: MongoResource, day: str) -> None:
    found: dict[str, list[dict[str, Any]]] = {}
    for number in range(PLAYERS):
        for collection, event in _events(day, number):
            found.setdefault(collection, []).append(event)
    for collection, events in found.items():
        mongo.raw[collection].insert_many(events, ordered=False)


def _events(day: str, number: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield ten events of a player: three ticks, two values of two skills each, one of every other collection."""
    start = day_start_ms(day) + number * (DAY_MS - 60_000) // PLAYERS
    place = {"x": 3000 + number % 500, "y": 3200 + number % 300}
    mob = {"name": f"Mob {number % 40}", "combatLevel": 2, "id": number % 40, "type": 1, "location": place}
    worn = [0, 2049, 0, 2060 + number % 50, 300, 0, 310, 320, 330, 2053, 340, 0]
    offer = {
        "state": "BOUGHT", "itemId": 4151, "price": 10, "totalQuantity": 2, "quantitySold": 2, "spent": 19 + number % 2,
    }  # fmt: skip
    events: list[tuple[str, dict[str, Any]]] = []
    for step in range(3):
        location = {**place, "x": place["x"] + step}
        events.append(
            (names.GAME_TICKS, {"energy": 9000 - step, "prayer": 9 - step, "location": location, "equipmentIds": worn})
        )
    events += [(names.STAT_CHANGED, {"skill": "ATTACK", "xp": 1000 + 40 * step, "level": 9}) for step in range(2)]
    events += [
        (names.STAT_CHANGED, {"skill": "HITPOINTS", "xp": 1200, "level": 9}),
        (names.LOOT_RECEIVED, {"actor": mob, "items": [{"id": 526, "quantity": 1}, {"id": 995, "quantity": 5}]}),
        (names.ACTOR_DEATH, {"name": f"Player {number}", "combatLevel": 3, "type": 2, "location": place}),
        (names.HITSPLAT_APPLIED, {"actor": mob, "hitsplat": {"hitsplatType": 16, "amount": 3, "mine": True}}),
        (names.GRAND_EXCHANGE_OFFER_CHANGED, {"slot": number % 8, "offer": offer}),
    ]
    for step, (collection, data) in enumerate(events):
        envelope = {"timestamp": start + 600 * step, "username": f"Player {number}", "tickCount": step}
        yield collection, {**envelope, "sessionId": f"session-{number}", "data": data}


if __name__ == "__main__":
    measure(*sys.argv[1:])
