"""What was read of a day, by parts: adding parts, replacing those read again, comparing them with what exists now.

A part has a label: an hour "HH", or five minutes "HH:MM" of an hour that was still open when it was read. A tally may
also have the label "day". `player_stats.store.ledger` stores parts.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any, TypeAlias, TypeVar

from wrapped_shared.stored.bookkeeping import SeenPart
from wrapped_shared.stored.player_stats import DataQuality, QualityCounts

from player_stats.domain.cells import WHOLE_DAY, covers, hour_of
from player_stats.domain.days import quality_counts, quality_document
from player_stats.domain.quality import IdKey, PlayerTally, total

Part = TypeVar("Part")
SeenParts: TypeAlias = dict[str, dict[str, SeenPart]]
"""What was seen, by collection and label."""
TallyParts: TypeAlias = dict[str, dict[str, QualityCounts]]
"""Tallies by collection and label."""


def with_reading(
    stored: Mapping[str, Mapping[str, Part]], read: Mapping[str, Mapping[str, Part]], cells: Collection[str] | None
) -> dict[str, dict[str, Part]]:
    """Return the parts of a day after some of it was read again.

    Args:
        stored: the parts known before.
        read: the parts that were read; a part without documents is left out.
        cells: the labels that were read; None for the whole day.
    """
    if cells is None:
        return {collection: dict(parts) for collection, parts in read.items() if parts}
    hours = {hour_of(cell) for cell in cells}

    def replaced(label: str) -> bool:
        # An hour replaces its cells; a cell replaces an hour that is not known by cells.
        return label == WHOLE_DAY or label in hours or covers(cells, label)

    result: dict[str, dict[str, Part]] = {}
    for collection in sorted(stored.keys() | read.keys()):
        kept = {label: part for label, part in stored.get(collection, {}).items() if not replaced(label)}
        if parts := {**kept, **read.get(collection, {})}:
            result[collection] = dict(sorted(parts.items()))
    return result


def by_hour(parts: Mapping[str, SeenPart]) -> dict[str, list[SeenPart]]:
    """Return a collection's parts by hour "HH"."""
    hours: dict[str, list[SeenPart]] = {}
    for label, part in parts.items():
        hours.setdefault(hour_of(label), []).append(part)
    return hours


def read_events(seen: Mapping[str, Mapping[str, SeenPart]], labels: Container[str] | None = None) -> int:
    """Return how many documents were read of parts of a day.

    Args:
        seen: what was read, by raw collection and label.
        labels: hours and cells; None for the whole day.
    """
    return sum(
        part["n"] for parts in seen.values() for label, part in parts.items() if labels is None or covers(labels, label)
    )


def arrived_for_sealed(ledger: Mapping[str, Any], collection: str, there: int) -> int:
    """Return how many events of a sealed day arrived without being read, removed ones included.

    Args:
        ledger: the day's document in the ledger.
        collection: the raw collection.
        there: how many events of the day it holds.
    """
    removed = ledger.get("removed")
    if removed is not None:  # while events are being removed, nobody knows which of the rest arrived late
        return int(removed["unread"].get(collection, 0)) + (0 if removed["open"] else there)
    read = sum(part["n"] for part in ledger.get("seen", {}).get(collection, {}).values())
    return there if there < read else there - read


def count(parts: Iterable[SeenPart], id_key: IdKey) -> tuple[int, Any]:
    """Return the number of documents in parts and their greatest `_id` (None without any)."""
    known = list(parts)
    newest = max((part["newest"] for part in known if part["n"]), key=id_key, default=None)
    return sum(part["n"] for part in known), newest


def agrees_above(parts: Iterable[SeenPart], watermark: Any, n: int, newest: Any, id_key: IdKey) -> bool:
    """Return whether parts agree with the number of documents above a watermark and their greatest `_id`.

    A part that was read under another watermark cannot be compared, unless nothing was above that: watermarks only
    rise. The greatest `_id`s are compared if their types are equal; only ObjectIds can be above a watermark.
    """
    known = list(parts)
    if any(part["above"] and part["mark"] != watermark for part in known):
        return False
    if sum(part["above"] for part in known) != n:
        return False
    greatest = count(known, id_key)[1]
    return bool(n == 0 or type(greatest) is not type(newest) or greatest == newest)


def condensed(seen: SeenParts, tallies: TallyParts, id_key: IdKey) -> tuple[SeenParts, TallyParts]:
    """Return the parts of a day by hour, and one tally per collection: for days that are no longer read by parts.

    A day that was read while it happened has hundreds of parts, and its ledger would stay that large forever.
    """
    hours: SeenParts = {}
    for collection, parts in seen.items():
        hours[collection] = {}
        for hour, found in by_hour(parts).items():
            n, newest = count(found, id_key)
            above = sum(part["above"] for part in found)
            mark = next((part["mark"] for part in found if part["above"]), None)
            hours[collection][hour] = {"n": n, "newest": newest, "above": above, "mark": mark}
    totals = {name: {WHOLE_DAY: quality_counts(_total(parts, id_key))} for name, parts in tallies.items()}
    return hours, totals


def quality_of(day: str, tallies: TallyParts, id_key: IdKey) -> list[DataQuality]:
    """Return the `data_quality` documents of a day, one for each collection of which something was read."""
    totals = {collection: _total(parts, id_key) for collection, parts in sorted(tallies.items())}
    return [quality_document(collection, day, tally) for collection, tally in totals.items() if tally.read]


def tally_of(tallies: TallyParts, id_key: IdKey) -> PlayerTally:
    """Return the tally of all documents, over all collections."""
    return total(_total(parts, id_key) for parts in tallies.values())


def _total(parts: Mapping[str, QualityCounts], id_key: IdKey) -> PlayerTally:
    return total(_tally(part, id_key) for part in parts.values())


def _tally(part: QualityCounts, id_key: IdKey) -> PlayerTally:
    tally = PlayerTally(part["read"], part["duplicates"], part["documents_left_out"], Counter(part["left_out"]))
    tally.add_examples((id_key(example["id"]), example["reason"], example["id"]) for example in part["examples"])
    return tally
