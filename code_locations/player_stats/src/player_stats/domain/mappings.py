"""Small helpers over counting mappings, shared by the families."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from player_stats.domain.values import saturated

Key = TypeVar("Key", str, int)


def add_counts(a: Mapping[Key, int], b: Mapping[Key, int]) -> dict[Key, int]:
    """Add two mappings of counts key by key; keys come out sorted, so equal counts are equal documents."""
    total = dict(a)
    for key, count in b.items():
        total[key] = saturated(total.get(key, 0) + count)
    return {key: total[key] for key in sorted(total)}


def add_rows(
    a: Iterable[Mapping[str, Any]],
    b: Iterable[Mapping[str, Any]],
    keys: tuple[str, ...],
    counts: tuple[str, ...],
) -> list[dict[str, Any]]:
    """Add two lists of rows that count something: rows with equal `keys` become one; sorted by them.

    Lists rather than mappings are stored wherever the key is a number or a name from telemetry, which may hold
    whatever a field name may not.
    """
    return merge_rows(a, b, keys, lambda x, y: {name: saturated(x[name] + y[name]) for name in counts})


def merge_rows(
    a: Iterable[Mapping[str, Any]],
    b: Iterable[Mapping[str, Any]],
    keys: tuple[str, ...],
    combine: Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]],
) -> list[dict[str, Any]]:
    """Merge two lists of rows: rows with equal `keys` are combined into one; sorted by the keys."""
    rows = {tuple(row[key] for key in keys): dict(row) for row in a}
    for row in b:
        key = tuple(row[name] for name in keys)
        rows[key] = {**row, **combine(rows[key], row)} if key in rows else dict(row)
    return [rows[key] for key in sorted(rows)]
