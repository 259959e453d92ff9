"""Play, movement, prayer, places and equipment, from one player's ticks of the whole period without duplicates."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import Any

from naive_player_stats.events import Event, by_session, joined
from naive_player_stats.fields import SLOTS, invalid_energy, invalid_location, invalid_prayer
from naive_player_stats.values import integer, start_of

OFFSET_CHANGE_MS = start_of("2024-08-14") + 11 * 3_600_000
INSTANCE_X = 6400


def seconds(ticks: int) -> float:
    """Ticks of 0.6 s in seconds, to one decimal."""
    return ticks * 6 / 10


def first_most(counts: Mapping[Any, int]) -> Any:
    """The key with the greatest count, the smallest key of equals; None if there are none."""
    return min(counts, key=lambda key: (-counts[key], key)) if counts else None


def most_first(counts: Mapping[Any, int]) -> list[tuple[Any, int]]:
    """All pairs, the greatest count first; ties go to the smaller key."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def place_name(data: Mapping[str, Any], region_names: Mapping[int, str]) -> str:
    """The place of an event with a valid location."""
    x, y = int(data["location"]["x"]), int(data["location"]["y"])
    if x >= INSTANCE_X:
        return "Instance"
    return region_names.get(((x >> 6) << 8) | (y >> 6), "Unknown")


def play(ticks: list[Event]) -> dict[str, Any]:
    """Play time, sessions, days and the hours of the day."""
    runs: list[int] = []
    for session in by_session(ticks):
        for index, event in enumerate(session):
            if index > 0 and joined(session[index - 1], event):
                runs[-1] += 1
            else:
                runs.append(1)
    days = Counter(event.day for event in ticks)
    months = Counter(event.day[:7] for event in ticks)
    hours = [0] * 24
    for event in ticks:
        hours[datetime.fromtimestamp(event.timestamp // 1000, UTC).hour] += 1
    return {
        "ticks": len(ticks),
        "seconds": seconds(len(ticks)),
        "sessions": len(runs),
        "longest_session_seconds": seconds(max(runs, default=0)),
        "days_played": len(days),
        "longest_streak_days": longest_streak(set(days)),
        "best_day": first_most(days),
        "best_month": first_most(months),
        "hours": hours,
        "months": dict(sorted(months.items())),
    }


def longest_streak(days: set[str]) -> int:
    """The length of the longest run of consecutive days."""
    longest = 0
    for day in days:
        length, current = 0, date.fromisoformat(day)
        while current.isoformat() in days:
            length, current = length + 1, current + timedelta(days=1)
        longest = max(longest, length)
    return longest


def next_tick_pairs(events: list[Event]) -> list[tuple[Event, Event]]:
    """Joined neighbours of a session whose tick counts differ by exactly 1."""
    pairs = []
    for session in by_session(events):
        for earlier, later in pairwise(session):
            if joined(earlier, later) and later.tick == earlier.tick + 1:
                pairs.append((earlier, later))
    return pairs


def movement(ticks: list[Event]) -> dict[str, Any]:
    """Steps of 1 and 2 tiles, energy spent, the favourite tile.

    Neighbours are those among the ticks with a valid location for steps, and with valid energy for energy.
    """
    located = [event for event in ticks if invalid_location(event.data) is None]
    powered = [event for event in ticks if invalid_energy(event.data) is None]
    walked = run = spent = 0
    for earlier, later in next_tick_pairs(located):
        before, after = earlier.data["location"], later.data["location"]
        step = max(abs(int(after["x"]) - int(before["x"])), abs(int(after["y"]) - int(before["y"])))
        walked += 1 if step == 1 else 0
        run += 2 if step == 2 else 0
    for earlier, later in next_tick_pairs(powered):
        spent += max(0, int(earlier.data["energy"]) - int(later.data["energy"]))
    tiles = Counter((int(e.data["location"]["x"]), int(e.data["location"]["y"])) for e in located)
    outside = {tile: count for tile, count in tiles.items() if tile[0] < INSTANCE_X}
    best = first_most(outside)
    return {
        "tiles": walked + run,
        "tiles_walked": walked,
        "tiles_run": run,
        "energy_spent": spent / 100,
        "favourite_tile": None if best is None else {"x": best[0], "y": best[1], "ticks": outside[best]},
    }


def prayer(ticks: list[Event]) -> dict[str, Any]:
    """Decreases of prayer points between neighbours one game tick apart, among the ticks with valid points."""
    valid = [event for event in ticks if invalid_prayer(event.data) is None]
    falls = [int(a.data["prayer"]) - int(b.data["prayer"]) for a, b in next_tick_pairs(valid)]
    return {"points_used": sum(fall for fall in falls if fall > 0)}


def places(ticks: list[Event], region_names: Mapping[int, str]) -> list[dict[str, Any]]:
    """Ticks by place, most first."""
    located = [event for event in ticks if invalid_location(event.data) is None]
    counts = Counter(place_name(event.data, region_names) for event in located)
    return [{"name": name, "ticks": n, "seconds": seconds(n)} for name, n in most_first(counts)]


def equipment(ticks: list[Event]) -> list[dict[str, Any]]:
    """Ticks by slot and item, most first; ties by the slot's name, then the item's id.

    Values below the offset of their time are not items; the offset itself is item 0. Elements that are not integers
    are skipped; the others count.
    """
    counts: Counter[tuple[str, int]] = Counter()
    for event in ticks:
        worn = event.data.get("equipmentIds")
        offset = 512 if event.timestamp < OFFSET_CHANGE_MS else 2048
        for slot, value in zip(SLOTS, worn if isinstance(worn, list) else [], strict=False):
            whole = integer(value)
            if whole is not None and whole >= offset:
                counts[slot, whole - offset] += 1
    return [
        {"slot": slot, "item_id": item, "name": None, "ticks": n, "seconds": seconds(n)}
        for (slot, item), n in most_first(counts)
    ]
