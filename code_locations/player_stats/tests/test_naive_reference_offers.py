"""The naive reference on tiny cases worked out by hand: offers of the Grand Exchange."""

from typing import Any

import pytest
from report_by_hand import report
from telemetry_documents import Telemetry

HOUR = 3_600_000


def test_an_offer_counts_once_by_its_last_state() -> None:
    told = Telemetry()
    told.offer("BUYING", 0, 0, 0)
    told.offer("EMPTY", 0, 0, 1, itemId=0, price=0, totalQuantity=0)
    told.offer("BUYING", 4, 380, 2)
    told.offer("BUYING", 4, 380, 26 * HOUR, sessionId="next day")
    told.offer("BOUGHT", 10, 950, 27 * HOUR)
    told.offer("SELLING", 2, 250, 0, slot=1, price=120)
    told.offer("CANCELLED_SELL", 3, 375, 5, slot=1, price=120)
    exchange = report(told)["exchange"]
    assert exchange == {
        "spent": 950,
        "earned": 375,
        "offers_filled": 1,
        "items": [{"item_id": 4151, "name": None, "bought": 10, "sold": 3}],
    }


@pytest.mark.parametrize(
    ("then", "offers"),
    [
        ({"state": "BUYING", "sold": 5, "spent": 500}, 1),
        ({"state": "BOUGHT", "sold": 5, "spent": 500}, 1),
        ({"state": "CANCELLED_BUY", "sold": 5, "spent": 500}, 1),
        ({"state": "BUYING", "sold": 4, "spent": 500}, 2),
        ({"state": "SELLING", "sold": 5, "spent": 500}, 2),
        ({"state": "BUYING", "sold": 5, "spent": 500, "itemId": 1}, 2),
        ({"state": "BUYING", "sold": 5, "spent": 500, "price": 1}, 2),
        ({"state": "BUYING", "sold": 5, "spent": 500, "totalQuantity": 11}, 2),
    ],
)
def test_what_ends_an_offer(then: dict[str, Any], offers: int) -> None:
    told = Telemetry()
    told.offer("BUYING", 5, 500, 0)
    told.offer(after=1, **then)
    exchange = report(told)["exchange"]
    assert exchange["spent"] + exchange["earned"] == 500 * offers


def test_items_that_were_offered_and_not_traded_are_not_listed() -> None:
    told = Telemetry()
    told.offer("BUYING", 0, 0, 0)
    told.offer("CANCELLED_BUY", 0, 0, 1)
    told.offer("SOLD", 10, 900, 2, itemId=2)
    exchange = report(told)["exchange"]
    assert exchange["items"] == [{"item_id": 2, "name": None, "bought": 0, "sold": 10}]


def test_a_finished_offer_ends_with_the_next_placed_one_only() -> None:
    told = Telemetry()
    told.offer("BOUGHT", 10, 1000, 0)
    told.offer("BOUGHT", 10, 1000, 1)
    told.offer("BUYING", 10, 1000, 2)
    told.offer("CANCELLED_BUY", 10, 1000, 3)
    exchange = report(told)["exchange"]
    assert (exchange["spent"], exchange["offers_filled"]) == (2000, 1)


def test_states_of_one_instant_are_ordered_by_quantity_and_unfinished_first() -> None:
    told = Telemetry()
    told.offer("BOUGHT", 10, 1000)
    told.offer("BUYING", 10, 1000)
    told.offer("BUYING", 3, 300)
    exchange = report(told)["exchange"]
    assert (exchange["spent"], exchange["offers_filled"]) == (1000, 1)


def test_the_first_bad_field_of_an_offer_is_its_reason() -> None:
    told = Telemetry()
    told.offer("BUYING", slot=-1)
    told.add("grand_exchange_offer_changed", {"slot": 0, "offer": []})
    told.offer("buying", itemId="1")
    told.offer("buying", price=-1)
    told.offer("buying", totalQuantity=None)
    told.offer("buying", 2**53)
    told.offer("buying", 1, True)
    told.offer("buying", 1, 1)
    told.offer(["BUYING"], 1, 1)
    assert report(told)["quality"]["events_left_out"] == {
        "exchange.slot": 1,
        "exchange.offer": 1,
        "exchange.offer.itemId": 1,
        "exchange.offer.price": 1,
        "exchange.offer.totalQuantity": 1,
        "exchange.offer.quantitySold": 1,
        "exchange.offer.spent": 1,
        "exchange.offer.state": 2,
    }
