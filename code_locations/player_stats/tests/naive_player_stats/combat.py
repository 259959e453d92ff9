"""Combat: loot, deaths and damage, from one player's loot, death and hitsplat events of the whole period."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from naive_player_stats.events import Event, by_session, joined
from naive_player_stats.fields import invalid_damage, invalid_deaths, invalid_location, invalid_loot
from naive_player_stats.ticks import most_first, place_name
from naive_player_stats.values import MAX_SUM, integer, name_key, shown_name, total

SAME_DEATH_TICKS = 10
NO_DAMAGE_TYPES = frozenset((4, 6, 60))  # disease, heals, prayer drain


def is_player(actor: Mapping[str, Any], player_key: str) -> bool:
    """Whether an actor has the player's name (without markup, normalised) and a type that is 2, missing or null."""
    kind = actor.get("type")
    return name_key(shown_name(actor.get("name"))) == player_key and (kind is None or integer(kind) == 2)


def loot(events: list[Event]) -> dict[str, Any]:
    """Loot drops by mob (name and combat level), most first; ties by name, then level."""
    valid = [event.data for event in events if invalid_loot(event.data) is None]
    drops = [data for data in valid if int(data["actor"]["type"]) == 1]
    by_mob: dict[tuple[str, int], list[Mapping[str, Any]]] = {}
    for data in drops:
        mob = (str(shown_name(data["actor"]["name"])), int(data["actor"]["combatLevel"]))
        by_mob.setdefault(mob, []).append(data)
    mobs = []
    for (name, level), kills in most_first({mob: len(datas) for mob, datas in by_mob.items()}):
        datas = by_mob[name, level]
        quantities: Counter[int] = Counter()
        for item in (item for data in datas for item in data["items"]):
            quantities[int(item["id"])] += int(item["quantity"])
        held = {item: min(quantity, MAX_SUM) for item, quantity in quantities.items()}
        mobs.append(
            {
                "name": name,
                "combat_level": level,
                "npc_ids": sorted({int(data["actor"]["id"]) for data in datas}),
                "kills": kills,
                "items": [{"item_id": i, "name": None, "quantity": n} for i, n in most_first(held)],
            }
        )
    players = sum(1 for data in valid if int(data["actor"]["type"]) == 2)
    return {"kills": len(drops), "mobs": mobs, "players_looted": players}


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
