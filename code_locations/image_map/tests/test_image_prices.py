"""The rules for prices, compared with a naive computation in exact fractions."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor
from statistics import median
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from image_map.domain.prices import (
    OddRow,
    Refusal,
    day_prices,
    days_to_request,
    is_short,
    month_prices,
    row_price,
)

NOW = datetime(2024, 9, 3, 0, 30, tzinfo=UTC)
LARGEST = 2**31 - 1
valid = st.integers(0, LARGEST) | st.integers(0, 5)
odd = st.one_of(
    st.integers(max_value=-1), st.integers(2**31), st.booleans(), st.text(max_size=3), st.just([]), st.just(0.5)
)


def row(high: Any, high_volume: Any, low: Any, low_volume: Any) -> dict[str, Any]:
    return {"avgHighPrice": high, "highPriceVolume": high_volume, "avgLowPrice": low, "lowPriceVolume": low_volume}


rows = st.builds(row, valid | st.none(), valid, valid | st.none(), valid)


def half_up(value: Fraction) -> int:
    return floor(value + Fraction(1, 2))


def naive_price(one: dict[str, Any]) -> int | None:
    """The mean of a list that has each side's price once for each traded item, written down as weights."""
    sides = [(one["avgHighPrice"], one["highPriceVolume"]), (one["avgLowPrice"], one["lowPriceVolume"])]
    known = [(price, volume) for price, volume in sides if price is not None]
    if not known:
        return None
    if len(known) == 1 or sum(volume for _, volume in known) == 0:
        known = [(price, 1) for price, _ in known]
    total = sum(Fraction(price) * volume for price, volume in known)
    return half_up(total / sum(volume for _, volume in known))


@given(rows)
def test_a_days_price_is_the_weighted_mean_in_exact_fractions(one: dict[str, Any]) -> None:
    assert row_price(one) == naive_price(one)


@pytest.mark.parametrize(
    ("one", "price"),
    [
        (row(10, 1, 5, 1), 8),
        (row(10, 1, 5, 3), 6),
        (row(10, 0, 5, 0), 8),
        (row(None, 0, 5, 0), 5),
        (row(10, 3, None, 0), 10),
        (row(10, 0, None, 9), 10),
        (row(None, 4, None, 4), None),
        (row(10, 0, 5, 7), 5),
        (row(LARGEST, LARGEST, LARGEST - 1, LARGEST), LARGEST),
        (row(10.0, 1, 5, 1.0), 8),
    ],
)
def test_examples_of_a_days_price(one: dict[str, Any], price: int | None) -> None:
    assert row_price(one) == price


@given(rows, odd, st.sampled_from(["avgHighPrice", "highPriceVolume", "avgLowPrice", "lowPriceVolume"]))
def test_an_invalid_value_drops_its_row_and_not_the_day(one: dict[str, Any], wrong: Any, field: str) -> None:
    with pytest.raises(OddRow):
        row_price({**one, field: wrong})
    found = day_prices({"2": {**one, field: wrong}, "4151": row(7, 1, 7, 1)})
    assert (found.prices, found.dropped) == ({4151: 7}, 1)


def test_rows_that_are_no_rows_and_ids_that_are_no_ids_are_dropped() -> None:
    good = row(7, 1, 7, 1)
    found = day_prices({"4151": good, "٣": good, "-1": good, "": good, "9" * 500: good, "5": None, "6": [], "7": {}})
    assert (found.prices, found.dropped) == ({4151: 7}, 7)


@given(st.lists(st.dictionaries(st.integers(0, 5), st.integers(0, 10**12), max_size=5), max_size=31))
def test_a_months_price_is_the_median_of_its_days_and_money_has_a_fixed_price(days: list[dict[int, int]]) -> None:
    expected = {}
    for item_id in {item_id for day in days for item_id in day}:
        expected[item_id] = half_up(Fraction(median(Fraction(day[item_id]) for day in days if item_id in day)))
    assert month_prices(days) == {**expected, 995: 1, 13204: 1_000}


def test_money_has_its_price_whatever_the_service_lists() -> None:
    assert month_prices([{995: 3, 13204: 7}]) == {995: 1, 13204: 1_000}


@given(st.integers(0, 50), st.lists(st.integers(0, 50), max_size=7), st.integers(-1, 50))
def test_a_short_day_has_less_than_half_of_the_median_before_it(rows: int, before: list[int], least: int) -> None:
    fewest = Fraction(median(map(Fraction, before))) / 2 if before else least
    assert is_short(rows, before, least) == (rows < fewest)


def test_every_day_up_to_yesterday_of_the_months_is_requested_oldest_first() -> None:
    days = days_to_request(["2024-09", "2024-02", "2025-01", "2024-13", "all", ""], {"2024-02-02"}, {}, NOW)
    assert days == ["2024-02-01", *(f"2024-02-{day:02d}" for day in range(3, 30)), "2024-09-01", "2024-09-02"]


def test_a_refused_day_is_requested_once_a_day_and_three_times_more() -> None:
    def due(fetches: int, ago: timedelta) -> bool:
        return "2024-08-31" in days_to_request(["2024-08"], set(), {"2024-08-31": Refusal(fetches, NOW - ago)}, NOW)

    assert [due(fetches, timedelta(days=1)) for fetches in (1, 2, 3, 4)] == [True, True, True, False]
    assert not due(1, timedelta(minutes=29))
    assert due(1, timedelta(minutes=31)), "a day is a UTC day"
