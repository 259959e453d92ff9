"""One day of many events read by 1, 4 and 16 steps, each in its own process, and with steps that are killed.

`BENCH_EVENTS` sets the number of events, by default 2,000,000. CPU times are those of a step's work, without the start
of its process.
"""

import hashlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import bson
from bson import ObjectId
from player_stats.store import reading
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import Bounds
from player_stats.work.hours import Reader
from player_stats.work.join import join_days
from player_stats.work.map_step import compute_piece, split_portion
from player_stats.work.pieces import Piece
from player_stats.work.plan import make_plan, next_portion, portion_events, work_due
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import DAY_MS, day_start_ms

from bench.world import database, drain

EVENTS = int(os.environ.get("BENCH_EVENTS", "2000000"))
PLAYERS = 500
FIRST_DAY, DAY, NOW = "2024-08-14", "2024-08-20", datetime(2024, 8, 21, 12, 30, tzinfo=UTC)
RESULTS = (names.PLAYER_DAYS, names.PLAYER_HOURS, names.DATA_QUALITY, names.WRAPPED_REPORTS)


def run() -> None:
    """Print the figures, each with its bound."""
    print(f"one day of {EVENTS:,} events of {PLAYERS} players")
    with database() as mongo:
        _load(mongo)
        drained = drain(mongo, [DAY])
        one = _Run(mongo, 1)
        expected = one.all()
        for shards in (4, 16):
            several = _Run(mongo, shards)
            same = several.all() == expected
            print(f"  {shards} shards, {len(several.maps)} steps: the same documents: {same}")
            print(f"  = {several.bytes / drained:.3f} x the bytes of one drain (bound 1.25)")
            steps = f"plan {several.plan:.2f}, longest map {max(several.maps):.2f}, join {several.join:.2f}"
            print(
                f"  = {several.cpu / one.cpu:.3f} x the processor time of one shard (bound 0.4, with reduce and ranks)"
            )
            print(f"    seconds: {steps}, all maps {sum(several.maps):.2f}; one shard {one.cpu:.2f}", flush=True)
        killed = _Run(mongo, 4)
        same = killed.all(kill=True) == expected
        print(f"  4 shards, {killed.kills} steps killed and tried again: the same documents: {same}")


