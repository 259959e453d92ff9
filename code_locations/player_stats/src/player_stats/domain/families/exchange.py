"""Grand Exchange: coins spent and earned, offers filled, items bought and sold.

`quantitySold` and `spent` are cumulative, and the client repeats the state of every slot at each login: so states
are gathered into offers, and an offer counts by its last state, whole.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import polars as pl

from player_stats.domain.mappings import add_rows
from player_stats.domain.values import saturated

Summary = dict[str, Any]
Offer = dict[str, Any]
"""{buying, item, total, price, first: {quantity, open}, last: {quantity, spent, open}, filled}; coins and pieces."""

STATES: Final = ("EMPTY", "BUYING", "BOUGHT", "CANCELLED_BUY", "SELLING", "SOLD", "CANCELLED_SELL")
BUYING_STATES: Final = ("BUYING", "BOUGHT", "CANCELLED_BUY")
OPEN_STATES: Final = ("BUYING", "SELLING")
FILLED_STATES: Final = ("BOUGHT", "SOLD")
_TERMS: Final = ("buying", "item", "total", "price")


def empty() -> Summary:
    """Return the summary of no offers."""
    return {"slots": [], "closed": {"spent": 0, "earned": 0, "filled": 0, "items": []}}


def summarise(states: pl.DataFrame) -> dict[int, Summary]:
    """Summarise many players' offers.

    Args:
        states: rows with `player`, `at` (ms), `tick`, `order` (among equals), `slot`, `state` (EMPTY ones are
            ignored: the client also sends them falsely), `item`, `price`, `total`, `quantity`, `spent`.

    Returns:
        For each player {slots: [{slot, first: Offer, last: Offer | None (the same)}], closed (totals of the offers
        between a slot's first and last): {spent, earned, filled, items: [{item, bought, sold}]}}.
    """
    summaries: dict[int, Summary] = defaultdict(empty)
    finished: dict[int, list[Offer]] = {}
    slots: dict[tuple[int, int], list[Offer]] = {}
    for row in _offers(states).iter_rows(named=True):
        slots.setdefault((row["player"], row["slot"]), []).append(
            {name: row[name] for name in _TERMS}
            | {
                "first": {"quantity": row["first_quantity"], "open": row["first_open"]},
                "last": {"quantity": row["last_quantity"], "spent": row["spent"], "open": row["last_open"]},
                "filled": row["filled"],
            }
        )
    for (player, slot), offers in slots.items():
        summaries[player]["slots"].append(_slot(slot, offers))
        finished.setdefault(player, []).extend(offers[1:-1])
    for player, summary in summaries.items():
        summary["slots"].sort(key=lambda row: row["slot"])
        if finished[player]:
            summary["closed"] = add_totals(summary["closed"], finished[player])
    return summaries


def merge(earlier: Summary, later: Summary) -> Summary:
    """Merge two adjacent stretches: an offer that goes on over the cut is one offer."""
    finished: list[Offer] = []
    slots = {row["slot"]: row for row in earlier["slots"]}
    for after in later["slots"]:
        before = slots.get(after["slot"])
        if before is None:
            slots[after["slot"]] = after
            continue
        left, right = _ends(before), _ends(after)
        if _goes_on(left[-1], after["first"]):
            chain = [*left[:-1], _join(left[-1], after["first"]), *right[1:]]
        else:
            chain = [*left, *right]
        finished += chain[1:-1]
        slots[after["slot"]] = _slot(after["slot"], chain)
    closed = add_totals(_add_closed(earlier["closed"], later["closed"]), finished)
    return {"slots": [slots[slot] for slot in sorted(slots)], "closed": closed}


def items(summary: Summary) -> set[int]:
    """Return the items of all offers, those of which nothing was traded included."""
    offered = {offer["item"] for row in summary["slots"] for offer in _ends(row)}
    return offered.union(row["item"] for row in summary["closed"]["items"])


def totals(summary: Summary) -> dict[str, Any]:
    """Return {spent, earned, filled, items: [{item, bought, sold}]} over all offers; only items that were traded."""
    return add_totals(summary["closed"], [offer for row in summary["slots"] for offer in _ends(row)])


def add_totals(closed: dict[str, Any], offers: Iterable[Offer]) -> dict[str, Any]:
    """Add offers, each by its last state, to totals."""
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


def _add_closed(a: dict[str, Any], b: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: saturated(a[name] + b[name]) for name in ("spent", "earned", "filled")},
        "items": add_rows(a["items"], b["items"], ("item",), ("bought", "sold")),
    }


def _slot(slot: int, offers: list[Offer]) -> dict[str, Any]:
    return {"slot": slot, "first": offers[0], "last": offers[-1] if len(offers) > 1 else None}


def _ends(row: dict[str, Any]) -> list[Offer]:
    return [row["first"]] if row["last"] is None else [row["first"], row["last"]]


def _goes_on(before: Offer, after: Offer) -> bool:
    """Whether the first state of `after` belongs to the offer `before`."""
    return (
        all(before[name] == after[name] for name in _TERMS)
        and bool(after["first"]["quantity"] >= before["last"]["quantity"])
        and not (after["first"]["open"] and not before["last"]["open"])
    )


def _join(before: Offer, after: Offer) -> Offer:
    return {**after, "first": before["first"], "filled": before["filled"] or after["filled"]}


def _offers(states: pl.DataFrame) -> pl.DataFrame:
    """One row an offer, in the order of the offers of each slot."""
    named = states.filter(pl.col("state") != "EMPTY").with_columns(
        pl.col("state").is_in(BUYING_STATES).alias("buying"),
        pl.col("state").is_in(OPEN_STATES).alias("open"),
    )
    ordered = named.sort(
        ["player", "slot", "at", "tick", "quantity", "open", "order"],
        descending=[False, False, False, False, False, True, False],
    )
    same_slot = (pl.col("player") == pl.col("player").shift(1)) & (pl.col("slot") == pl.col("slot").shift(1))
    same_terms = pl.all_horizontal([pl.col(name) == pl.col(name).shift(1) for name in _TERMS])
    goes_on = (
        same_slot
        & same_terms
        & (pl.col("quantity") >= pl.col("quantity").shift(1))
        & ~(pl.col("open") & ~pl.col("open").shift(1))
    ).fill_null(False)
    return (
        ordered.with_columns((~goes_on).cum_sum().alias("offer"))
        .group_by("player", "slot", "offer", maintain_order=True)
        .agg(
            *[pl.col(name).first() for name in _TERMS],
            pl.col("quantity").first().alias("first_quantity"),
            pl.col("open").first().alias("first_open"),
            pl.col("quantity").last().alias("last_quantity"),
            pl.col("spent").last(),
            pl.col("open").last().alias("last_open"),
            pl.col("state").is_in(FILLED_STATES).any().alias("filled"),
        )
    )
