"""Snapshot documents, as written now and as left by an older scraper.

What belongs here: building a document from a payload, and reading any document into a `Snapshot`.
What does not: MongoDB.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wrapped_shared.collections import HISCORES
from wrapped_shared.documents import INT64, whole
from wrapped_shared.names import player_key
from wrapped_shared.stored.hiscores import HiscoresSnapshot
from wrapped_shared.version import SCHEMA_VERSIONS
from wrapped_shared.vocabulary import RowKind

from hiscores.domain.account_type import MODE_OF, TableEntry
from hiscores.domain.payload import is_ranked
from hiscores.domain.rows import activity_name, skill_name

SLOT_FORMAT = "%Y-%m-%dT%H:%M:%SZ"
_LAST_SECONDS = 100_000_000_000
"""A timestamp below this is in seconds (until the year 5138), above it in milliseconds."""


_LONGEST_NUMBER = 20
"""Digits and sign of a 64-bit integer."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was known about one player at one time; None means explicitly unranked."""

    key: str
    at: datetime
    order: str
    """Breaks ties between snapshots with the same time."""
    skills: Mapping[str, int | None]
    activities: Mapping[str, int | None]
    bosses: frozenset[str]
    """The `activities` that the document lists as bosses."""
    complete: bool
    """Whether an absent row means an unranked one; older documents simply lack rows."""
    tenure: int = 0
    """Which of the player's names it was taken under, the oldest being 0."""


def slot_text(slot: datetime) -> str:
    """Return a slot as written in `_id` and `slot`: ISO 8601, UTC, whole seconds."""
    return slot.astimezone(UTC).strftime(SLOT_FORMAT)


def read_slot(text: str) -> datetime:
    """Parse a slot in any ISO 8601 form; without a time zone it is UTC.

    Raises:
        ValueError: the text is not an ISO 8601 time.
    """
    moment = datetime.fromisoformat(text.strip())
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)


def build_document(
    key: str,
    player: str,
    slot: datetime,
    scraped_at: datetime,
    entry: TableEntry,
    kind_of: Callable[[str], RowKind],
) -> HiscoresSnapshot:
    """Return the snapshot document for one player and slot; unranked rows are absent."""
    payload = entry.payload
    bosses = {name for name in payload.activities if kind_of(name) == "boss"}
    return {
        "_id": f"{key}|{slot_text(slot)}",
        "schema_version": SCHEMA_VERSIONS[HISCORES],
        "player": player,
        "player_key": key,
        "slot": slot_text(slot),
        "scraped_at": scraped_at,
        "mode": MODE_OF[entry.account_type],
        "account_type": entry.account_type,
        "skills": {
            name: {"rank": row.rank, "level": row.level, "experience": row.experience}
            for name, row in payload.skills.items()
        },
        "activities": {
            name: {"rank": row.rank, "score": row.score}
            for name, row in payload.activities.items()
            if name not in bosses
        },
        "bosses": {
            name: {"rank": row.rank, "kills": row.score} for name, row in payload.activities.items() if name in bosses
        },
    }


def read_snapshot(document: Mapping[str, Any]) -> Snapshot | None:
    """Parse a document of the collection `hiscores` as a snapshot; None if it is not readable as one.

    New documents have `player_key`, `slot` and `scraped_at`; older ones `username` and `timestamp` (seconds).
    """
    new = "slot" in document
    key = player_key(document.get("player_key") if new else document.get("username"))
    at = _time(document.get("scraped_at"), document.get("slot")) if new else _old_time(document)
    if key is None or at is None:
        return None
    skills = _values(document.get("skills"), "experience", skill_name)
    bosses = _values(document.get("bosses"), "kills", activity_name)
    activities = _values(document.get("activities"), "score", activity_name)
    if not (skills or bosses or activities):
        return None
    return Snapshot(
        key=key,
        at=at,
        order=str(document.get("_id")),
        skills=skills,
        activities={**activities, **bosses},
        bosses=frozenset(bosses),
        complete=new,
    )


def _values(rows: object, field: str, canonical: Callable[[str], str]) -> dict[str, int | None]:
    values: dict[str, int | None] = {}
    if not isinstance(rows, Mapping):
        return values
    for raw, row in rows.items():
        if not isinstance(raw, str) or not isinstance(row, Mapping):
            continue
        value = _stored_number(row.get(field))
        if value is None:
            continue
        name = canonical(" ".join(raw.split()))
        rank = _stored_number(row.get("rank"))
        known = is_ranked(1 if rank is None else rank, value, name)
        values[name] = value if known else None
    return values


def _stored_number(value: object) -> int | None:
    """Return a whole number; an older scraper wrote some as text."""
    if isinstance(value, str):
        text = value.replace(",", "").strip()
        number = text.removeprefix("-").isdecimal() and text.isascii() and len(text) <= _LONGEST_NUMBER
        return whole(int(text), INT64) if number else None
    return whole(value, INT64)


def _time(*candidates: object) -> datetime | None:
    for value in candidates:
        if isinstance(value, str):
            try:
                value = datetime.fromisoformat(value)  # noqa: PLW2901 - the same time in its other form
            except ValueError:
                continue
        if isinstance(value, datetime):
            return whole_milliseconds(value if value.tzinfo else value.replace(tzinfo=UTC))
    return None


def whole_milliseconds(moment: datetime) -> datetime:
    """Return a time as MongoDB stores it: UTC, whole milliseconds."""
    return moment.astimezone(UTC).replace(microsecond=moment.microsecond // 1000 * 1000)


def _old_time(document: Mapping[str, Any]) -> datetime | None:
    value = document.get("timestamp")
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    seconds = value if abs(value) < _LAST_SECONDS else value / 1000
    try:
        return whole_milliseconds(datetime.fromtimestamp(seconds, UTC))
    except (OverflowError, OSError, ValueError):
        return None
