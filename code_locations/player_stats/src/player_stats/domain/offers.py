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
    spent, earned, filled = closed["spent"], closed["earned"], closed["filled"]
    bought = {row["item"]: row["bought"] for row in closed["items"]}
    sold = {row["item"]: row["sold"] for row in closed["items"]}
    for offer in offers:
        item, last = offer["item"], offer["last"]
        filled += offer["filled"]
        if offer["buying"]:
            spent += last["spent"]
            bought[item] = bought.get(item, 0) + last["quantity"]
        else:
            earned += last["spent"]
            sold[item] = sold.get(item, 0) + last["quantity"]
    traded = [(item, bought.get(item, 0), sold.get(item, 0)) for item in sorted(bought.keys() | sold.keys())]
    return {
        "spent": saturated(spent),
        "earned": saturated(earned),
        "filled": saturated(filled),
        "items": [
            {"item": item, "bought": saturated(got), "sold": saturated(given)}
            for item, got, given in traded
            if got or given
        ],
    }


def merged_totals(a: Totals, b: Totals) -> Totals:
    """Add the totals of two spans."""
    return {
        "spent": saturated(a["spent"] + b["spent"]),
        "earned": saturated(a["earned"] + b["earned"]),
        "filled": saturated(a["filled"] + b["filled"]),
        "items": add_rows(a["items"], b["items"], ("item",), ("bought", "sold")),
    }
