"""Offers on the Grand Exchange, and what many of them add up to, each by its last state.

Which states are one offer is the exchange family's rule.
"""

from collections.abc import Iterable
from typing import TypedDict

from player_stats.domain.mappings import add_rows
from player_stats.domain.values import saturated


class FirstState(TypedDict):
    """An offer's first state."""

    quantity: int
    open: bool


class LastState(FirstState):
    """An offer's last state."""

    spent: int


class Offer(TypedDict):
    """An offer, whose amounts are items and coins."""

    buying: bool
    item: int
    total: int
    price: int
    first: FirstState
    last: LastState
    filled: bool


class TradedItem(TypedDict):
    """How many of an item were traded."""

    item: int
    bought: int
    sold: int


class Totals(TypedDict):
    """Offers added up, each by its last state."""

    spent: int
    earned: int
    filled: int
    items: list[TradedItem]
    """Sorted by item."""


def add_totals(closed: Totals, offers: Iterable[Offer]) -> Totals:
    """Add offers to totals, each by its last state."""
    totals: Totals = {"spent": 0, "earned": 0, "filled": 0, "items": []}
    for offer in offers:
        item, last, buying = offer["item"], offer["last"], offer["buying"]
        totals["filled"] += offer["filled"]
        totals["spent" if buying else "earned"] += last["spent"]
        if last["quantity"]:
            bought, sold = (last["quantity"], 0) if buying else (0, last["quantity"])
            totals["items"].append({"item": item, "bought": bought, "sold": sold})
    return merged_totals(closed, totals)


def merged_totals(a: Totals, b: Totals) -> Totals:
    """Add the totals of two spans."""
    return {
        "spent": saturated(a["spent"] + b["spent"]),
        "earned": saturated(a["earned"] + b["earned"]),
        "filled": saturated(a["filled"] + b["filled"]),
        "items": add_rows(a["items"], b["items"], ("item",), ("bought", "sold")),
    }
