"""The report's units, and words for ties.

Numbers as people read them are in `wrapped_shared.words`.
"""

from collections.abc import Collection

from wrapped_shared.words import counted


def seconds(ticks: int) -> float:
    """Return game ticks, nominally 0.6 s each, as seconds to one decimal."""
    return round(ticks * 6 / 10, 1)


def joint(values: Collection[int], thing: str) -> str:
    """Return what to add to the greatest of some values: ", joint first with 2 other mobs"; "" without a tie."""
    rivals = list(values).count(max(values)) - 1
    return f", joint first with {counted(rivals, f'other {thing}')}" if rivals else ""
