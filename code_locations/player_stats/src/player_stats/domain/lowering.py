"""Lowering the bookkeeping of a day by documents that are removed, so that nobody else's have to be read again.

The result equals what a reader of the remaining documents would record. Parts for which that cannot be computed are
named, and must be read again. `player_stats.work.forget` removes the documents.
"""

import copy
from collections.abc import Callable, Container, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from wrapped_shared.stored.player_stats import QualityCounts

from player_stats.domain.cells import WHOLE_DAY, hour_of
from player_stats.domain.ledger import SeenParts, TallyParts
from player_stats.domain.quality import MAX_EXAMPLES, IdKey, PlayerTally, total
from player_stats.domain.seen import Seen

Above: TypeAlias = Callable[[str, str, Any], int]
"""Returns how many removed documents of a collection and label have an `_id` above a watermark."""


@dataclass
class RemovedOfDay:
    """The documents of one day that are removed, by collection and five minutes "HH:MM"."""

    seen: dict[str, dict[str, Seen]] = field(default_factory=dict)
    tallies: dict[str, dict[str, PlayerTally]] = field(default_factory=dict)

    @property
    def hours(self) -> set[str]:
        """The hours they lie in."""
        return {hour_of(label) for cells in self.seen.values() for label in cells}


@dataclass
class Lowered:
    """The bookkeeping of a day without the removed documents."""

    seen: SeenParts
    tallies: TallyParts
    newest_gone: list[tuple[str, str]] = field(default_factory=list)
    """(collection, label) of parts whose greatest `_id` is removed: the greatest remaining one must be looked up."""
    uncertain: set[str] = field(default_factory=set)
    """The labels to read again: a removed document was not seen yet, or examples of left-out documents are missing."""


def lowered(
    seen: SeenParts, tallies: TallyParts, removed: RemovedOfDay, above: Above, id_key: IdKey, *, tallied: bool
) -> Lowered:
    """Return the bookkeeping of a day without removed documents.

    Args:
        seen: what was seen of the day.
        tallies: its tallies.
        removed: the documents that are removed.
        above: counts removed documents above a watermark.
        id_key: sorts `_id`s of any type.
        tallied: whether the removed documents are included in the tallies; those of forgotten players are only seen.
    """
    result = Lowered(copy.deepcopy(seen), copy.deepcopy(tallies))
    for collection, cells in removed.seen.items():
        counted = _lower_seen(result, collection, cells, above, id_key)
        if tallied:
            found = removed.tallies.get(collection, {})
            _lower_tallies(result, collection, {cell: found[cell] for cell in counted if cell in found})
    return result


def _lower_seen(result: Lowered, collection: str, cells: Mapping[str, Seen], above: Above, id_key: IdKey) -> list[str]:
    """Lower the parts of a collection; return the cells that had been seen."""
    parts, counted = result.seen.get(collection, {}), []
    for label, members in _by_label(parts, cells).items():
        part, n = parts[label], sum(cells[cell].n for cell in members)
        newest = max((cells[cell].newest for cell in members), key=id_key)
        if n > part["n"] or id_key(newest) > id_key(part["newest"]):
            result.uncertain.add(label)
            continue
        counted += members
        if n == part["n"]:
            del parts[label]
            continue
        if newest == part["newest"]:
            result.newest_gone.append((collection, label))
        part["n"] -= n
        if part["above"]:
            part["above"] = max(0, part["above"] - above(collection, label, part["mark"]))
    _drop_if_empty(result.seen, collection)
    return counted


def _lower_tallies(result: Lowered, collection: str, cells: Mapping[str, PlayerTally]) -> None:
    parts = result.tallies.get(collection, {})
    for label, members in _by_label(parts, cells).items():
        parts[label], complete = _without(parts[label], total(cells[cell] for cell in members))
        if not complete:
            result.uncertain.add(label)
        if not parts[label]["read"]:
            del parts[label]
    _drop_if_empty(result.tallies, collection)


def _without(counts: QualityCounts, removed: PlayerTally) -> tuple[QualityCounts, bool]:
    """Return counts without a tally, and whether their examples are complete."""
    left_out = {reason: n - removed.reasons[reason] for reason, n in counts["left_out"].items()}
    gone = [(reason, identity) for _, reason, identity in removed.examples]
    examples = [one for one in counts["examples"] if (one["reason"], one["id"]) not in gone]
    found: QualityCounts = {
        "read": counts["read"] - removed.read,
        "duplicates": counts["duplicates"] - removed.duplicates,
        "documents_left_out": counts["documents_left_out"] - removed.documents_left_out,
        "left_out": {reason: n for reason, n in left_out.items() if n},
        "examples": examples,
    }
    return found, len(examples) == min(MAX_EXAMPLES, sum(found["left_out"].values()))


def _by_label(parts: Container[str], cells: Iterable[str]) -> dict[str, list[str]]:
    """Return the cells by the label of the part that includes them; those that are in none are left out."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        label = next((label for label in (cell, hour_of(cell), WHOLE_DAY) if label in parts), None)
        if label is not None:
            found.setdefault(label, []).append(cell)
    return found


def _drop_if_empty(parts: dict[str, Any], collection: str) -> None:
    if not parts.get(collection, True):
        del parts[collection]
