"""Combat: loot, deaths and damage, from one player's loot, death and hitsplat events of the whole period."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from naive_player_stats.events import Event, by_session, joined
from naive_player_stats.fields import invalid_damage, invalid_deaths, invalid_location, invalid_loot
from naive_player_stats.ticks import most_first, place_name
from naive_player_stats.values import MAX_SUM, integer, name_key, shown_name, total

MonthPrices = Mapping[str, Mapping[int, int]]
"""Coins by month `YYYY-MM` and item id."""
SAME_DEATH_TICKS = 10
NO_DAMAGE_TYPES = frozenset((4, 6, 60))  # disease, heals, prayer drain


def is_player(actor: Mapping[str, Any], player_key: str) -> bool:
    """Whether an actor has the player's name (without markup, normalised) and a type that is 2, missing or null."""
    kind = actor.get("type")
    return name_key(shown_name(actor.get("name"))) == player_key and (kind is None or integer(kind) == 2)


def loot(events: list[Event], prices: MonthPrices, bases: Mapping[int, int]) -> dict[str, Any]:
    """Loot drops by mob (name and combat level), and what they were worth.

    Mobs are listed by value, those without one last, by kills, name and level; items likewise, by quantity and id.
    """
    valid = [event for event in events if invalid_loot(event.data) is None]
    drops = [event for event in valid if int(event.data["actor"]["type"]) == 1]
    by_mob: dict[tuple[str, int], list[Event]] = {}
    for event in drops:
        by_mob.setdefault(mob_of(event), []).append(event)
    mobs = []
    for (name, level), events_of_mob in by_mob.items():
        quantities: Counter[int] = Counter()
        worth: dict[int, list[int]] = {}
        for event in events_of_mob:
            for item in event.data["items"]:
                number, quantity = int(item["id"]), int(item["quantity"])
                quantities[number] += quantity
                price = price_of(number, event.day[:7], prices, bases)
                if price is not None:
                    worth.setdefault(number, []).append(quantity * price)
        items = [
            {"item_id": i, "name": None, "quantity": min(n, MAX_SUM), "value": total(worth[i]) if i in worth else None}
            for i, n in quantities.items()
        ]
        mobs.append(
            {
                "name": name,
                "combat_level": level,
                "npc_ids": sorted({int(event.data["actor"]["id"]) for event in events_of_mob}),
                "kills": len(events_of_mob),
                "value": known_total(item["value"] for item in items),
                "items": sorted(items, key=lambda item: (*dearest(item), -item["quantity"], item["item_id"])),
            }
        )
    return {
        "kills": len(drops),
        "value": known_total(mob["value"] for mob in mobs),
        "best_drop": best_drop(drops, prices, bases),
        "mobs": sorted(mobs, key=lambda mob: (*dearest(mob), -mob["kills"], mob["name"], mob["combat_level"])),
        "players_looted": sum(1 for event in valid if int(event.data["actor"]["type"]) == 2),
    }


def mob_of(drop: Event) -> tuple[str, int]:
    """The mob of a drop: its name as shown, and its combat level."""
    return str(shown_name(drop.data["actor"]["name"])), int(drop.data["actor"]["combatLevel"])


def known_total(values: Iterable[int | None]) -> int | None:
    """The sum of the values that are known; None if none is."""
    known = [value for value in values if value is not None]
    return total(known) if known else None


def dearest(row: Mapping[str, Any]) -> tuple[int, int]:
    """The order by value: the greatest first, rows without one last."""
    return (1, 0) if row["value"] is None else (0, -row["value"])


def price_of(item: int, month: str, prices: MonthPrices, bases: Mapping[int, int]) -> int | None:
    """The price of an item in a month: that of its base item there, else in the nearest earlier, else later month."""
    base = bases.get(item, item)
    if base == 995:
        return 1
    if base == 13204:
        return 1000
    having = sorted(one for one in prices if base in prices[one])
    for one in [*reversed([one for one in having if one <= month]), *having]:
        return prices[one][base]
    return None


def best_drop(drops: list[Event], prices: MonthPrices, bases: Mapping[int, int]) -> dict[str, Any] | None:
    """The item of one drop, its stacks added, that was worth most; ties: earlier month, smaller item, name, level."""
    found = []
    for drop in drops:
        month, (name, level) = drop.day[:7], mob_of(drop)
        for item in {int(stack["id"]) for stack in drop.data["items"]}:
            price = price_of(item, month, prices, bases)
            if price is None:
                continue
            quantity = total(int(stack["quantity"]) for stack in drop.data["items"] if int(stack["id"]) == item)
            found.append((-min(quantity * price, MAX_SUM), month, item, name, level, -quantity))
    if not found:
        return None
    value, month, item, name, level, quantity = min(found)
    return {
        "item_id": item, "name": None, "quantity": -quantity, "value": -value,
        "mob": name, "combat_level": level, "month": month,
    }  # fmt: skip


def deaths(events: list[Event], region_names: Mapping[int, str]) -> dict[str, Any]:
    """The player's deaths by place.

    An event that is joined to the previous death event of its session and 0 to 9 ticks after it (not after the first
    of a chain) is the same death, whose place is that of the first event.
    """
    own = [e for e in events if invalid_deaths(e.data) is None and is_player(e.data, e.player_key)]
    counts: Counter[str] = Counter()
    for session in by_session(own):
        for index, event in enumerate(session):
            if index > 0:
                before = session[index - 1]
                if joined(before, event) and 0 <= event.tick - before.tick < SAME_DEATH_TICKS:
                    continue
            valid = invalid_location(event.data) is None
            counts[place_name(event.data, region_names) if valid else "Unknown"] += 1
    return {
        "count": sum(counts.values()),
        "places": [{"name": name, "count": n} for name, n in most_first(counts)],
    }


def damage(events: list[Event]) -> dict[str, Any]:
    """The player's own hitsplats on others, and all on the player; heals and drains do not count."""
    dealt, taken = [], []
    for event in events:
        if invalid_damage(event.data) is not None:
            continue
        hitsplat = event.data["hitsplat"]
        if int(hitsplat["hitsplatType"]) in NO_DAMAGE_TYPES:
            continue
        if is_player(event.data["actor"], event.player_key):
            taken.append(int(hitsplat["amount"]))
        elif hitsplat.get("mine") is True:
            dealt.append(int(hitsplat["amount"]))
    return {"dealt": total(dealt), "taken": total(taken), "biggest_hit": max(dealt, default=0)}
