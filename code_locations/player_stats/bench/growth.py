"""The cost of each stage as players and telemetry grow, at three sizes, with a straight line fitted to them.

The costs are then extrapolated to 100,000 players who play four hours a day, refreshed every ten minutes
(`bench/scale.py` has the assumptions, `docs/scaling.md` the conclusions). It takes about five minutes, most of it in
the embedded server, and only runs if named; `BENCH_SCALE=4` makes all sizes four times as large.

Each step is measured in its own process: its CPU time once everything is loaded, the bytes between it and MongoDB, and
the raw telemetry it read. The embedded server's own time is not representative and never printed.
"""

import json
import os
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import bson
import numpy as np
from player_stats.domain.summaries import merge_all
from player_stats.store.ranks import make_owed_ranks, request_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import Bounds, compute
from player_stats.work.hours import Reader
from player_stats.work.join import join_days
from player_stats.work.map_step import compute_piece, split_portion
from player_stats.work.pieces import Piece
from player_stats.work.plan import make_plan, next_portion, portion_events, work_due
from wrapped_cli.embedded import ensure_embedded_indexes
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms

from bench import growing, scale
from bench.logged import rows_of_a_run
from bench.planning import above
from bench.ranks import PERIOD, fill
from bench.reduce import news
from bench.shards import count_raw_bytes
from bench.wire import relayed, run_step
from bench.world import database

SCALE: Final = float(os.environ.get("BENCH_SCALE", "1"))
ONLINE: Final = tuple(int(SCALE * size) for size in (8, 16, 32))
ARRIVING: Final = tuple(int(SCALE * size) for size in (2_100, 4_200, 8_400))
REPORTED: Final = tuple(int(SCALE * size) for size in (20, 40, 80))
RANKED: Final = tuple(int(SCALE * size) for size in (500, 1_000, 2_000))
DAY: Final = "2024-08-20"
NOON: Final = day_start_ms(DAY) + 12 * 3_600_000
MINUTE: Final = 60_000
OFF_BY: Final = 137_000
"""How long after a full ten minutes a refresh scans: typically in the middle of a cell."""
WARM, LOOKS = 4, 7
"""Refreshes until the watermarks trail at their steady distance; all refreshes."""
HISTORY_DAYS: Final = 4
LIMIT: Final = 10**9
BLOCK: Final = 32 << 10
"""The size of the blocks that MongoDB compresses."""


@dataclass
class Measured:
    """The measurements of a stage at several sizes, by figure."""

    sizes: list[float] = field(default_factory=list)
    figures: dict[str, list[float]] = field(default_factory=dict)

    def add(self, size: float, **figures: float) -> None:
        """Add the figures at a size."""
        self.sizes.append(size)
        for name, value in figures.items():
            self.figures.setdefault(name, []).append(value)

    def slopes(self, unit: str, per: float = 1) -> dict[str, float]:
        """Print the line fitted to each figure; return its slope for every `per` of the unit."""
        sizes = ", ".join(f"{size:,.0f}" for size in self.sizes)
        print(f"  at {sizes} {unit}")
        found = {}
        for name, values in self.figures.items():
            slope, at_zero, fits = line(self.sizes, values)
            found[name] = slope * per
            shown = ", ".join(f"{value:,.2f}" for value in values)
            print(f"    {name}: {shown} = {at_zero:,.2f} + {slope * per:,.3f} x {unit} / {per:,.0f}, R2 {fits:.4f}")
        sys.stdout.flush()
        return found


def line(sizes: Sequence[float], values: Sequence[float]) -> tuple[float, float, float]:
    """Return slope, value at zero and R2 of the least-squares line."""
    slope, at_zero = np.polyfit(sizes, values, 1)
    off = np.asarray(values) - (slope * np.asarray(sizes) + at_zero)
    spread = np.asarray(values) - np.mean(values)
    return float(slope), float(at_zero), 1 - float(off @ off) / (float(spread @ spread) or 1.0)


def run() -> None:
    """Print the figures of each stage, then the extrapolation."""
    costs = scale.Costs()
    _arriving(costs)
    _online(costs)
    _reported(costs)
    _ranked(costs)
    costs.rows, costs.steps = rows_of_a_run()
    scale.report(costs)


