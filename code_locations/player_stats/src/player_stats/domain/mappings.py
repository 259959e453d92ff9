"""Small helpers over counting mappings, shared by the families."""

from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter
from typing import Any, TypeAlias, TypeVar

from player_stats.domain.values import saturated

Key = TypeVar("Key", str, int)
Row: TypeAlias = dict[str, Any]


def best(counts: Mapping[str, int]) -> str | None:
    """Return the key with the greatest count, ties to the smaller key; None without any."""
    return min(counts, key=lambda key: (-counts[key], key)) if counts else None


def add_counts(a: Mapping[Key, int], b: Mapping[Key, int]) -> dict[Key, int]:
    """Add two mappings of counts key by key; keys come out sorted, so equal counts are equal documents."""
    total = dict(a)
    for key, count in b.items():
        total[key] = saturated(total.get(key, 0) + count)
    return {key: total[key] for key in sorted(total)}


def add_rows(
    a: Iterable[Row],
    b: Iterable[Row],
    keys: tuple[str, ...],
    counts: tuple[str, ...],
) -> list[Row]:
    """Add two lists of rows that count something: rows with equal `keys` become one; sorted by them.

    Lists rather than mappings are stored wherever the key is a number or a name from telemetry, which may hold
    whatever a field name may not.
    """
    return merge_rows(a, b, keys, lambda x, y: {name: saturated(x[name] + y[name]) for name in counts})


def merge_rows(
    a: Iterable[Row],
    b: Iterable[Row],
    keys: tuple[str, ...],
    combine: Callable[[Row, Row], Row],
) -> list[Row]:
    """Merge two lists of rows: rows with equal `keys` are combined into one; sorted by the keys.

    The rows themselves are shared, not copied: nobody changes them.
    """
    key_of = itemgetter(*keys)
    rows = {key_of(row): row for row in a}
    for row in b:
        key = key_of(row)
        rows[key] = {**row, **combine(rows[key], row)} if key in rows else row
    return [rows[key] for key in sorted(rows)]
