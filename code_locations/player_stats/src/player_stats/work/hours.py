"""Reading some hours of a day, for whoever reads parts of days, and how a reader's clock tells which to keep.

Claiming them before, writing them, and noting afterwards what was read, is the caller's business.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias

from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

from player_stats.domain.cells import HOUR_MS, Cell, Cut, hour_of, spans, widened
from player_stats.domain.days import CellSummaries, quality_counts, summarise_cells
from player_stats.domain.ledger import SeenParts, TallyParts
from player_stats.domain.quality import PlayerTally
from player_stats.domain.span_reader import Reading
from player_stats.store.ledger import DayWork
from player_stats.store.reading import Marks, read_span
from player_stats.store.turns import Turn

Readings: TypeAlias = Mapping[str, Reading]
Tallies: TypeAlias = Mapping[str, Mapping[Cell, PlayerTally]]

KEPT_DAYS: Final = 7
"""How many days a day is kept in hours: from its own, or from the one on which late telemetry touched it."""


@dataclass(frozen=True)
class Clock:
    """What the present tells a reader."""

    today: date
    """The UTC day."""
    fine_from_ms: int
    """Telemetry still comes in for hours from this one on: the one that goes on and the one before it."""

    @classmethod
    def at(cls, now: datetime | None) -> "Clock":
        """Return the clock of a moment, UTC; None = this machine's present."""
        now = now or datetime.now(UTC)
        return cls(now.date(), int(now.timestamp() * 1000) // HOUR_MS * HOUR_MS - HOUR_MS)

    def cut(self, *, hourly: bool) -> Cut:
        """Return how days are cut into cells."""
        return Cut(hourly=hourly, fine_from_ms=self.fine_from_ms)

    def keeps(self, work: DayWork) -> bool:
        """Whether a day is kept in hours now."""
        return work.kept_until >= self.today.isoformat()

    def keep_until(self, work: DayWork) -> str | None:
        """The last day on which a day is kept in hours once it is read; None where it is not.

        Hours that are over but still there are written as well: reports that are owed may be made from them.
        """
        until = date.fromisoformat(work.day) + timedelta(days=KEPT_DAYS)
        if work.cells is not None:  # hours of it are owed, so it was read before and is touched now
            until = max(until, self.today + timedelta(days=KEPT_DAYS))
        found = max(until.isoformat(), work.kept_until)
        return found if found >= self.today.isoformat() or work.kept_until else None


@dataclass(frozen=True)
class HoursRead:
    """What was read of some hours of a day."""

    labels: frozenset[str]
    """The hours and cells that were read, at least those that were wanted."""
    readings: Readings
    cells: CellSummaries


def read_hours(
    turn: Turn, mongo: MongoResource, work: DayWork, first_day: str, marks: Marks, clock: Clock
) -> HoursRead:
    """Read the events of the hours and cells of `work`."""
    labels = frozenset(work.cells or ())
    if not turn.first:  # the rest of an hour may still be on its way: it is read as well
        labels = frozenset(map(hour_of, labels))
    labels = widened(work.day, labels, clock.fine_from_ms) | _read_in_one(work, labels)
    readings = {name: Reading() for name in names.RAW_EVENT_COLLECTIONS}
    for span in spans(work.day, labels):
        for _, found in read_span(mongo.raw, span, first_day, clock.cut(hourly=True), marks):
            for name, reading in found.items():
                readings[name].join(reading)
    return HoursRead(labels, readings, summarise_cells(readings))


def tallies_of(readings: Readings) -> Tallies:
    """Return by collection and cell what became of the documents that were read."""
    return {name: reading.tallies() for name, reading in readings.items()}


def parts_of(day: str, readings: Readings, tallies: Tallies, marks: Marks) -> tuple[SeenParts, TallyParts]:
    """Return what was seen of a day, and what became of it, as the ledger holds it."""
    seen: SeenParts = {}
    counted: TallyParts = {}
    for name, reading in readings.items():
        mark = marks.get(name)
        seen[name] = {piece.label: one.part(mark) for piece, one in reading.seen.items() if piece.day == day}
        counted[name] = {piece.label: quality_counts(one) for piece, one in tallies[name].items() if piece.day == day}
    return seen, counted


def _read_in_one(work: DayWork, labels: Iterable[str]) -> set[str]:
    """The hours of labels that were read in one piece, by a machine whose clock is ahead: they are read so again."""
    known = {label for parts in (work.ledger or {}).get("seen", {}).values() for label in parts}
    return known & set(map(hour_of, labels))
