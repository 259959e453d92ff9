"""A heavy player of three years: the sizes of every document about them against MongoDB's 16 MiB.

20,000 ticks a day, 300 kinds of mobs at three combat levels with 60 of 2,000 items each, all 2,000 items traded, 700
different items worn, 1,200 regions, 614,400 different tiles. The hour is computed from events; the days are built as
summaries and merged into months, years and all time as the product does. Everything is written to MongoDB.

Then it prints by how much a summary grows with each distinct value, and how many of them fill a document.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Final

import bson
import numpy as np
from player_stats.domain.cells import Cut
from player_stats.domain.days import day_document, merged_days, summarise_cells
from player_stats.domain.families import FAMILIES, equipment
from player_stats.domain.ranks import stat_values
from player_stats.domain.report import build_report
from player_stats.domain.slides import build_slides
from player_stats.domain.span_reader import SpanReader
from player_stats.domain.summaries import Summary, merge_all
from player_stats.store.ids import id_key
from player_stats.store.sizes import LARGEST_DOCUMENT
from wrapped_shared.collections import RAW_EVENT_COLLECTIONS
from wrapped_shared.periods import day_start_ms, days_between

from bench.hostile import CASES, DAY, Document, drop, event, letters, offer, read
from bench.world import database

FIRST, LAST = "2022-01-01", "2024-12-31"
TICKS: Final = 20_000
MOBS: Final = [(f"Monster of kind {number // 3}", 10 + number % 3) for number in range(900)]
ITEMS, ITEMS_OF_A_MOB, WORN, REGIONS = 2_000, 60, 700, 1_200
AREAS, AREA_TILES = 2_400, 256
SKILLS: Final = ["SKILL_" + chr(65 + number) for number in range(23)]
NAMES: Final = {item: f"An item of usual length {item}" for item in range(ITEMS)}
SIZES: Final = (1_000, 2_000)

THINGS: Final[dict[str, tuple[str, Callable[[int, int], Document]]]] = {
    "tile": ("game_ticks", lambda i, n: event(i, {"location": {"x": i % 6_000, "y": i // 6_000}})),
    "item worn": ("game_ticks", lambda i, n: event(i, {"equipmentIds": [0, 2_048 + i]})),
    "mob": ("loot_received", lambda i, n: event(i, drop(i, f"Monster of kind {i}", [{"id": i, "quantity": 1}]))),
    "item of a mob": CASES["items of one mob"],
    "skill": ("stat_changed", lambda i, n: event(i, {"skill": letters(i), "xp": 1 + i})),
    "item traded": CASES["offers"],
    "slot of the exchange": ("grand_exchange_offer_changed", lambda i, n: event(i, offer(i, slot=i))),
    "session within five minutes": CASES["sessions at once"],
}


def run() -> None:
    """Print the sizes of documents, then the growth per distinct value."""
    print("a heavy player of three years: MiB, and how many times that is the largest document")
    with database() as mongo:
        for label, document in _documents():
            mongo.analytics["heavy"].replace_one({"_id": label}, {**document, "_id": label}, upsert=True)
            size = len(bson.encode(document))
            print(f"  {label}: {size / 2**20:.2f} MiB, {LARGEST_DOCUMENT / size:.1f} times", flush=True)
    print("bytes of each different one in a summary and in a report, and how many fill a document")
    for thing in THINGS:
        small, large = (_sizes(thing, size) for size in SIZES)
        in_summary, in_report = ((b - a) / (SIZES[1] - SIZES[0]) for a, b in zip(small, large, strict=True))
        print(f"  {thing}: {in_summary:.0f}, {in_report:.0f}; {LARGEST_DOCUMENT / max(in_summary, in_report):,.0f}")


def _documents() -> Iterator[tuple[str, Document]]:
    """Yield every kind of document about the player, the largest of each."""
    hours = _hour()
    yield "hour in cells of five minutes", {"cells": hours}
    yield "hour", {"cells": [merge_all(hours)]}
    yield "day", day_document("heavy", LAST, _day(LAST))
    months: dict[str, Summary] = {}
    for day in days_between(FIRST, LAST):
        months.setdefault(day[:7], {})[day] = _day(day)
    months = {month: merge_all(days.values()) for month, days in months.items()}
    yield "month", months[LAST[:7]]
    years: dict[str, list[Summary]] = {}
    for month, summary in months.items():
        years.setdefault(month[:4], []).append(summary)
    merged = {year: merge_all(summaries) for year, summaries in years.items()}
    yield "year", merged[LAST[:4]]
    whole = merge_all(merged.values())
    for name in FAMILIES:
        yield f"of all time: {name}", {name: whole[name]}
    yield "all time", whole
    yield "report of a year", _report(merged[LAST[:4]], LAST[:4])
    yield "report of all time", _report(whole, "all")


def _hour() -> list[Summary]:
    """Return the summaries of the five-minute cells of an hour of play, computed from events."""
    some = random.Random(0)
    events: dict[str, list[Document]] = {name: [] for name in RAW_EVENT_COLLECTIONS}
    for number in range(0, 36_000, 6):  # every 600 ms
        place = {"x": 3_000 + number // 60 % 50, "y": 3_000 + number // 3_000}
        gear = [0, 2_048 + number // 3_000, 2_048 + number // 6_000]
        events["game_ticks"].append(event(number, {"energy": 5, "prayer": 50, "location": place, "equipmentIds": gear}))
        hit = {"actor": {"name": "Rat"}, "hitsplat": {"amount": 3, "hitsplatType": 16, "mine": True}}
        events["hitsplat_applied"].append(event(number, hit))
        events["stat_changed"].append(event(number, {"skill": some.choice(SKILLS), "xp": 1_000 + number}))
        if number % 60 == 0:
            stacks = [{"id": item, "quantity": 5} for item in some.sample(range(ITEMS), 5)]
            events["loot_received"].append(event(number, drop(number % 20, some.choice(MOBS)[0], stacks)))
    cut = Cut(hourly=True, fine_from_ms=day_start_ms(DAY))
    readings = {
        name: SpanReader(name, id_key, 0, cut, lambda identity: False).read(iter([found]))
        for name, found in events.items()
        if found
    }
    return [by_player["bob"] for _, by_player in sorted(summarise_cells(readings).items())]


def _day(day: str) -> Summary:
    """Return the summary of a day with something in every family, which differs from day to day."""
    some = random.Random(day)
    summary: Summary = {name: family.empty() for name, family in FAMILIES.items()}
    areas = np.array(sorted(some.sample(range(AREAS), 10)), dtype=np.int64)
    corner = (areas // 50 * 16 + 2_000 << 14) + areas % 50 * 16 + 3_000
    tiles = np.sort((corner[:, None] + [(x << 14) + y for x in range(16) for y in range(16)]).ravel()).astype("<u4")
    summary["play"].update(ticks=TICKS, days={day: TICKS}, hours=[TICKS // 24] * 24, sessions=3, longest=TICKS // 2)
    summary["movement"].update(tiles=tiles.tobytes(), tile_ticks=np.full(len(tiles), 8, "<u4").tobytes())
    summary["places"]["regions"] = _rows("region", some.sample(range(REGIONS), 25), ticks=TICKS // 25)
    summary["equipment"]["worn"] = [
        {"slot": number % len(equipment.SLOTS), "item": number, "ticks": 500}
        for number in sorted(some.sample(range(WORN), 40), key=lambda number: (number % len(equipment.SLOTS), number))
    ]
    summary["loot"]["mobs"] = [
        {"name": name, "level": level, "npc_ids": [number], "kills": 40, "items": _loot(number, some)}
        for number, (name, level) in sorted(enumerate(MOBS), key=lambda entry: entry[1])
        if some.random() < 40 / len(MOBS)
    ]
    skills = [{"skill": skill, "first": {"at": 1, "xp": 1}, "last": {"at": 2, "xp": 9}} for skill in SKILLS]
    summary["experience"] = {"skills": [{**row, "gained": 9_000, "levels": 1} for row in skills], "days": {day: 9_000}}
    summary["deaths"].update(count=3, regions=_rows("region", some.sample(range(REGIONS), 3), count=1))
    summary["damage"].update(dealt=10**6, taken=10**5, biggest_hit=80)
    traded = _rows("item", some.sample(range(ITEMS), 30), bought=10**6, sold=10**6)
    summary["exchange"]["closed"] = {"spent": 10**12, "earned": 10**12, "filled": 60, "items": traded}
    last = {"at": day_start_ms(day), "tick": 1, "name": "Heavy"}
    return {**summary, "days": [day], "last": last, "quality": {"read": 50_000, "left_out": {"tickCount": 1}}}


def _rows(name: str, keys: Iterable[int], **counts: int) -> list[Document]:
    return [{name: key, **counts} for key in sorted(keys)]


def _loot(mob: int, some: random.Random) -> list[Document]:
    """Return the stacks that a mob dropped on a day: some of its items."""
    own = [(mob * 7 + number * 33) % ITEMS for number in range(ITEMS_OF_A_MOB)]
    return _rows("item", some.sample(own, 15), quantity=5_000)


def _report(summary: Summary, period: str) -> Document:
    """Return a complete report, with every item's name, a rank for every stat and one hiscores point per day."""
    report = build_report("heavy", period, summary, NAMES)
    points = [{"at": number, "overall_xp": 10**9} for number, _ in enumerate(summary["days"])]
    report["hiscores"] = {"skills": {}, "bosses": {f"Boss {n}": 100 for n in range(70)}, "points": points}
    report["ranks"] = [
        {"stat": stat, "value": value, "top_percent": 50.0, "of_players": 100_000}
        for stat, value in stat_values(report).items()
    ]
    return report | {"slides": build_slides(report | {"hiscores": None})}


def _sizes(thing: str, number: int) -> tuple[int, int]:
    """Return the bytes of the summary and the report of a day with the given number of distinct values."""
    collection, make = THINGS[thing]
    reading = read(collection, [make(index, number) for index in range(number)])
    summary = next(iter(merged_days(summarise_cells({collection: reading}))[DAY].values()))
    return len(bson.encode(summary)), len(bson.encode(build_report("bob", "all", summary, {})))