def _arriving(costs: scale.Costs) -> None:
    """Refresh every ten minutes while events arrive evenly: documents examined and events read per new event."""
    print("plan and map, refreshed every ten minutes")
    found = Measured()
    for events in ARRIVING:
        with database() as mongo:
            ensure_embedded_indexes(mongo.raw)
            examined = read = 0
            for look in range(LOOKS):
                at = NOON + OFF_BY + look * 10 * MINUTE
                growing.arrive(mongo, events // LOOKS, (at - 10 * MINUTE, at))
                examined += above(mongo) if look >= WARM else 0
                make_plan(mongo, DAY, moment(at))
                works = next_portion(work_due(mongo.analytics, DAY, moment(at)), portion_events(mongo.analytics, LIMIT))
                done = compute(Reader(mongo, DAY, now=moment(at)), [work.day for work in works])
                read += done.events if look >= WARM else 0
            found.add(events // LOOKS * (LOOKS - WARM), examined=examined, read=read)
    slopes = found.slopes("new events")
    costs.examined, costs.read = slopes["examined"], slopes["read"]


def _online(costs: scale.Costs) -> None:
    """Refresh once while players play: the cost of plan and map for their ten minutes."""
    print("plan, map and join: ten minutes of play, after ten")
    maps, others = Measured(), Measured()
    for players in ONLINE:
        with database() as mongo, relayed(mongo.uri) as relay:
            growing.play(mongo, players, NOON, 0)
            _step(relay, "refresh", NOON + 10 * MINUTE)
            made = growing.play(mongo, players, NOON + 10 * MINUTE, 1)
            now = NOON + 20 * MINUTE
            plan = _step(relay, "plan", now)
            assert len(plan["keys"]) == 1, plan  # noqa: S101
            done = _step(relay, "map", now, plan["keys"][0])
            join = _step(relay, "join", now)
            assert done["events"] >= made, done  # noqa: S101
            maps.add(done["events"], seconds=done["cpu"], raw_megabytes=done["bytes"] / 1e6)
            analytics = done["sent"] + done["received"] - done["bytes"]
            others.add(players, map_kilobytes=analytics / 1e3, plan_seconds=plan["cpu"], join_seconds=join["cpu"])
            ledger = mongo.analytics[names.DAY_LEDGER].find_one({"_id": DAY}) or {}
            cells = {label for parts in ledger["seen"].values() for label in parts}
            costs.ledger = len(bson.encode(ledger)) / len(cells) * 288
            mongo.raw[names.GAME_TICKS].create_index([("username", 1), ("timestamp", 1)])
            about = mongo.raw.command("collStats", names.GAME_TICKS)
            costs.indexes = {name: size / about["count"] for name, size in about["indexSizes"].items()}
            costs.indexes.pop("_id_1_timestamp_1", None)  # the embedded server's own
            costs.stored, costs.compressed = _stored(mongo)
    slopes = maps.slopes("events read", 1e6)
    costs.map_seconds, costs.raw_bytes = slopes["seconds"] / 1e6, slopes["raw_megabytes"]
    slopes = others.slopes("players touched")
    costs.map_bytes = slopes["map_kilobytes"] * 1e3
    costs.plan_seconds = max(others.figures["plan_seconds"]) + max(others.figures["join_seconds"])
    costs.events = made / players / growing.STRETCH_TICKS
    print(f"  {costs.events:.3f} events a tick, {costs.stored:.0f} bytes each, compressed {costs.compressed:.0f}")
    print(f"  bytes of an event's index keys: {', '.join(f'{k} {v:.0f}' for k, v in costs.indexes.items())}")
    print(f"  the day's ledger, when the day is over: {costs.ledger / 1e3:,.0f} kB", flush=True)


def _stored(mongo: MongoResource) -> tuple[float, float]:
    """Return bytes per event, as BSON and compressed with zlib in blocks as MongoDB can store them."""
    size = compressed = events = 0
    for name in names.RAW_EVENT_COLLECTIONS:
        whole = b"".join(mongo.raw[name].find_raw_batches({"timestamp": {"$gte": 0}}).sort("timestamp", 1))
        size += len(whole)
        compressed += sum(len(zlib.compress(whole[at : at + BLOCK])) for at in range(0, len(whole), BLOCK))
        events += mongo.raw[name].estimated_document_count()
    return size / events, compressed / events


def _reported(costs: scale.Costs) -> None:
    """Refresh the reports of players who play: the cost per player, and how it grows with their history."""
    history = list(growing.days_played(HISTORY_DAYS))
    summaries = [summary for _, summary in history]
    print("a summary of days of four hours, bytes")
    lengths = [1, 2, 4, 8, len(summaries)]
    sizes = [len(bson.encode(merge_all(summaries[:days]))) for days in lengths]
    power, at_one, fits = line(np.log(lengths).tolist(), np.log(sizes).tolist())
    print(f"  {lengths} days: {sizes} = {np.exp(at_one):,.0f} x days ^ {power:.2f}, R2 {fits:.4f}")
    share = len(bson.encode(merge_all(summaries)["movement"])) / sizes[-1]
    print(f"  {share:.0%} of the largest are movement, nearly all of it ticks by tile")
    costs.summary = lambda days: float(np.exp(at_one) * days**power)
    print(f"reduce: a refresh of players with {HISTORY_DAYS} days each in a closed year, a closed month and this one")
    found = Measured()
    for players in REPORTED:
        found.add(players, **_reduce(players, history))
    slopes = found.slopes("players touched")
    size, length = slopes.pop("report_kilobytes"), (HISTORY_DAYS,) * 3
    costs.reports, costs.reduced, costs.merges = size * 1e3, slopes, costs.merged(length)
    short = history[::HISTORY_DAYS]
    less = _reduce(REPORTED[1], short)
    by_size = {name: (values[1] - less[name]) / REPORTED[1] for name, values in found.figures.items()}
    difference = costs.merges - costs.merged((1, 1, 1))
    costs.of_a_byte = {name: by_size[name] / difference for name in slopes}
    print("  with a day each instead: " + ", ".join(f"{name} {less[name]:,.2f}" for name in slopes), flush=True)


def _reduce(players: int, history: Sequence[tuple[str, Any]]) -> dict[str, float]:
    with database() as mongo, relayed(mongo.uri) as relay:
        keys = growing.veterans(mongo, players, history)
        for hour in (9, 13):
            news(mongo.analytics, keys, hour)
            _step(relay, "reports", NOON)
        news(mongo.analytics, keys, 13)
        done = _step(relay, "reports", NOON)
        assert done["players"] == players, done  # noqa: S101
        reports = mongo.analytics[names.WRAPPED_REPORTS].find({"player_key": keys[0]})
        return {
            "milliseconds": done["cpu"] * 1e3,
            "read_kilobytes": done["received"] / 1e3,
            "written_kilobytes": done["sent"] / 1e3,
            "report_kilobytes": players * sum(len(bson.encode(one)) for one in reports) / 1e3,
        }


def _ranked(costs: scale.Costs) -> None:
    """Rank reports for the first time, so that all of them are written."""
    print("ranks of one period, all of them written")
    found = Measured()
    for reports in RANKED:
        with database() as mongo, relayed(mongo.uri) as relay:
            fill(mongo, reports)
            request_ranks(mongo.analytics, [PERIOD])
            done = _step(relay, "ranks", NOON)
            assert done["changed"] == reports, done  # noqa: S101
            found.add(reports, milliseconds=done["cpu"] * 1e3, read_kilobytes=done["received"] / 1e3,
                      written_kilobytes=done["sent"] / 1e3)  # fmt: skip
    costs.ranks = found.slopes("reports")


def _step(relay: Any, what: str, now_ms: int, key: str = "") -> Document:
    return run_step(relay, "bench.growth", what, str(now_ms), key)


def moment(ms: int) -> datetime:
    """Convert milliseconds since the epoch to a UTC datetime."""
    return datetime.fromtimestamp(ms / 1000, UTC)


def step(uri: str, what: str, now_ms: str, key: str = "") -> None:
    """Run one step at a simulated time; the last line it prints has its measurements and results."""
    found: Document = {"bytes": 0}
    count_raw_bytes(found)
    now = moment(int(now_ms))
    steps: dict[str, Callable[[MongoResource], Document]] = {
        "plan": lambda mongo: {"keys": _plan(mongo, now)},
        "map": lambda mongo: {"events": _map(mongo, key, now)},
        "join": lambda mongo: {"left": join_days(mongo.analytics, "bench", now=now).left},
        "refresh": lambda mongo: {"events": [_map(mongo, piece, now) for piece in _plan(mongo, now)]},
        "reports": lambda mongo: {"players": make_owed_reports(mongo.analytics).players},
        "ranks": lambda mongo: {"changed": make_owed_ranks(mongo.analytics)},
    }
    with MongoResource(uri=uri).open() as mongo:
        mongo.client.admin.command("ping")
        began = time.process_time()
        found |= steps[what](mongo)
        found["cpu"] = time.process_time() - began
    print(json.dumps(found))


def _plan(mongo: MongoResource, now: datetime) -> list[str]:
    make_plan(mongo, DAY, now)
    portion = next_portion(work_due(mongo.analytics, DAY, now), portion_events(mongo.analytics, LIMIT))
    return [piece.key for piece in split_portion(Reader(mongo, DAY, now=now), portion, 1, LIMIT, run="bench")]


def _map(mongo: MongoResource, key: str, now: datetime) -> int:
    return compute_piece(Reader(mongo, DAY, now=now), Piece.of_key(key), run="bench", bounds=Bounds()).events


if __name__ == "__main__":
    step(*sys.argv[1:])
