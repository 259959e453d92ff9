"""Grand Exchange: coins spent and earned, offers filled, items bought and sold.

`quantitySold` and `spent` are cumulative, and the client repeats the state of every slot at each login. States are
therefore grouped into offers, and an offer counts by its last state.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import reduce
from itertools import groupby
from operator import and_, itemgetter
from typing import Final, TypedDict, get_args

import numpy as np
import polars as pl
from wrapped_shared.collections import GRAND_EXCHANGE_OFFER_CHANGED
from wrapped_shared.stored.report_sections import Exchange
from wrapped_shared.stored.reports import Slide
from wrapped_shared.vocabulary import OfferState
from wrapped_shared.words import counted

from player_stats.domain.batch import Batch, Codebook, Columns, integers, objects, texts_where, where
from player_stats.domain.edges import Operand
from player_stats.domain.events import column
from player_stats.domain.family import Family, ItemNames, Stat, slide
from player_stats.domain.frames import before, unchanged
from player_stats.domain.offers import FirstState, Offer, Totals, add_totals, merged_totals
from player_stats.domain.values import is_text


class SlotOffers(TypedDict):
    """A slot's first and last offer."""

    slot: int
    first: Offer
    last: Offer | None
    """None if it is the first."""


class Summary(TypedDict):
    """The offers of a span."""

    slots: list[SlotOffers]
    """Sorted by slot."""
    closed: Totals
    """Of the offers between a slot's first and last."""


BUYING_STATES: Final = ("BUYING", "BOUGHT", "CANCELLED_BUY")
OPEN_STATES: Final = ("BUYING", "SELLING")
FILLED_STATES: Final = ("BOUGHT", "SOLD")
_STATES: Final = frozenset(get_args(OfferState))
_TERMS: Final = ("buying", "item", "total", "price")
_COLUMNS: Final = {
    "item": "itemId", "price": "price", "total": "totalQuantity", "quantity": "quantitySold", "spent": "spent",
}  # fmt: skip


class Statistics(Family[Summary, Exchange]):
    """The family `exchange`."""

    name = "exchange"
    collection = GRAND_EXCHANGE_OFFER_CHANGED
    stats = (Stat("exchange.earned", ("earned",)),)

    def empty(self) -> Summary:
        """Return the summary of no offers."""
        return {"slots": [], "closed": {"spent": 0, "earned": 0, "filled": 0, "items": []}}

    def read(self, batch: Batch) -> Columns:
        """Read `slot` (null where invalid), `state`, `item`, `price`, `total`, `quantity`, `spent`, `order`."""
        slot, valid_slot = integers(batch.data, "slot", 0)
        offers, has_offer = objects(batch.field("offer"))
        states = column(offers, "state")
        known = [is_text(state) and state in _STATES for state in states]
        numbers = {name: integers(offers, field, 0) for name, field in _COLUMNS.items()}
        rules = [("slot", valid_slot), ("offer", has_offer)]
        rules += [(f"offer.{field}", numbers[name][1]) for name, field in _COLUMNS.items()]
        rules += [("offer.state", np.array(known, dtype=np.bool_))]
        valid = batch.check("exchange", rules)
        return {
            "slot": where(valid, slot),
            "state": texts_where(known, states),
            "order": batch.id_ranks(valid),
            **{name: values for name, (values, _) in numbers.items()},
        }

    def summarise(self, states: pl.DataFrame, _: Codebook) -> dict[int, Summary]:
        """Group the states of many players into offers.

        EMPTY states, which the client also sends wrongly, are ignored.
        """
        summaries: dict[int, Summary] = defaultdict(self.empty)
        finished: dict[int, list[Offer]] = defaultdict(list)
        for (player, slot), rows in groupby(_offers(states).iter_rows(), itemgetter(0, 1)):
            offers = [offer for _, _, offer in rows]
            summaries[player]["slots"].append(_slot(slot, offers))
            finished[player] += offers[1:-1]
        for player, summary in summaries.items():
            summary["closed"] = add_totals(summary["closed"], finished[player])
        return summaries

    def merge(self, earlier: Summary, later: Summary) -> Summary:
        """Merge two adjacent spans: an offer that continues across the cut is one offer."""
        finished: list[Offer] = []
        slots = {row["slot"]: row for row in earlier["slots"]}
        for after in later["slots"]:
            before = slots.get(after["slot"])
            if before is None:
                slots[after["slot"]] = after
                continue
            left, right = _ends(before), _ends(after)
            if continues(_state(left[-1], left[-1]["last"]), _state(after["first"], after["first"]["first"])):
                chain = [*left[:-1], _join(left[-1], after["first"]), *right[1:]]
            else:
                chain = [*left, *right]
            finished += chain[1:-1]
            slots[after["slot"]] = _slot(after["slot"], chain)
        closed = add_totals(merged_totals(earlier["closed"], later["closed"]), finished)
        return {"slots": [slots[slot] for slot in sorted(slots)], "closed": closed}

    def item_ids(self, summary: Summary) -> set[int]:
        """Return the items of all offers, traded or not."""
        offered = {offer["item"] for row in summary["slots"] for offer in _ends(row)}
        return offered.union(row["item"] for row in summary["closed"]["items"])

    def section(self, summary: Summary, items: ItemNames) -> Exchange:
        """Return the section of the report, with the most traded items first."""
        total = totals(summary)
        traded = sorted(total["items"], key=lambda row: (-(row["bought"] + row["sold"]), row["item"]))
        return {
            "spent": total["spent"],
            "earned": total["earned"],
            "offers_filled": total["filled"],
            "items": [
                {"item_id": row["item"], "name": items.get(row["item"]), "bought": row["bought"], "sold": row["sold"]}
                for row in traded
            ],
        }

    def slides(self, exchange: Exchange) -> Iterator[Slide]:
        """Show the coins spent and earned, and the number of offers filled."""
        spent = f"{counted(exchange['spent'], 'coin')} spent" if exchange["spent"] else ""
        earned = f"{counted(exchange['earned'], 'coin')} earned before tax" if exchange["earned"] else ""
        if spent or earned:
            filled = f", {counted(exchange['offers_filled'], 'offer')} filled" if exchange["offers_filled"] else ""
            text = f"{' and '.join(filter(None, (spent, earned)))} on the Grand Exchange{filled}."
            yield slide("exchange", "Grand Exchange", text, exchange["earned"])


