"""Item prices in coins: an item's price in a month, and which prices differ between two tables.

Prices are medians by month, found by `image_map`. Reading and storing them does not belong here.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

from wrapped_shared.documents import whole
from wrapped_shared.fixed_prices import FIXED_PRICES

Months: TypeAlias = Mapping[str, Mapping[str, Any]]
"""Prices by month "YYYY-MM" and item id, as they are stored."""
Changed: TypeAlias = dict[str, list[int] | None]
"""The items whose price changed, by month; None for any item."""

_MOST_NAMED: Final = 1_000
"""If the prices of more items changed in a month, they are not named one by one."""


class Prices:
    """The price of every item in every month."""

    def __init__(self, months: Months, bases: Mapping[str, int]) -> None:
        """Take prices by month, and the base item of each item id (as text) that is a note, a placeholder or worn."""
        self._bases = {int(item): base for item, base in bases.items()}
        self._known: dict[int, tuple[list[str], list[int]]] = {}
        for month in sorted(months):
            for item, found in months[month].items():
                price = whole(found)
                if price is not None and price >= 0 and item.isascii() and item.isdigit():
                    listed, prices = self._known.setdefault(int(item), ([], []))
                    listed.append(month)
                    prices.append(price)

    def of(self, item: int, month: str) -> int | None:
        """Return an item's price in a month: else in the nearest earlier, else the nearest later one; None without."""
        base = self._bases.get(item, item)
        if base in FIXED_PRICES:
            return FIXED_PRICES[base]
        if base not in self._known:
            return None
        months, prices = self._known[base]
        return prices[max(0, bisect_right(months, month) - 1)]

    def changed_since(self, earlier: "Prices", months: Iterable[str]) -> Changed:
        """Return the items whose price differs from an earlier table, for the months in which any does."""
        ids = self._known.keys() | earlier._known.keys() | self._bases.keys() | earlier._bases.keys()
        differing = [item for item in sorted(ids) if self._history(item) != earlier._history(item)]
        found: Changed = {}
        for month in months:
            changed = [item for item in differing if self.of(item, month) != earlier.of(item, month)]
            if changed:
                found[month] = changed if len(changed) <= _MOST_NAMED else None
        return found

    def _history(self, item: int) -> object:
        base = self._bases.get(item, item)
        return FIXED_PRICES[base] if base in FIXED_PRICES else self._known.get(base)


def both(a: Changed, b: Changed) -> Changed:
    """Return what changed in either."""
    merged: Changed = {**a, **b}
    for month in a.keys() & b.keys():
        one, other = a[month], b[month]
        named = None if one is None or other is None else sorted({*one, *other})
        merged[month] = named if named is None or len(named) <= _MOST_NAMED else None
    return merged
