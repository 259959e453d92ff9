"""Hostile telemetry with many distinct values: twice as many must cost about twice as much."""

import gc
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

from player_stats.domain.cells import Cut
from player_stats.domain.days import merged_days, summarise_cells
from player_stats.domain.groups import GroupSums
from player_stats.domain.markup import plain_name
from player_stats.domain.ranks import stat_values
from player_stats.domain.report import build_report
from player_stats.domain.slides import build_slides
from player_stats.domain.span_reader import Reading, SpanReader
from player_stats.domain.summaries import merge_all
from player_stats.store.ids import id_key
from player_stats.store.reading import BATCH_DOCUMENTS
from wrapped_shared.documents import Document
from wrapped_shared.periods import day_start_ms

DAY: Final = "2024-08-20"
SIZES: Final = (25_000, 100_000)
BOUND: Final = 1.6
"""Bound on the time per value at the larger size relative to the smaller: n log n gives 1.14, n squared 4."""


def event(number: int, data: Document, **envelope: Any) -> Document:
    """Return an event 100 ms after the previous one."""
    at = day_start_ms(DAY) + 100 * number
    start = {"_id": number, "timestamp": at, "username": "Bob", "tickCount": number, "sessionId": "s"}
    return {**start, "data": data, **envelope}


def offer(number: int, **fields: Any) -> Document:
    """Return the data of an offer that sold one item; all fields can be replaced."""
    sale = {"itemId": number, "price": 1, "totalQuantity": 1, "quantitySold": 1, "spent": 1, "state": "SOLD"}
    return {"slot": fields.pop("slot", 0), "offer": sale | fields}


def drop(number: int, name: str, items: list[Document]) -> Document:
    """Return the data of a mob's drop."""
    return {"actor": {"name": name, "combatLevel": 2, "id": number, "type": 1}, "items": items}


def tick(number: int) -> Document:
    """Return the data of a game tick on its own tile, with its own gear."""
    place = {"x": number % 6_000, "y": number // 6_000}
    return {"energy": number % 10_001, "prayer": number % 256, "location": place, "equipmentIds": [0, 2_048 + number]}


def letters(number: int) -> str:
    """Spell a number as a skill's name."""
    return "".join(chr(65 + int(digit)) for digit in str(number))


CASES: Final[dict[str, tuple[str, Callable[[int, int], Document]]]] = {
    "offers": ("grand_exchange_offer_changed", lambda i, n: event(i, offer(i))),
    "offers' slots": ("grand_exchange_offer_changed", lambda i, n: event(i, offer(i % (n // 2), slot=i % (n // 2)))),
    "mobs": ("loot_received", lambda i, n: event(i, drop(i, f"Rat {i}", [{"id": i, "quantity": 1}]))),
    "marked names": ("loot_received", lambda i, n: event(i, drop(i, f"<col={i}><lt>Rat<br>{i}</col>", []))),
    "items of one mob": ("loot_received", lambda i, n: event(i, drop(1, "Rat", [{"id": i, "quantity": 1}]))),
    "items of one drop": ("loot_received", lambda i, n: event(i, drop(1, "Rat", [] if i else stacks(n)))),
    "skills": ("stat_changed", lambda i, n: event(i, {"skill": letters(i % (n // 2)), "xp": 1 + i})),
    "sessions, tiles, gear": ("game_ticks", lambda i, n: event(i, tick(i), sessionId=f"session {i}")),
    "sessions at once": ("game_ticks", lambda i, n: event(0, tick(i), _id=i, sessionId=f"session {i}")),
    "deaths": (
        "actor_death",
        lambda i, n: event(i, {"name": "Bob", "location": tick(i * 64)["location"]}, sessionId=f"session {i}"),
    ),
    "events at once": ("hitsplat_applied", lambda i, n: event(0, hit(i), _id=i)),
    "one event sent again": ("hitsplat_applied", lambda i, n: event(0, hit(0), _id=-i)),
    "players, a tenth as many": ("game_ticks", lambda i, n: event(i, tick(i), username=f"Player {i % (n // 10)}")),
}


def stacks(number: int) -> list[Document]:
    """Return stacks of that many items."""
    return [{"id": item, "quantity": 1} for item in range(number)]


def hit(amount: int) -> Document:
    """Return the data of a hitsplat."""
    return {"actor": {"name": "Rat"}, "hitsplat": {"amount": amount, "hitsplatType": 16, "mine": True}}


def read(collection: str, documents: list[Document]) -> Reading:
    """Read documents in batches as the store does."""
    batches = (documents[at : at + BATCH_DOCUMENTS] for at in range(0, len(documents), BATCH_DOCUMENTS))
    return SpanReader(collection, id_key, 0, Cut(), lambda identity: False).read(batches)


def whole(name: str, size: int) -> float:
    """Return the CPU seconds to summarise two days of a case in pieces, merge them, and build the report."""
    collection, make = CASES[name]
    halves = [[make(number, size) for number in part] for part in (range(size // 2), range(size // 2, size))]
    gc.collect()
    gc.disable()  # as the store does while it reads
    started = time.process_time()
    readings = [read(collection, documents) for documents in halves]
    list(readings[0].tallies)
    summaries = [merged_days(summarise_cells({collection: reading}))[DAY] for reading in readings]
    for key in dict.fromkeys(key for half in summaries for key in half):
        summary = merge_all(half[key] for half in summaries if key in half)
        build_slides(build_report(key, "2024", summary, {}) | {"hiscores": None, "ranks": []})
    gc.enable()
    return time.process_time() - started


def name_without_end(size: int) -> float:
    """Return the CPU seconds to remove the markup from a name made of unclosed tags."""
    started = time.process_time()
    plain_name("<col=" * size * 10)
    return time.process_time() - started


def clan(size: int) -> float:
    """Return the CPU seconds to build the report of a group in which each member has different mobs."""
    members = [f"member {number}" for number in range(size // 100)]
    reports = list(_reports(members))
    started = time.process_time()
    sums = GroupSums(members)
    for report in reports:
        sums.add(report["player_key"], report["player"], stat_values(report))
    sums.report("clan", "2024")
    return time.process_time() - started


def _reports(members: list[str]) -> Iterator[Document]:
    for key in members:
        mobs = [{"name": f"{key}'s {number}", "kills": 1} for number in range(100)]
        yield {
            "player_key": key, "player": key, "play": {"ticks": 1, "days_played": 1, "longest_streak_days": 1},
            "movement": {"tiles": 1}, "loot": {"kills": 100, "mobs": mobs}, "experience": {"total": 0, "skills": {}},
            "deaths": {"count": 0}, "damage": {"dealt": 0}, "exchange": {"earned": 0},
        }  # fmt: skip


def run() -> None:
    """Print for each case the cost per value at the larger size relative to the smaller."""
    print(f"{SIZES[1]:,} distinct values in a player's day compared with {SIZES[0]:,}: CPU time for each")
    cases: dict[str, Callable[[int], float]] = {name: lambda size, name=name: whole(name, size) for name in CASES}
    cases |= {"a name of open tags": name_without_end, "mobs of a clan": clan}
    whole("offers", 1_000)  # warms up
    for name, measure in cases.items():
        small, large = (min(measure(size) for _ in range(2)) for size in SIZES)
        ratio = large / SIZES[1] / (small / SIZES[0])
        print(f"  {name}: {ratio:.2f} x (bound {BOUND}), {large:.2f} s", flush=True)
