"""Data quality per collection and day, over all players: what was read, what was left out and why.

A single player's quality is in `report`.
"""

from collections import Counter
from typing import Any

from naive_player_stats.events import (
    COLLECTIONS,
    Documents,
    envelope_reason,
    valid_events,
    without_duplicates,
)
from naive_player_stats.fields import family_reasons
from naive_player_stats.values import DAY_MS, id_order, number, start_of

MAX_EXAMPLES = 5


def naive_data_quality(documents: Documents, day: str, *, first_day: str, today: str) -> dict[str, dict[str, Any]]:
    """`{collection: {read, duplicates, left_out, examples}}` of one day, for all six collections.

    A document belongs to the day when its timestamp is a number (of any numeric type) inside it. Examples
    are the pairs of document and reason with the smallest (`_id`, reason). On a day after today, otherwise
    valid events are `in_future`.
    """
    start = start_of(day)
    result = {}
    for collection in COLLECTIONS:
        inside = [
            document
            for document in documents.get(collection, ())
            if (at := number(document.get("timestamp"))) is not None and start <= at < start + DAY_MS
        ]
        found: list[tuple[Any, str]] = []
        for document in inside:
            reason = envelope_reason(document, first_day=first_day, today=today)
            if reason is not None:
                found.append((document.get("_id"), reason))
        valid = valid_events(collection, {collection: inside}, first_day=first_day, today=today)
        kept = without_duplicates(valid)
        for event in kept:
            found.extend((event.id, reason) for reason in family_reasons(collection, event.data))
        found.sort(key=lambda pair: (id_order(pair[0]), pair[1]))
        result[collection] = {
            "read": len(inside),
            "duplicates": len(valid) - len(kept),
            "left_out": dict(Counter(reason for _, reason in found)),
            "examples": [{"reason": reason, "id": id_} for id_, reason in found[:MAX_EXAMPLES]],
        }
    return result


def naive_undated(documents: Documents, *, first_day: str) -> dict[str, int]:
    """The number of documents in each collection that belong to no day from the first one on."""
    start = start_of(first_day)
    result = {}
    for collection in COLLECTIONS:
        numbers = (number(document.get("timestamp")) for document in documents.get(collection, ()))
        result[collection] = sum(1 for at in numbers if at is None or at < start)
    return result