class _Run:
    """Runs all steps of a run, one after the other, on an emptied analytics database."""

    def __init__(self, mongo: MongoResource, shards: int) -> None:
        self.mongo, self.shards = mongo, shards
        self.maps: list[float] = []
        self.plan = self.join = 0.0
        self.bytes = self.kills = 0

    @property
    def cpu(self) -> float:
        """CPU seconds of the consecutive steps, counting only the longest of parallel ones."""
        return self.plan + max(self.maps) + self.join

    def all(self, *, kill: bool = False) -> dict[str, str]:
        """Run the steps, reports included; return a digest of each collection of results."""
        for name in self.mongo.analytics.list_collection_names():
            self.mongo.analytics[name].delete_many({})
        planned = self._step("plan")
        self.plan = planned["cpu"]
        for at, key in enumerate(planned["keys"]):
            if kill and at % 2 == 0:
                self._kill(key, 0.4 + at)
            done = self._step("map", key)
            self.maps.append(done["cpu"])
            self.bytes += done["bytes"]
        joined = self._step("join")
        self.join = joined["cpu"]
        assert not joined["left"], joined  # noqa: S101
        self._step("reports")
        return {name: _digest(self.mongo, name) for name in RESULTS}

    def _step(self, *arguments: str) -> Document:
        done = subprocess.run(self._command(*arguments), check=True, capture_output=True, text=True)
        return dict(json.loads(done.stdout.splitlines()[-1]))

    def _command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "bench.shards", self.mongo.uri, str(self.shards), *arguments]

    def _kill(self, key: str, after: float) -> None:
        """Start a step and kill its process the given number of seconds after it began to work."""
        process = subprocess.Popen(self._command("map", key), stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None  # noqa: S101
        process.stdout.readline()
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
            self.kills += 1
        process.wait()
        process.stdout.close()


def _digest(mongo: MongoResource, name: str) -> str:
    fields = {"generated_at": 0, "revision": 0}
    found = hashlib.blake2b()
    for document in mongo.analytics[name].find({}, fields).sort("_id", 1):
        found.update(bson.encode(document))
    return f"{mongo.analytics[name].estimated_document_count()} {found.hexdigest()}"


def _load(mongo: MongoResource) -> None:
    """Yield ticks, hitsplats and experience of players whose sittings start evenly over the day."""
    for collection in names.RAW_EVENT_COLLECTIONS:
        mongo.raw[collection].drop()
    for collection, share in ((names.GAME_TICKS, 0.8), (names.HITSPLAT_APPLIED, 0.1), (names.STAT_CHANGED, 0.1)):
        each, waiting = int(EVENTS * share / PLAYERS), []
        for player in range(PLAYERS):
            begin = player * (DAY_MS - each * 600) // PLAYERS
            for number in range(each):
                waiting.append(event(collection, player, day_start_ms(DAY) + begin + number * 600, number))
            if len(waiting) >= 10_000 or player == PLAYERS - 1:
                mongo.raw[collection].insert_many(waiting, ordered=False)
                waiting = []
        mongo.raw[collection].create_index([("timestamp", 1)])


def event(collection: str, player: int, at: int, number: int) -> Document:
    """Return a tick, a hitsplat or an increase in experience."""
    data: Document = {"skill": "ATTACK", "xp": 1_000 + number * 4, "level": 10, "boostedLevel": 10}
    if collection == names.GAME_TICKS:
        data = {
            "energy": 10_000 - number % 9_000,
            "health": 99,
            "prayer": 70,
            "sessionTickCount": number,
            "equipmentIds": [0, 2049, 0, 2048 + number // 900, 300, 0, 310, 320, 330, 2053, 340, 0],
            "location": {"x": 3000 + number // 3 % 500, "y": 3200 + number // 1500, "regionId": 12850},
        }
    elif collection == names.HITSPLAT_APPLIED:
        actor = {"name": f"mob {number % 20}", "combatLevel": 10, "id": number % 20, "type": 1}
        data = {"actor": actor, "hitsplat": {"hitsplatType": 16, "amount": number % 30, "mine": True}}
    made = ObjectId.from_datetime(datetime.fromtimestamp(at / 1000, UTC)).binary[:4]
    return {
        "_id": ObjectId(made + ObjectId().binary[4:]),
        "timestamp": at,
        "username": f"Player {player}",
        "event": "event",
        "tickCount": number,
        "sessionId": f"session-{player}",
        "data": data,
    }


def count_raw_bytes(found: Document) -> None:
    """From now on, count the raw telemetry that this process reads, under `bytes`."""
    batches = reading._raw_batches

    def counted(*arguments: Any) -> Iterator[bytes]:
        for batch in batches(*arguments):
            found["bytes"] += len(batch)
            yield batch

    reading._raw_batches = counted  # type: ignore[assignment]


def step(uri: str, shards: int, what: str, key: str = "") -> None:
    """Run one step; the last line it prints has its measurements and results."""
    found: Document = {"bytes": 0}
    count_raw_bytes(found)
    with MongoResource(uri=uri).open() as mongo:
        reader = Reader(mongo, FIRST_DAY, now=NOW)
        print("begins", flush=True)
        began = time.process_time()
        if what == "plan":
            make_plan(mongo, FIRST_DAY, NOW, thorough=True)
            portion = next_portion(
                work_due(mongo.analytics, FIRST_DAY, NOW), portion_events(mongo.analytics, 2 * EVENTS, shards)
            )
            pieces = split_portion(reader, portion, shards, 2 * EVENTS, run="bench")
            found["keys"] = [piece.key for piece in pieces]
        elif what == "map":
            compute_piece(reader, Piece.of_key(key), run="bench", bounds=Bounds())
        elif what == "join":
            found["left"] = join_days(mongo.analytics, "bench", now=NOW).left
        else:
            make_owed_reports(mongo.analytics)
            make_owed_ranks(mongo.analytics)
        found["cpu"] = time.process_time() - began
    print(json.dumps(found))


if __name__ == "__main__":
    step(sys.argv[1], int(sys.argv[2]), *sys.argv[3:])
