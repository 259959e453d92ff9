"""What a reader saw of a raw collection: the number of documents in each hour and their greatest `_id`.

Every document counts, including those left out and duplicates: the bookkeeping compares this with what exists now.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from wrapped_shared.stored.bookkeeping import SeenPart

from player_stats.domain.cells import Cell, Cut, cell_of
from player_stats.domain.quality import IdKey
from player_stats.domain.values import Ints

IsAbove: TypeAlias = Callable[[Any], bool]
"""Whether an `_id` is above the collection's watermark."""


@dataclass
class Seen:
    """What was read of one hour (or five minutes) of a raw collection."""

    n: int = 0
    """Documents."""
    newest: Any = None
    """The greatest `_id`, in BSON's order."""
    above: int = 0
    """How many `_id`s are above the watermark."""

    def part(self, mark: Any) -> SeenPart:
        """Return it as it is stored; `mark` is the watermark that `above` refers to."""
        return {"n": self.n, "newest": self.newest, "above": self.above, "mark": mark}


class Counts:
    """Counts documents by hour as they stream past."""

    def __init__(self, cut: Cut, id_key: IdKey, is_above: IsAbove) -> None:
        self._cut = cut
        self._id_key = id_key
        self._is_above = is_above
        self._seen: dict[int, Seen] = {}

    def add(self, at: Ints, ids: Sequence[Any]) -> None:
        """Count documents by their times (ms), in any order; consecutive ones of one hour are cheapest."""
        codes = self._cut.seen_codes(at)
        starts = np.flatnonzero(np.diff(codes, prepend=-1)).tolist()
        for start, end in zip(starts, [*starts[1:], len(ids)], strict=True):
            seen = self._seen.setdefault(int(codes[start]), Seen())
            some = ids[start:end]
            newest = greatest(some, self._id_key)
            if not seen.n or self._id_key(newest) > self._id_key(seen.newest):
                seen.newest = newest
            seen.n += len(some)
            if self._is_above(newest):
                seen.above += sum(map(self._is_above, some))

    def by_cell(self) -> dict[Cell, Seen]:
        """Return what was seen by hour or five minutes."""
        return {cell_of(code): seen for code, seen in self._seen.items()}


def greatest(ids: Sequence[Any], id_key: IdKey) -> Any:
    """Return the greatest `_id` in BSON's order."""
    if len(set(map(type, ids))) == 1:
        try:
            return max(ids)
        except TypeError:  # a type without an order
            pass
    return max(ids, key=id_key)
