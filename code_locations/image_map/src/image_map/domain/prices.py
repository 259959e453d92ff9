"""Item prices of days and months: exact integers, rounded half up, and which days to request.

What belongs here: the rules. What does not: requests to the price service, and which item id has the price of another
(`base_id` in `items`).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median, median_high, median_low
from typing import Any, Final

from wrapped_shared.documents import whole
from wrapped_shared.fixed_prices import FIXED_PRICES
from wrapped_shared.periods import day_of, days_of_months, previous_day

VALUE_LIMIT: Final = 2**31
"""The game's integers are smaller than this; anything else in a row is a fault of the service."""
MOST_FETCHES: Final = 4
"""How often a short day is fetched: once, and three times more on later days."""
COMPARED_DAYS: Final = 7
"""A day is short compared with this many accepted days before it."""

Prices = Mapping[int, int]
"""Price in coins by item id."""


class OddRow(Exception):
    """A row with a value that is neither a valid integer nor, for a price, null."""


@dataclass(frozen=True, slots=True)
class DayOfPrices:
    """The prices of one day."""

    prices: Prices
    """By item id, ascending; items without a trade are absent."""
    dropped: int = 0
    """Rows with an invalid value."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The fetches of a day that was short each time."""

    fetches: int
    fetched_at: datetime

    @property
    def given_up(self) -> bool:
        """Whether the day is not fetched any more."""
        return self.fetches >= MOST_FETCHES

    def due(self, now: datetime) -> bool:
        """Return whether to fetch the day again."""
        return not self.given_up and day_of(self.fetched_at) < day_of(now)


def row_price(row: Mapping[str, Any]) -> int | None:
    """Return an item's price on a day, or None if it was not traded.

    The mean of the average high and low prices, weighted by their volumes (unweighted if both are 0), or the only one
    of the two; rounded half up.

    Raises:
        OddRow: a value is invalid.
    """
    high, low = (None if row.get(name) is None else _value(row[name]) for name in ("avgHighPrice", "avgLowPrice"))
    high_volume, low_volume = _value(row.get("highPriceVolume")), _value(row.get("lowPriceVolume"))
    if high is None or low is None:
        return low if high is None else high
    volume = high_volume + low_volume
    if volume == 0:
        return _half_up(high + low, 2)
    return _half_up(high * high_volume + low * low_volume, volume)


def day_prices(data: Mapping[str, Any]) -> DayOfPrices:
    """Return the prices of a day from the service's rows by item id; invalid rows are dropped."""
    prices: dict[int, int] = {}
    dropped = 0
    for key, row in data.items():
        try:
            item_id, price = _item_id(key), row_price(row if isinstance(row, dict) else {})
        except OddRow:
            dropped += 1
            continue
        if price is not None:
            prices[item_id] = price
    return DayOfPrices(dict(sorted(prices.items())), dropped)


def is_short(rows: int, before: Sequence[int], least: int) -> bool:
    """Return whether a day has too few rows to be believed.

    Args:
        rows: how many items have a price.
        before: the same of up to `COMPARED_DAYS` accepted days before it.
        least: the minimum for a day with no accepted day before it; 0 or less = any.
    """
    return 2 * rows < median(before) if before else rows < least


def month_prices(days: Iterable[Prices]) -> dict[int, int]:
    """Return each item's price in a month: the median of its prices on the days, rounded half up; money is fixed."""
    found: dict[int, list[int]] = {}
    for prices in days:
        for item_id, price in prices.items():
            found.setdefault(item_id, []).append(price)
    months = {item_id: _half_up(median_low(prices) + median_high(prices), 2) for item_id, prices in found.items()}
    return dict(sorted({**months, **FIXED_PRICES}.items()))


def days_to_request(
    months: Iterable[str], stored: Collection[str], refusals: Mapping[str, Refusal], now: datetime
) -> list[str]:
    """Return the days whose prices are missing and may be requested now, oldest first.

    Args:
        months: the months whose prices are needed; anything that is not a month is ignored.
        stored: the accepted days.
        refusals: the days that were refused.
        now: the time; days up to yesterday (UTC) are over.
    """
    return [
        day for day in days_needed(months, now) if day not in stored and (day not in refusals or refusals[day].due(now))
    ]


def days_needed(months: Iterable[str], now: datetime) -> list[str]:
    """Return the days of the months up to yesterday (UTC), oldest first."""
    return days_of_months(months, previous_day(day_of(now)))


def _value(value: object) -> int:
    number = whole(value, VALUE_LIMIT)
    if number is None or number < 0:
        raise OddRow
    return number


def _item_id(key: str) -> int:
    if not (key.isascii() and key.isdigit() and len(key) <= len(str(VALUE_LIMIT))):
        raise OddRow
    return _value(int(key))


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
