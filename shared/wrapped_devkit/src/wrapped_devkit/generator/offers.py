"""A player's Grand Exchange slots: offers that fill over days, and what a login sends about them.

Belongs here: the states of offers, in the client's cumulative terms. `player` decides when they are sent.
"""

import random
from dataclasses import dataclass, replace
from typing import Any

from wrapped_devkit.generator.catalogue import GOODS

SLOTS = 8
EMPTY: dict[str, Any] = {
    "state": "EMPTY", "itemId": 0, "price": 0, "totalQuantity": 0, "quantitySold": 0, "spent": 0, "ar": 0,
}  # fmt: skip


@dataclass(frozen=True)
class Offer:
    """One offer; `sold` and `spent` are totals since it was placed."""

    buying: bool
    item: int
    price: int
    total: int
    sold: int = 0
    spent: int = 0
    cancelled: bool = False

    @property
    def finished(self) -> bool:
        """Filled or cancelled: it is only waiting to be collected."""
        return self.cancelled or self.sold == self.total

    def as_sent(self) -> dict[str, Any]:
        """The offer as the client sends it."""
        if self.cancelled:
            state = "CANCELLED_BUY" if self.buying else "CANCELLED_SELL"
        elif self.sold == self.total:
            state = "BOUGHT" if self.buying else "SOLD"
        else:
            state = "BUYING" if self.buying else "SELLING"
        return {
            "state": state,
            "itemId": self.item,
            "price": self.price,
            "totalQuantity": self.total,
            "quantitySold": self.sold,
            "spent": self.spent,
            "ar": 0,
        }


class Exchange:
    """The eight slots of one player."""

    def __init__(self) -> None:
        self.slots: list[Offer | None] = [None] * SLOTS

    def step(self, rng: random.Random) -> dict[str, Any]:
        """A change in one slot: an offer is placed, fills further, is cancelled or collected."""
        slot = rng.randrange(4)
        offer = self.slots[slot]
        if offer is None:
            item, price = GOODS[rng.randrange(len(GOODS))]
            total = 1 if price > 1_000_000 else rng.randrange(50, 2000)
            self.slots[slot] = Offer(rng.random() < 0.5, item, price, total)
        elif offer.finished:
            self.slots[slot] = None
        elif rng.random() < 0.05:
            self.slots[slot] = replace(offer, cancelled=True)
        else:
            self.slots[slot] = _filled_further(offer, rng)
        return self.sent(slot)

    def sent(self, slot: int) -> dict[str, Any]:
        """The `data` of an event about a slot."""
        offer = self.slots[slot]
        return {"slot": slot, "offer": dict(EMPTY) if offer is None else offer.as_sent()}

    def at_login(self, rng: random.Random) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """What a login sends at once, with false EMPTYs, and what it sends again one tick later.

        Half of the offers have filled further in the meantime.
        """
        first, again = [], []
        for slot, offer in enumerate(self.slots):
            if offer is None:
                first.append(self.sent(slot))
                continue
            if not offer.finished and rng.random() < 0.5:
                self.slots[slot] = _filled_further(offer, rng)
            first.append({"slot": slot, "offer": dict(EMPTY)})
            first.append(self.sent(slot))
            again.append(self.sent(slot))
        return first, again


def _filled_further(offer: Offer, rng: random.Random) -> Offer:
    """The offer with some more items traded, at its price or slightly better."""
    pieces = min(offer.total - offer.sold, 1 + rng.randrange(1 + offer.total // 5))
    each = offer.price - offer.price * rng.randrange(3) // 100
    return replace(offer, sold=offer.sold + pieces, spent=offer.spent + pieces * each)
