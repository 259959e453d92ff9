"""Merging many parts in order in n log n: each part is copied a logarithmic number of times.

What the parts are and how to merge two of them is up to the caller.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

Part = TypeVar("Part")


class BalancedMerge(Generic[Part]):
    """Merges parts as they arrive in order; only neighbours of equal weight merge, as in a binary counter."""

    def __init__(self, merge: Callable[[Part, Part], Part]) -> None:
        """Start without parts; `merge` takes an earlier part and the one that follows it."""
        self._merge = merge
        self._parts: list[tuple[int, Part]] = []

    def add(self, part: Part) -> None:
        """Add the part that follows all earlier ones."""
        weight = 1
        while self._parts and self._parts[-1][0] == weight:
            part = self._merge(self._parts.pop()[1], part)
            weight *= 2
        self._parts.append((weight, part))

    def result(self) -> Part:
        """Return the merge of all parts; at least one must have been added."""
        *earlier, (_, result) = self._parts
        for _, part in reversed(earlier):
            result = self._merge(part, result)
        return result
