"""Helpers for mappings and rows that count something, shared by the families."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, TypeVar

from player_stats.domain.values import saturated

Key = TypeVar("Key", str, int)
RowT = TypeVar("RowT", bound=Mapping[str, object])


def best(counts: Mapping[str, int]) -> str | None:
    """Return the key with the greatest count, the smallest key in a tie; None if there are none."""
    return min(counts, key=lambda key: (-counts[key], key), default=None)


def summed(counts: Iterable[tuple[Key, int]]) -> dict[Key, int]:
    """Return the sum of the counts of each key, with the keys in the order of their first count."""
    total: dict[Key, int] = {}
    for key, count in counts:
        total[key] = total.get(key, 0) + count
    return total


def add_counts(a: Mapping[Key, int], b: Mapping[Key, int]) -> dict[Key, int]:
    """Add two mappings of counts key by key; keys come out sorted, so equal counts make equal documents."""
    total = dict(a)
    for key, count in b.items():
        total[key] = saturated(total.get(key, 0) + count)
    return {key: total[key] for key in sorted(total)}


def add_rows(a: Iterable[RowT], b: Iterable[RowT], keys: tuple[str, ...], counts: tuple[str, ...]) -> list[RowT]:
    """Add the counts of two lists of rows: rows with equal `keys` become one; sorted by the keys.

    Rows are stored instead of mappings where the key is a number or a name from telemetry, which may contain what a
    field name may not.
    """

    def add(x: Any, y: Any) -> Any:
        return {**x, **{name: saturated(x[name] + y[name]) for name in counts}}

    return merge_rows(a, b, keys, add)


def merge_rows(
    a: Iterable[RowT], b: Iterable[RowT], keys: tuple[str, ...], combine: Callable[[RowT, RowT], RowT]
) -> list[RowT]:
    """Merge two lists of rows: rows with equal `keys` are combined into one; sorted by the keys.

    Rows that stay alone are shared, not copied: never modify them.
    """
    key_of = itemgetter(*keys)
    rows = {key_of(row): row for row in a}
    for row in b:
        key = key_of(row)
        rows[key] = combine(rows[key], row) if key in rows else row
    return [rows[key] for key in sorted(rows)]
