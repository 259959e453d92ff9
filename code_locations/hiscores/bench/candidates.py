"""Candidates of renamed players over 100,000 players: seconds, memory, and whether the renamed ones are found.

Run it in the location's folder as `python -m bench.candidates [players]`. One player in twenty vanished within the last
30 days; half of those play on under a new name, first seen up to two days later; as many new names are strangers.
Levels are spread as on the hiscores: few have much experience, and nobody is the best at everything.
"""

import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import psutil  # type: ignore[import-untyped]
from hiscores.domain.snapshots import slot_text
from hiscores.domain.states import NEVER
from hiscores.work.candidates import refresh
from wrapped_devkit.processes import mongo_process
from wrapped_shared.documents import Document
from wrapped_shared.hiscores_rows import BOSSES, SKILLS
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BEGAN = NOW - timedelta(days=90)
BATCH = 1_000


def main() -> int:
    """Fill MongoDB, find the candidates, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with mongo_process() as server, MongoResource(uri=server.uri).open() as mongo:
        renamed = fill(mongo, count)
        ensure_indexes(mongo.raw, mongo.analytics)
        process = psutil.Process()
        before, cpu, start = process.memory_info().rss, time.process_time(), time.perf_counter()
        found = refresh(mongo)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        grown = (process.memory_info().rss - before) / 2**20
        stored = {document["_id"] for document in mongo.analytics["name_candidates"].find({}, {"_id": 1})}
    missed = len(renamed - stored)
    print(f"candidates: {count:,} players, {count // 20:,} vanished, {2 * (count // 40):,} new")
    print(f"  {seconds:.1f} s, {cpu:.1f} s of them our own CPU; memory grew by {grown:.0f} MiB")
    print(f"  {found:,} candidates; {len(renamed) - missed:,} of {len(renamed):,} renamed players are among them")
    return 1 if missed else 0


def fill(mongo: MongoResource, count: int) -> set[str]:
    """Store states, gains and snapshots; return the candidates that must be found."""
    luck = random.Random(1)
    renamed: set[str] = set()
    players = everyone(luck, count, renamed)
    while batch := list(islice(players, BATCH)):
        mongo.raw["hiscores"].insert_many([snapshot for snapshot, _, _ in batch], ordered=False)
        mongo.analytics["hiscores_players"].insert_many([state for _, state, _ in batch], ordered=False)
        mongo.analytics["hiscores_gains"].insert_many([gains for _, _, gains in batch], ordered=False)
    return renamed


def everyone(luck: random.Random, count: int, renamed: set[str]) -> Iterator[tuple[Document, Document, Document]]:
    """Every player's snapshot, state and gains."""
    vanished = count // 20
    for number in range(count - 2 * (vanished // 2)):
        gone = number < vanished
        at = NOW - timedelta(hours=luck.randrange(72, 720)) if gone else BEGAN
        rows = figures(luck)
        name = f"player {number}"
        yield documents(name, at, rows, "not_found" if gone else "ok", first=BEGAN)
        if gone and number % 2:
            later = at + timedelta(hours=luck.randrange(1, 49))
            renamed.add(f"{name}|new {number}")
            yield documents(f"new {number}", later, played(luck, rows), "ok", first=later)
        elif gone:
            yield documents(f"new {number}", NOW - timedelta(hours=luck.randrange(720)), figures(luck), "ok")


def figures(luck: random.Random) -> dict[str, int]:
    """A player's rows: skills around a level of their own, and bosses of some."""
    level = luck.lognormvariate(13.5, 1.5)
    rows = {name: min(200_000_000, int(level * luck.lognormvariate(0, 1))) for name in SKILLS[1:]}
    rows |= {name: int(luck.lognormvariate(4, 1.5)) + 5 for name in luck.sample(BOSSES, luck.randrange(30))}
    return rows


def played(luck: random.Random, rows: dict[str, int]) -> dict[str, int]:
    """The same player's rows after a few hours of play."""
    return {
        name: value + (luck.randrange(50_000) if name in SKILLS else luck.randrange(3)) for name, value in rows.items()
    }


def documents(
    name: str, at: datetime, rows: dict[str, int], status: str, first: datetime | None = None
) -> tuple[Document, Document, Document]:
    """One player's last snapshot, which is the first one of a new name, state and all-time gains."""
    moment = at + timedelta(minutes=20)
    skills = {row: value for row, value in rows.items() if row in SKILLS}
    skills = {"Overall": sum(skills.values()), **skills}
    snapshot = {
        "_id": f"{name}|{slot_text(at)}", "player_key": name, "player": name, "slot": slot_text(at),
        "scraped_at": moment, "mode": "hiscore_oldschool", "account_type": "regular", "activities": {},
        "skills": {row: {"rank": 1, "level": 1, "experience": value} for row, value in skills.items()},
        "bosses": {row: {"rank": 1, "kills": value} for row, value in rows.items() if row not in SKILLS},
    }  # fmt: skip
    state = {
        "_id": name, "player": name, "status": status, "outcome": status, "checked_at": NOW, "next_due": NEVER,
        "account_type": "regular", "consecutive_failures": 0, "type_checked_at": moment, "asked_slot": slot_text(NOW),
        "snapshot_slot": slot_text(at), "snapshot_at": moment, "quiet_days": 1, "schema_version": 2,
    }  # fmt: skip
    gains = {
        "_id": f"all/{name}", "player_key": name, "period": "all", "from": moment if first in (at, None) else first,
        "to": moment, "skills": {}, "bosses": {}, "activities": {}, "ratings": {}, "points": [], "flags": [],
        "schema_version": 2,
    }  # fmt: skip
    return snapshot, state, gains


if __name__ == "__main__":
    sys.exit(main())
