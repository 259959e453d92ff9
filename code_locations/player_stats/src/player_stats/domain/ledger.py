"""What was read of a day, by parts: adding them up, replacing those read again, comparing with what is there.

A part is told by a label: an hour "HH", or five minutes "HH:MM" of an hour that was still open when it was read.
A tally may also belong to the whole "day". Storing and marking is `player_stats.store.ledger`'s.
"""

from collections import Counter
from collections.abc import Collection, Container, Iterable, Mapping
from typing import Any, TypeAlias

from player_stats.domain.cells import WHOLE_DAY, covers, hour_of
from player_stats.domain.days import quality_document
from player_stats.domain.quality import IdKey, PlayerTally, total

Part: TypeAlias = dict[str, Any]
"""{n, newest, above, mark} of what was seen, or a tally {read, duplicates, documents_left_out, left_out, examples}."""
Parts: TypeAlias = dict[str, dict[str, Part]]
"""Parts by collection and label."""


def with_reading(stored: Parts, read: Parts, cells: Collection[str] | None) -> Parts:
    """Return what is known of a day after some of it was read again.

    Args:
        stored: the parts known before.
        read: the parts read; one without documents is left out.
        cells: the labels that were read; None = all of the day.
    """
    if cells is None:
        return {collection: dict(parts) for collection, parts in read.items() if parts}
    hours = {hour_of(cell) for cell in cells}

    def replaced(label: str) -> bool:
        # An hour stands for its cells, and a cell for an hour of which no more is known by parts.
        return label == WHOLE_DAY or label in hours or covers(cells, label)

    result: Parts = {}
    for collection in sorted(stored.keys() | read.keys()):
        kept = {label: part for label, part in stored.get(collection, {}).items() if not replaced(label)}
        if parts := kept | read.get(collection, {}):
            result[collection] = dict(sorted(parts.items()))
    return result


def by_hour(parts: Mapping[str, Part]) -> dict[str, list[Part]]:
    """Return a collection's seen parts by hour "HH"."""
    hours: dict[str, list[Part]] = {}
    for label, part in parts.items():
        hours.setdefault(hour_of(label), []).append(part)
    return hours


def read_events(seen: Mapping[str, Mapping[str, Part]], labels: Container[str] | None = None) -> int:
    """Return how many documents were read of parts of a day.

    Args:
        seen: by raw collection and label what was read.
        labels: hours and cells; None for the whole day.
    """
    return sum(
        part["n"] for parts in seen.values() for label, part in parts.items() if labels is None or covers(labels, label)
    )


def count(parts: Iterable[Part], id_key: IdKey) -> tuple[int, Any]:
    """Return how many documents parts hold, and the greatest `_id` (None where there is none)."""
    known = list(parts)
    newest = max((part["newest"] for part in known if part["n"]), key=id_key, default=None)
    return sum(part["n"] for part in known), newest


def agrees_above(parts: Iterable[Part], watermark: Any, n: int, newest: Any, id_key: IdKey) -> bool:
    """Whether parts agree with what lies above a watermark: how many documents, and the greatest `_id`.

    A part read under another watermark says nothing of this one, unless nothing lay above that: watermarks only rise.
    The greatest `_id`s are compared where they are of one type; only ObjectIds lie above a watermark.
    """
    known = list(parts)
    if any(part["above"] and part["mark"] != watermark for part in known):
        return False
    if sum(part["above"] for part in known) != n:
        return False
    greatest = count(known, id_key)[1]
    return n == 0 or type(greatest) is not type(newest) or greatest == newest


def condensed(seen: Parts, tallies: Parts, id_key: IdKey) -> tuple[Parts, Parts]:
    """Return what is known of a day by hours, and one tally a collection: for days of which parts are read no more.

    A day that was read as it went by is known by hundreds of parts, and its ledger would stay that large for ever.
    """
    hours = {
        collection: {hour: _hour(found, id_key) for hour, found in by_hour(parts).items()}
        for collection, parts in seen.items()
    }
    totals = {
        collection: {WHOLE_DAY: tally_part(total(_tally(part, id_key) for part in parts.values()))}
        for collection, parts in tallies.items()
    }
    return hours, totals


def _hour(parts: Iterable[Part], id_key: IdKey) -> Part:
    n, newest = count(parts, id_key)
    return {"n": n, "newest": newest, "above": 0, "mark": None}


def tally_part(tally: PlayerTally) -> Part:
    """Return a tally as it is stored."""
    return {
        "read": tally.read,
        "duplicates": tally.duplicates,
        "documents_left_out": tally.documents_left_out,
        "left_out": dict(sorted(tally.reasons.items())),
        "examples": [{"reason": reason, "id": identity} for _, reason, identity in tally.examples],
    }


def quality_of(day: str, tallies: Parts, id_key: IdKey) -> list[dict[str, Any]]:
    """Return the `data_quality` documents of a day, one a collection of which something was read."""
    documents = []
    for collection, parts in sorted(tallies.items()):
        tally = total(_tally(part, id_key) for part in parts.values())
        if tally.read:
            documents.append(quality_document(collection, day, tally))
    return documents


def _tally(part: Part, id_key: IdKey) -> PlayerTally:
    tally = PlayerTally(part["read"], part["duplicates"], part["documents_left_out"], Counter(part["left_out"]))
    tally.add_examples((id_key(example["id"]), example["reason"], example["id"]) for example in part["examples"])
    return tally
