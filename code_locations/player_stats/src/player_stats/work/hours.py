"""Readers: reading some hours of a day, and deciding by the reader's clock which days are kept in hours.

The caller claims the hours before, writes them, and records what was read.
"""

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, TypeAlias

from wrapped_shared import collections as names
from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.mongo import MongoResource

from player_stats.domain.cells import HOUR_MS, Cut, hour_of, spans, widened
from player_stats.domain.days import CellSummaries, quality_counts, summarise_cells
from player_stats.domain.ledger import SeenParts, TallyParts
from player_stats.domain.span_reader import Reading
from player_stats.store.ledger import DayWork
from player_stats.store.reading import Marks, Span, read_span
from player_stats.store.scopes import time_scope
from player_stats.store.turns import Turn, take_turn

Readings: TypeAlias = Mapping[str, Reading]

KEPT_DAYS: Final = 7
"""For how many days the hours of a day are kept: from its own date, or from when late telemetry touched it."""


@dataclass(frozen=True)
class Clock:
    """The current time, as a reader uses it."""

    today: date
    """The current UTC day."""
    fine_from_ms: int
    """Start of the hours for which telemetry is still arriving: the current one and the one before."""

    @classmethod
    def at(cls, now: datetime | None) -> "Clock":
        """Return the clock at a time, UTC; None = this machine's current time."""
        now = now or datetime.now(UTC)
        return cls(now.date(), int(now.timestamp() * 1000) // HOUR_MS * HOUR_MS - HOUR_MS)

    def cut(self, *, hourly: bool) -> Cut:
        """Return how days are cut into cells."""
        return Cut(hourly=hourly, fine_from_ms=self.fine_from_ms)

    def keeps(self, work: DayWork) -> bool:
        """Return whether a day's hours are kept now."""
        return work.kept_until >= self.today.isoformat()

    def keep_until(self, work: DayWork) -> str | None:
        """Return until which day a day's hours are kept once it is read, or None if they are not.

        Expired hours that still exist are also written, because owed reports may be made from them.
        """
        until = date.fromisoformat(work.day) + timedelta(days=KEPT_DAYS)
        if work.cells is not None:  # only some hours are owed, so the day was read before and has been touched now
            until = max(until, self.today + timedelta(days=KEPT_DAYS))
        found = max(until.isoformat(), work.kept_until)
        return found if found >= self.today.isoformat() or work.kept_until else None


@dataclass(frozen=True)
class Reader:
    """A step that reads events: where from, since when, and how its turns are known."""

    mongo: MongoResource
    first_day: str
    """The first day that counts."""
    run_id: str | None = None
    """The Dagster run, or the run and its step."""
    now: datetime | None = None
    """The current time, UTC; None = this machine's when a turn starts."""

    @property
    def clock(self) -> Clock:
        """The clock of a turn that starts now."""
        return Clock.at(self.now)

    def take_turn(self, span: Span) -> AbstractContextManager[Turn]:
        """Take a turn over a range of time."""
        return take_turn(self.mongo.analytics, self.run_id, time_scope(span))


@dataclass(frozen=True)
class HoursRead:
    """What was read of some hours of a day."""

    labels: frozenset[str]
    """The hours and cells that were read: at least the owed ones."""
    readings: Readings
    cells: CellSummaries


def read_hours(turn: Turn, reader: Reader, clock: Clock, work: DayWork, marks: Marks) -> HoursRead:
    """Read the events of the hours and cells of `work`."""
    labels = frozenset(work.cells or ())
    if not turn.is_first:  # an earlier turn may still write other cells of the hour, so read all of it
        labels = frozenset(map(hour_of, labels))
    labels = widened(work.day, labels, clock.fine_from_ms) | _read_whole(work, labels)
    forgotten = read_forgotten(turn.analytics)
    readings = {name: Reading() for name in names.RAW_EVENT_COLLECTIONS}
    for span in spans(work.day, labels):
        read = read_span(reader.mongo.raw, span, reader.first_day, clock.cut(hourly=True), marks, forgotten=forgotten)
        for _, found in read:
            for name, reading in found.items():
                readings[name].join(reading)
    return HoursRead(labels, readings, summarise_cells(readings))


def parts_of(day: str, readings: Readings, marks: Marks) -> tuple[SeenParts, TallyParts]:
    """Return what was seen of a day and its tallies, in the ledger's form."""
    seen: SeenParts = {}
    counted: TallyParts = {}
    for name, reading in readings.items():
        mark = marks.get(name)
        seen[name] = {piece.label: one.part(mark) for piece, one in reading.seen.items() if piece.day == day}
        counted[name] = {piece.label: quality_counts(one) for piece, one in reading.tallies.items() if piece.day == day}
    return seen, counted


def _read_whole(work: DayWork, labels: Iterable[str]) -> set[str]:
    """Return the labels' hours that were read in one piece by a machine whose clock is ahead: they are reread whole."""
    known = {label for parts in (work.ledger or {}).get("seen", {}).values() for label in parts}
    return known & set(map(hour_of, labels))
