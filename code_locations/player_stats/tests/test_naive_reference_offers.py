"""The naive reference on tiny cases calculated by hand: Grand Exchange offers."""

from typing import Any

import pytest
from report_by_hand import report
from telemetry_documents import Telemetry

HOUR = 3_600_000


def test_an_offer_counts_once_by_its_last_state() -> None:
    telemetry = Telemetry()
    telemetry.offer("BUYING", 0, 0, 0)
    telemetry.offer("EMPTY", 0, 0, 1, itemId=0, price=0, totalQuantity=0)
    telemetry.offer("BUYING", 4, 380, 2)
    telemetry.offer("BUYING", 4, 380, 26 * HOUR, sessionId="next day")
    telemetry.offer("BOUGHT", 10, 950, 27 * HOUR)
    telemetry.offer("SELLING", 2, 250, 0, slot=1, price=120)
    telemetry.offer("CANCELLED_SELL", 3, 375, 5, slot=1, price=120)
    exchange = report(telemetry)["exchange"]
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
def test_a_different_offer_begins_when_terms_quantity_or_state_cannot_continue(
    then: dict[str, Any], offers: int
) -> None:
    telemetry = Telemetry()
    telemetry.offer("BUYING", 5, 500, 0)
    telemetry.offer(after=1, **then)
    exchange = report(telemetry)["exchange"]
    assert exchange["spent"] + exchange["earned"] == 500 * offers


def test_items_that_were_offered_but_not_traded_are_not_listed() -> None:
    telemetry = Telemetry()
    telemetry.offer("BUYING", 0, 0, 0)
    telemetry.offer("CANCELLED_BUY", 0, 0, 1)
    telemetry.offer("SOLD", 10, 900, 2, itemId=2)
    exchange = report(telemetry)["exchange"]
    assert exchange["items"] == [{"item_id": 2, "name": None, "bought": 0, "sold": 10}]


def test_a_finished_offer_ends_only_with_the_next_placed_one() -> None:
    telemetry = Telemetry()
    telemetry.offer("BOUGHT", 10, 1000, 0)
    telemetry.offer("BOUGHT", 10, 1000, 1)
    telemetry.offer("BUYING", 10, 1000, 2)
    telemetry.offer("CANCELLED_BUY", 10, 1000, 3)
    exchange = report(telemetry)["exchange"]
    assert (exchange["spent"], exchange["offers_filled"]) == (2000, 1)


def test_states_of_one_instant_are_ordered_by_quantity_and_unfinished_first() -> None:
    telemetry = Telemetry()
    telemetry.offer("BOUGHT", 10, 1000)
    telemetry.offer("BUYING", 10, 1000)
    telemetry.offer("BUYING", 3, 300)
    exchange = report(telemetry)["exchange"]
    assert (exchange["spent"], exchange["offers_filled"]) == (1000, 1)


def test_the_first_invalid_field_of_an_offer_is_its_reason() -> None:
    telemetry = Telemetry()
    telemetry.offer("BUYING", slot=-1)
    telemetry.add("grand_exchange_offer_changed", {"slot": 0, "offer": []})
    telemetry.offer("buying", itemId="1")
    telemetry.offer("buying", price=-1)
    telemetry.offer("buying", totalQuantity=None)
    telemetry.offer("buying", 2**53)
    telemetry.offer("buying", 1, True)
    telemetry.offer("buying", 1, 1)
    telemetry.offer(["BUYING"], 1, 1)
    assert report(telemetry)["quality"]["events_left_out"] == {
        "exchange.slot": 1,
        "exchange.offer": 1,
        "exchange.offer.itemId": 1,
        "exchange.offer.price": 1,
        "exchange.offer.totalQuantity": 1,
        "exchange.offer.quantitySold": 1,
        "exchange.offer.spent": 1,
        "exchange.offer.state": 2,
    }
