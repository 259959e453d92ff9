"""The sensor's queries: recently changed reports, and pending entries; bounded and indexed.

The position is a time and the number of reports with exactly that time that were read, since one run of `player_stats`
may give thousands of reports the same time.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from pymongo.database import Database
from wrapped_shared.collections import STAT_IMAGES, WRAPPED_REPORTS
from wrapped_shared.documents import Document

from image_map.domain.subjects import Subject, merge, subjects_of_report
from image_map.store.images import known_ids
from image_map.store.subjects import NAMED_FIELDS

REPORTS_A_TICK: Final = 200
SUBJECTS_A_LOOK: Final = 500
"""No further report is read once this many subjects are named: they are looked up in one query."""
SUBJECTS_A_RUN: Final = 200
OVERLAP: Final = timedelta(minutes=15)
"""Re-read overlap: a report's time is set before its write becomes visible."""
PATIENCE: Final = 36
"""Attempts at one position before moving on: subjects that never get an entry must not block the watch."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Position:
    """How far the reports have been read."""

    at: datetime = EPOCH
    skip: int = 0
    """Reports with exactly that time that were read."""
    looks: int = 0
    """How often something unknown was seen from here."""

    def text(self) -> str:
        """Return the position as a sensor cursor; `Position.read` is the inverse."""
        return f"{self.at.isoformat()}|{self.skip}|{self.looks}"

    @classmethod
    def read(cls, text: str | None) -> "Position":
        """Return the position from a cursor; an unreadable one starts from the beginning."""
        try:
            at, skip, looks = (text or "").split("|")
            return cls(datetime.fromisoformat(at).astimezone(UTC), int(skip), int(looks))
        except ValueError:
            return cls()


@dataclass(frozen=True, slots=True)
class Watch:
    """The result of one tick."""

    unknown: list[str]
    """`_id`s of subjects without an entry, at most `SUBJECTS_A_RUN`."""
    since: datetime
    """The reports that changed from here on name them."""
    position: Position
    """Where to continue: the same position while something is unknown, so that a failed run does not lose it."""


def new_subjects(analytics: Database[Document], position: Position, now: datetime) -> Watch:
    """Read the next reports for subjects that the map does not have, within the limits above."""
    page = list(
        analytics[WRAPPED_REPORTS]
        .find({"generated_at": {"$gte": position.at}}, {**NAMED_FIELDS, "generated_at": 1})
        .sort("generated_at", 1)
        .skip(position.skip)
        .limit(REPORTS_A_TICK)
    )
    named: dict[str, Subject] = {}
    read = 0
    while read < len(page) and len(named) < SUBJECTS_A_LOOK:
        merge(subjects_of_report(page[read]), named)
        read += 1
    known = known_ids(analytics, sorted(named))
    unknown = sorted(named.keys() - known)[:SUBJECTS_A_RUN]
    if unknown and position.looks < PATIENCE:
        return Watch(unknown, position.at, replace(position, looks=position.looks + 1))
    more = read < len(page) or len(page) == REPORTS_A_TICK
    return Watch([], position.at, _next(position, page[:read], now, more=more))


def pending_subjects(analytics: Database[Document]) -> list[str]:
    """Return entries with unanswered upstream requests, at most `SUBJECTS_A_RUN` (indexed)."""
    found = analytics[STAT_IMAGES].find({"pending": True}, {"_id": 1}).limit(SUBJECTS_A_RUN)
    return sorted(entry["_id"] for entry in found)


def _next(position: Position, page: list[Document], now: datetime, *, more: bool) -> Position:
    if not page:
        return Position(position.at, position.skip)
    last: datetime = page[-1]["generated_at"]
    at = last if more else max(position.at, min(last, now - OVERLAP))
    read = sum(1 for report in page if report["generated_at"] == at)
    return Position(at, read + (position.skip if at == position.at else 0))