def continues(before: Mapping[str, Operand], after: Mapping[str, Operand]) -> Operand:
    """Whether a slot's state belongs to the same offer as the state before, each with terms, `quantity` and `open`.

    The terms are equal, the quantity did not decrease, and a closed offer did not open again.
    """
    same_terms = reduce(and_, (after[name] == before[name] for name in _TERMS))
    return same_terms & (after["quantity"] >= before["quantity"]) & (after["open"] <= before["open"])


def totals(summary: Summary) -> Totals:
    """Return the totals of all offers, with the items that were traded."""
    return add_totals(summary["closed"], [offer for row in summary["slots"] for offer in _ends(row)])


def _slot(slot: int, offers: list[Offer]) -> SlotOffers:
    return {"slot": slot, "first": offers[0], "last": offers[-1] if len(offers) > 1 else None}


def _ends(row: SlotOffers) -> list[Offer]:
    return [row["first"]] if row["last"] is None else [row["first"], row["last"]]


def _state(offer: Offer, state: FirstState) -> Mapping[str, int]:
    """An offer's first or last state, as `continues` takes it."""
    terms = {"buying": offer["buying"], "item": offer["item"], "total": offer["total"], "price": offer["price"]}
    return {**terms, "quantity": state["quantity"], "open": state["open"]}


def _join(before: Offer, after: Offer) -> Offer:
    return {**after, "first": before["first"], "filled": before["filled"] or after["filled"]}


def _offers(states: pl.DataFrame) -> pl.DataFrame:
    """One row per offer: player, slot, offer (as `Offer`); sorted by player and slot, and in order within each slot."""
    named = states.filter(pl.col("slot").is_not_null() & (pl.col("state") != "EMPTY")).with_columns(
        pl.col("state").is_in(BUYING_STATES).alias("buying"),
        pl.col("state").is_in(OPEN_STATES).alias("open"),
    )
    ordered = named.sort(
        ["player", "slot", "at", "tick", "quantity", "open", "order"],
        descending=[False, False, False, False, False, True, False],
    )
    compared = (*_TERMS, "quantity", "open")
    same_offer = continues({name: before(name) for name in compared}, {name: pl.col(name) for name in compared})
    begins = ~(unchanged("player", "slot") & same_offer).fill_null(False)
    return (
        ordered.with_columns(begins.cum_sum().alias("offer"))
        .group_by("player", "slot", "offer", maintain_order=True)
        .agg(
            *[pl.col(name).first() for name in _TERMS],
            pl.struct("quantity", "open").first().alias("first"),
            pl.struct("quantity", "spent", "open").last().alias("last"),
            pl.col("state").is_in(FILLED_STATES).any().alias("filled"),
        )
        .select("player", "slot", pl.struct(*_TERMS, "first", "last", "filled"))
    )
