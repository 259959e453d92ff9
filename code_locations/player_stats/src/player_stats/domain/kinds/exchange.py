"""States of Grand Exchange offers, slot by slot."""

from typing import Final

import numpy as np
import polars as pl

from player_stats.domain.events import Events, column
from player_stats.domain.families import exchange
from player_stats.domain.kinds.base import (
    Kind,
    Soundness,
    Summaries,
    base_columns,
    integers,
    not_negative,
    objects,
)
from player_stats.domain.values import is_text

_STATES: Final = frozenset(exchange.STATES)
_COLUMNS: Final = {
    "item": "itemId", "price": "price", "total": "totalQuantity", "quantity": "quantitySold", "spent": "spent",
}  # fmt: skip


class GrandExchangeOfferChanged(Kind):
    """The collection `grand_exchange_offer_changed`."""

    def frames(self, events: Events, soundness: Soundness) -> tuple[pl.DataFrame, ...]:
        """Read the states of offers."""
        slot, sound_slot = not_negative(integers(events.data, "slot"))
        offers, has_offer = objects(column(events.data, "offer"))
        states = column(offers, "state")
        sound_state = [is_text(state) and state in _STATES for state in states]
        numbers = {name: not_negative(integers(offers, field)) for name, field in _COLUMNS.items()}
        rules = [("slot", sound_slot), ("offer", has_offer)]
        rules += [(f"offer.{field}", numbers[name][1]) for name, field in _COLUMNS.items()]
        rules += [("offer.state", np.array(sound_state, dtype=np.bool_))]
        sound = soundness.check("exchange", rules)
        named = [state if good else None for state, good in zip(states, sound_state, strict=True)]
        frame = pl.DataFrame(
            base_columns(events)
            | {
                "order": self.id_ranks(events, sound),
                "slot": slot,
                "state": pl.Series(named, dtype=pl.String),
                "sound": sound,
            }
            | {name: values for name, (values, _) in numbers.items()}
        )
        return (frame.filter("sound").drop("session", "sound"),)

    def summarise(self, *frames: pl.DataFrame) -> Summaries:
        """Summarise offers."""
        return {"exchange": exchange.summarise(frames[0])}
