"""Merging many parts in order at n log n: what a merge copies is copied a logarithmic number of times.

What the parts are, and how two of them merge, is the caller's.
"""

from collections.abc import Callable
from typing import Generic, TypeVar

Part = TypeVar("Part")


class Pile(Generic[Part]):
    """Parts that come one after the other; only neighbours of equal weight are merged, as a binary counter carries."""

    def __init__(self, merge: Callable[[Part, Part], Part]) -> None:
        """Begin without parts; `merge` takes an earlier part and the one that follows it."""
        self._merge = merge
        self._parts: list[tuple[int, Part]] = []

    def add(self, part: Part) -> None:
        """Take the part that follows all before."""
        weight = 1
        while self._parts and self._parts[-1][0] == weight:
            part = self._merge(self._parts.pop()[1], part)
            weight *= 2
        self._parts.append((weight, part))

    def whole(self) -> Part:
        """Return the merge of all parts; at least one."""
        *earlier, (_, whole) = self._parts
        for _, part in reversed(earlier):
            whole = self._merge(part, whole)
        return whole
