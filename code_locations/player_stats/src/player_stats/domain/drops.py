"""The items that mobs dropped: how many, the most in one drop, and what they were worth.

Prices are those of the month of the drop, so whole months are valued, and years add their months. Which events are
drops, and what a report shows of them, is in `player_stats.domain.families.loot`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NotRequired, TypedDict

from wrapped_shared.mob_kills import Killed, mobs_by_kills

from player_stats.domain.mappings import merge_rows, summed
from player_stats.domain.prices import Prices
from player_stats.domain.values import saturated


class Stack(TypedDict):
    """An item and how many there were."""

    item: int
    quantity: int
    most: NotRequired[int | None]
    """The greatest quantity in one drop; None if unknown. Absent once the month is valued."""
    value: NotRequired[int]
    """In coins, once the month is valued; absent if the item has no price."""


class TopDrop(TypedDict):
    """The drop of one item that was worth most."""

    item: int
    quantity: int
    value: int
    name: str
    level: int
    month: str


class MobSummary(TypedDict):
    """Drops of one mob."""

    name: str
    level: int
    npc_ids: list[int]
    kills: int
    items: list[Stack]
    """Sorted by item."""


def add_mobs(a: MobSummary, b: MobSummary) -> MobSummary:
    """Add the drops of one mob in two spans."""
    return {
        **b,
        "npc_ids": sorted({*a["npc_ids"], *b["npc_ids"]}),
        "kills": a["kills"] + b["kills"],
        "items": merge_rows(a["items"], b["items"], ("item",), _add_stacks),
    }


def _add_stacks(a: Stack, b: Stack) -> Stack:
    both: Stack = {"item": a["item"], "quantity": saturated(a["quantity"] + b["quantity"])}
    if "most" in a and "most" in b:
        both["most"] = max((most for most in (a["most"], b["most"]) if most is not None), default=None)
    value = known_total(stack.get("value") for stack in (a, b))
    return both if value is None else {**both, "value": value}


def known_total(values: Iterable[int | None]) -> int | None:
    """Add the values that are known; None if none is."""
    known = [value for value in values if value is not None]
    return saturated(sum(known)) if known else None


def worth_most(drop: TopDrop) -> tuple[int, str, int, str, int]:
    """Return the key by which the best drop is the smallest."""
    return -drop["value"], drop["month"], drop["item"], drop["name"], drop["level"]


def valued_mobs(mobs: Iterable[MobSummary], month: str, prices: Prices) -> tuple[list[MobSummary], TopDrop | None]:
    """Return the mobs of a month with the values of their items, and the best drop, if any item has a price."""
    found: list[MobSummary] = []
    drops: list[TopDrop] = []
    for mob in mobs:
        items: list[Stack] = []
        for stack in mob["items"]:
            item, price = stack["item"], prices.of(stack["item"], month)
            items.append({"item": item, "quantity": stack["quantity"]})
            if price is None:
                continue
            items[-1]["value"] = saturated(stack["quantity"] * price)
            most = stack.get("most")
            if most is not None:
                drops.append({
                    "item": item, "quantity": most, "value": saturated(most * price),
                    "name": mob["name"], "level": mob["level"], "month": month,
                })  # fmt: skip
        found.append({**mob, "items": items})
    return found, min(drops, key=worth_most, default=None)


def kills_by_name(mobs: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Return the kills of a report's mobs by name, added up over their combat levels; names in order."""
    kills = summed((mob["name"], mob["kills"]) for mob in mobs)
    return {name: kills[name] for name in sorted(kills)}


def mobs_killed(mobs: Iterable[Mapping[str, Any]]) -> list[Killed]:
    """Return a report's mobs, each over its combat levels, those with most kills first."""
    return mobs_by_kills((mob["name"], mob["combat_level"], mob["kills"]) for mob in mobs)
