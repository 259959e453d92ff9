"""Experience and the Grand Exchange, from one player's stat and offer events of the whole period."""

from collections import Counter
from itertools import pairwise
from typing import Any

from naive_player_stats.events import Event
from naive_player_stats.fields import invalid_exchange, invalid_experience
from naive_player_stats.ticks import first_most
from naive_player_stats.values import MAX_SUM, id_order, total

BUYING_SIDE = ("BUYING", "BOUGHT", "CANCELLED_BUY")
UNFINISHED = ("BUYING", "SELLING")
FILLED = ("BOUGHT", "SOLD")


def level_of(xp: int) -> int:
    """The level for an amount of experience by the game's table, at most 99.

    Level L + 1 needs floor(sum over l = 1..L of floor(l + 300 x 2^(l / 7)) / 4) experience.
    """
    level, points = 1, 0
    while level < 99:
        points += int(level + 300 * 2 ** (level / 7))
        if xp < points // 4:
            break
        level += 1
    return level


def other_world(rise: int, milliseconds: int) -> bool:
    """Whether a gain is too fast for one world: more than 250,000 plus 2,000,000 per hour, pro rata."""
    return rise * 3_600_000 > 250_000 * 3_600_000 + 2_000_000 * milliseconds


def experience(events: list[Event]) -> dict[str, Any]:
    """Gains between consecutive values of each skill, and the levels gained by them."""
    by_skill: dict[str, list[Event]] = {}
    for event in events:
        if invalid_experience(event.data) is None and int(event.data["xp"]) > 0:
            by_skill.setdefault(event.data["skill"], []).append(event)
    gained: Counter[str] = Counter()
    levels: Counter[str] = Counter()
    days: Counter[str] = Counter()
    for skill, series in by_skill.items():
        series.sort(key=lambda event: (*event.place, event.timestamp, event.tick, int(event.data["xp"])))
        for earlier, later in pairwise(series):
            before, after = int(earlier.data["xp"]), int(later.data["xp"])
            if after <= before or other_world(after - before, later.timestamp - earlier.timestamp):
                continue
            gained[skill] += after - before
            levels[skill] += level_of(after) - level_of(before)
            days[later.day] += after - before
    return {
        "total": total(gained.values()),
        "skills": {s: {"gained": gained[s], "levels_gained": levels[s]} for s in sorted(gained)},
        "favourite_skill": first_most(gained),
        "best_day": first_most(days),
    }


def offers_of(events: list[Event]) -> list[list[dict[str, Any]]]:
    """The states of each offer, in order."""
    by_slot: dict[int, list[Event]] = {}
    for event in events:
        if invalid_exchange(event.data) is None and event.data["offer"]["state"] != "EMPTY":
            by_slot.setdefault(int(event.data["slot"]), []).append(event)
    offers: list[list[dict[str, Any]]] = []
    for series in by_slot.values():
        series.sort(
            key=lambda event: (
                *event.place,
                event.timestamp,
                event.tick,
                int(event.data["offer"]["quantitySold"]),
                event.data["offer"]["state"] not in UNFINISHED,
                id_order(event.id),
            )
        )
        previous: dict[str, Any] | None = None
        for event in series:
            state = dict(event.data["offer"])
            if previous is None or is_new_offer(previous, state):
                offers.append([])
            offers[-1].append(state)
            previous = state
    return offers


def is_new_offer(previous: dict[str, Any], state: dict[str, Any]) -> bool:
    """Whether a slot's state belongs to another offer than the state before it."""
    return (
        (previous["state"] in BUYING_SIDE) != (state["state"] in BUYING_SIDE)
        or any(int(previous[field]) != int(state[field]) for field in ("itemId", "totalQuantity", "price"))
        or int(state["quantitySold"]) < int(previous["quantitySold"])
        or (state["state"] in UNFINISHED and previous["state"] not in UNFINISHED)
    )


def exchange(events: list[Event]) -> dict[str, Any]:
    """Each offer counts by its last state. Items that were traded are listed, the most traded first."""
    spent, earned = [], []
    bought: Counter[int] = Counter()
    sold: Counter[int] = Counter()
    filled = 0
    for offer in offers_of(events):
        last = offer[-1]
        item, quantity = int(last["itemId"]), int(last["quantitySold"])
        filled += any(state["state"] in FILLED for state in offer)
        if last["state"] in BUYING_SIDE:
            spent.append(int(last["spent"]))
            bought[item] += quantity
        else:
            earned.append(int(last["spent"]))
            sold[item] += quantity
    traded = [(item, min(bought[item], MAX_SUM), min(sold[item], MAX_SUM)) for item in bought + sold]
    traded.sort(key=lambda row: (-(row[1] + row[2]), row[0]))
    return {
        "spent": total(spent),
        "earned": total(earned),
        "offers_filled": filled,
        "items": [{"item_id": i, "name": None, "bought": b, "sold": s} for i, b, s in traded],
    }
