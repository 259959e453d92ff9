"""Tallies of documents that were read, were duplicates or were left out, and why.

A tally belongs to one raw collection, one span and one owner. Asset checks compute shares and warn.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any, Final, TypeAlias

import numpy as np
import numpy.typing as npt

from player_stats.domain.interning import Codes

IdKey: TypeAlias = Callable[[Any], Any]
"""Maps an `_id` of any type to a key that sorts in BSON's order."""
Example: TypeAlias = tuple[Any, str, Any]
"""(sort key of the `_id`, reason, `_id`)."""

MAX_EXAMPLES: Final = 5


@dataclass(slots=True)
class PlayerTally:
    """What became of the documents of one player (or without a player) in one collection."""

    read: int = 0
    duplicates: int = 0
    documents_left_out: int = 0
    reasons: Counter[str] = field(default_factory=Counter)
    examples: list[Example] = field(default_factory=list)

    def add_examples(self, examples: Iterable[Example]) -> None:
        """Keep the five examples with the smallest `_id`s."""
        self.examples = nsmallest(MAX_EXAMPLES, [*self.examples, *examples], key=lambda example: example[:2])


class Tally:
    """Tallies by owner code."""

    def __init__(self, id_key: IdKey) -> None:
        self._id_key = id_key
        self.players: dict[int, PlayerTally] = defaultdict(PlayerTally)

    def read(self, players: Codes) -> None:
        """Count documents as read, given their player codes."""
        for player, count in _counts(players):
            self.players[player].read += count

    def duplicates(self, players: Codes) -> None:
        """Count duplicates, given their player codes."""
        for player, count in _counts(players):
            self.players[player].duplicates += count

    def left_out(self, reason: str, players: Codes, ids: Sequence[Any], rows: npt.NDArray[np.bool_]) -> None:
        """Count the masked rows under a reason."""
        examples: dict[int, list[Example]] = defaultdict(list)
        for index in np.flatnonzero(rows).tolist():
            examples[int(players[index])].append((self._id_key(ids[index]), reason, ids[index]))
        for player, found in examples.items():
            tally = self.players[player]
            tally.reasons[reason] += len(found)
            tally.add_examples(found)

    def documents_left_out(self, players: Codes, rows: npt.NDArray[np.bool_]) -> None:
        """Count the masked rows as documents with at least one reason."""
        for player, count in _counts(players[rows]):
            self.players[player].documents_left_out += count


def _counts(players: Codes) -> Iterable[tuple[int, int]]:
    codes, counts = np.unique(players, return_counts=True)
    return zip(codes.tolist(), counts.tolist(), strict=True)


def total(tallies: Iterable[PlayerTally]) -> PlayerTally:
    """Add up tallies."""
    result = PlayerTally()
    for tally in tallies:
        result.read += tally.read
        result.duplicates += tally.duplicates
        result.documents_left_out += tally.documents_left_out
        if tally.reasons:
            result.reasons.update(tally.reasons)
            result.add_examples(tally.examples)
    return result
