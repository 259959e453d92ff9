"""Ranking the reports of one period, RANKED_REPORTS of them (100,000), and making group reports of these players.

Prints seconds, memory and reports written, and for groups also round trips.

The reports are inserted directly into MongoDB, with 20 to 60 of 300 kinds of mobs and 10 to 23 skills each. The parts
that a ranking does not read are short, and the collection has no validator, which would take the embedded server hours.
That server is not representative, so the figure to compare is the CPU time of the ranking process (one thread).
"""

import os
import random
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from pymongo import UpdateOne, monitoring
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource
from wrapped_shared.version import SCHEMA_VERSIONS

from bench.world import database

REPORTS: Final = int(os.environ.get("RANKED_REPORTS", "100000"))
SECONDS, MEBIBYTES = 60, 600
PERIOD: Final = "2024"
MOBS: Final = [f"Mob of kind {kind}" for kind in range(300)]
SKILLS: Final = ["SKILL_" + chr(65 + number) for number in range(23)]
SLIDES: Final = ("play_time", "favourite_mob", "favourite_skill", "tiles", "deaths", "loot", "damage", "exchange")
AT_ONCE: Final = 1_000
CLAN, GROUPS, MEMBERS = min(5_000, REPORTS), 400, 25


def run() -> None:
    """Print the cost of three rankings: the first, one without changes, and one after 1% of the players played."""
    print(f"ranking {REPORTS:,} reports of a period")
    with database() as mongo:
        fill(mongo, REPORTS)
        _rank(mongo, "the first ranking")
        _rank(mongo, "nothing changed")
        _play(mongo, REPORTS // 100)
        _rank(mongo, "1% of the players played an hour")
        groups = {"clan": range(CLAN), **{f"group {number}": _members(number) for number in range(GROUPS)}}
        listed = [{"_id": group, "members": [f"Player_{n}" for n in members]} for group, members in groups.items()]
        mongo.analytics[names.PLAYER_GROUPS].insert_many(listed)
        _rank(mongo, f"a group of {CLAN:,} and {GROUPS} of {MEMBERS} members", "groups")


def fill(mongo: MongoResource, reports: int) -> None:
    """Write that many reports of the period without ranks."""
    mongo.analytics.command("collMod", names.WRAPPED_REPORTS, validator={})
    for start in range(0, reports, AT_ONCE):
        some = [_report(number) for number in range(start, min(reports, start + AT_ONCE))]
        mongo.analytics[names.WRAPPED_REPORTS].insert_many(some, ordered=False)


def _members(group: int) -> list[int]:
    return random.Random(group).sample(range(REPORTS), MEMBERS)


def _rank(mongo: MongoResource, label: str, what: str = "ranks") -> None:
    print(f"  {label}:", flush=True)
    environment = {**os.environ, "MONGO_URI": mongo.uri}
    subprocess.run([sys.executable, "-m", "bench.ranks", what], env=environment, check=True)


def _some(random_numbers: random.Random, middle: float) -> int:
    """Return a positive number from a skewed distribution: few players do much of anything."""
    return 1 + int(random_numbers.lognormvariate(middle, 2))


def _report(number: int) -> Document:
    """Return a report as it is before the first ranking."""
    some = random.Random(number)
    key = f"player {number}"
    mobs = [
        {"name": name, "combat_level": len(name), "npc_ids": [1], "kills": _some(some, 3), "items": []}
        for name in some.sample(MOBS, some.randint(20, 60))
    ]
    skills = {skill: {"gained": _some(some, 10), "levels_gained": 1} for skill in some.sample(SKILLS, 10 + number % 14)}
    ticks = 6_000 + _some(some, 12)
    words = {"title": "A title", "text": "A sentence of a usual length, with a number.", "value": number}
    return {
        "_id": f"{PERIOD}/{key}", "schema_version": SCHEMA_VERSIONS[names.WRAPPED_REPORTS],
        "player": key, "player_key": key, "period": PERIOD,
        "generated_at": datetime(2024, 1, 1, tzinfo=UTC), "revision": 1, "ranks": [],
        "play": {"ticks": ticks, "seconds": ticks * 0.6, "days_played": some.randint(1, 366),
                 "longest_streak_days": some.randint(1, 60)},
        "movement": {"tiles": ticks // 3}, "loot": {"kills": sum(mob["kills"] for mob in mobs), "mobs": mobs},
        "experience": {"total": sum(gain["gained"] for gain in skills.values()), "skills": skills},
        "deaths": {"count": some.randint(0, 9)}, "damage": {"dealt": ticks * 2},
        "exchange": {"earned": _some(some, 12)},
        "slides": [{"stat": stat, **words, "image_key": f"stat:{stat}", "image": None} for stat in SLIDES],
    }  # fmt: skip


def _play(mongo: MongoResource, players: int) -> None:
    """Simulate an hour of play of some players: some mobs, two skills, and the totals."""
    some, writes = random.Random(0), []
    for number in some.sample(range(REPORTS), players):
        report = _report(number)
        kills, gained = some.randint(20, 200), some.randint(5_000, 50_000)
        skill, other = sorted(report["experience"]["skills"])[:2]
        grown = {
            "play.ticks": 6_000, "movement.tiles": 2_000, "loot.kills": kills, "loot.mobs.0.kills": kills // 2,
            "loot.mobs.1.kills": kills - kills // 2, "experience.total": 2 * gained, "damage.dealt": 12_000,
            f"experience.skills.{skill}.gained": gained, f"experience.skills.{other}.gained": gained, "revision": 1,
        }  # fmt: skip
        writes.append(UpdateOne({"_id": report["_id"]}, {"$inc": grown}))
    mongo.analytics[names.WRAPPED_REPORTS].bulk_write(writes, ordered=False)


def resident(figure: str) -> float:
    """Return this process's current (`VmRSS`) or peak (`VmHWM`, without the parent's) memory in MiB."""
    return int(Path("/proc/self/status").read_text().split(f"{figure}:")[1].split()[0]) / 1024


class Commands(monitoring.CommandListener):
    """Counts the commands sent to the server."""

    sent = 0

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """Count a command."""
        self.sent += 1

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Ignore it."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Ignore it."""


def measure(what: str) -> None:
    """Rank the period, or make its groups, and print this process's time and memory."""
    from player_stats.store.groups import make_groups
    from player_stats.store.ranks import make_owed_ranks, request_ranks

    commands = Commands()
    monitoring.register(commands)
    with MongoResource().open() as mongo:
        request_ranks(mongo.analytics, [PERIOD])
        before, commands.sent = resident("VmRSS"), 0
        began, busy = time.monotonic(), time.process_time()
        changed = make_groups(mongo.analytics).written if what == "groups" else make_owed_ranks(mongo.analytics)
        own, seconds = time.process_time() - busy, time.monotonic() - began
    peak = resident("VmHWM")
    print(f"    = {own:.1f} s of one core (bound {SECONDS}), of {seconds:.0f} s with the embedded server's")
    print(f"    = {peak - before:.0f} MiB above the {before:.0f} MiB after imports (bound {MEBIBYTES})")
    print(f"    {changed:,} reports written in {commands.sent:,} round trips", flush=True)


if __name__ == "__main__":
    measure(*sys.argv[1:] or ["ranks"])
