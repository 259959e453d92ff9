"""One turn of computing: what is owed of some days is read, then their events, then all is written, the ledger last.

Killed anywhere, the days stay owed. Which days share a turn is `player_stats.work.compute`'s business.
"""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import groupby
from typing import Any, TypeAlias

from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, next_day

from player_stats.domain.cells import Cut
from player_stats.domain.days import merged_days, summarise_cells
from player_stats.domain.quality import PlayerTally, total
from player_stats.domain.summaries import Summary
from player_stats.store.days import DayWritten, Written, write_days
from player_stats.store.hours import write_hours
from player_stats.store.ledger import NEVER_READ, DayReading, DayWork, claim, read_done, works_of
from player_stats.store.quality import write_quality
from player_stats.store.reading import Marks, read_marks, read_span
from player_stats.store.requests import clear_requests, open_requests
from player_stats.store.turns import Turn
from player_stats.work.hours import Clock, Readings, parts_of, read_hours, tallies_of

Document: TypeAlias = dict[str, Any]


@dataclass
class DayFigures:
    """What became of one day."""

    tally: PlayerTally
    """What was read of it, all raw collections together."""
    summaries: Mapping[str, Summary]
    """What was read, by player key: of the whole day, or of the hours that were owed."""
    written: DayWritten


Told: TypeAlias = Callable[[str, DayFigures], None]


def nothing_told(day: str, figures: DayFigures) -> None:
    """Say nothing of a day that was written."""


@dataclass
class Computed:
    """What computing did."""

    tally: PlayerTally = field(default_factory=PlayerTally)
    days: list[str] = field(default_factory=list)
    """The days that were written, in the order of writing."""
    seconds: float = 0.0

    @property
    def events(self) -> int:
        """Events read."""
        return self.tally.read


class DaysTurn:
    """One turn over some adjacent days."""

    def __init__(
        self,
        turn: Turn,
        mongo: MongoResource,
        first_day: str,
        players: frozenset[str] | None,
        events: int,
        now: datetime | None,
    ) -> None:
        """Prepare the turn.

        Args:
            turn: the turn, taken already.
            mongo: the opened resource.
            first_day: the first day that counts.
            players: chosen player keys; None for everyone.
            events: after about how many events no further day is read.
            now: the present, UTC; None = that of this machine.
        """
        self._events = events
        self._turn, self._mongo, self._first_day, self._players = turn, mongo, first_day, players
        self._marks: Marks = {}
        self._clock = Clock.at(now)
        self._done = Computed()
        self._told: Told = nothing_told

    def compute(self, days: Iterable[str], whole: Container[str], done: Computed, told: Told) -> set[str]:
        """Compute what is owed of days, or all of those in `whole`; return those that are done, at least one.

        What was computed is added to `done`. A day of which nothing is known is computed whole.
        """
        self._done, self._told = done, told
        written, enough = len(done.days), done.events + self._events
        everyone, ordered = self._players is None, sorted(days)
        requests = open_requests(self._turn.analytics, ordered) if everyone else []
        asked = {request["_id"] for request in requests}
        wanted = [day for day in ordered if not everyone or day in asked or day in whole]
        works = works_of(self._turn.analytics, ordered, wanted)
        # Somebody else may have computed days since the caller saw that they are owed.
        over = {work.day for work in works if everyone and work.day not in wanted and _is_done(work)}
        works = claim(self._turn, [work for work in works if work.day not in over], all_players=everyone)
        self._marks = read_marks(self._turn.analytics)
        for how, group in groupby(works, self._how):
            if how == "part":
                for work in group:
                    self._part(work)
            else:
                self._whole(list(group), self._clock.cut(hourly=how == "hours"), enough)
            if done.events >= enough:
                break
        computed = set(done.days[written:])
        clear_requests(self._turn.analytics, [request for request in requests if request["_id"] in computed])
        return computed | over

    def _how(self, work: DayWork) -> str:
        """How a day is read: "part" (the owed hours of a day kept in hours), whole in "hours", or as one "day"."""
        if work.cells is not None and self._clock.keeps(work):
            return "part"
        return "hours" if self._clock.keep_until(work) else "day"

    def _whole(self, works: Sequence[DayWork], cut: Cut, enough: int) -> None:
        """Compute whole adjacent days, in the order of time, until enough events were read."""
        span = day_start_ms(works[0].day), day_start_ms(next_day(works[-1].day))
        waiting = list(works)
        for end, readings in read_span(self._mongo.raw, span, self._first_day, cut, self._marks, self._players):
            cells = summarise_cells(readings)
            merged = merged_days(cells)
            ready = [replace(work, cells=None) for work in waiting if day_start_ms(work.day) < end]
            waiting = waiting[len(ready) :]
            if cut.hourly:
                for work in ready:
                    of_day = {piece: found for piece, found in cells.items() if piece.day == work.day}
                    write_hours(self._turn, work.day, of_day, None, self._players)
            # Events of a day never read may have been pruned before anything was noted: what is stored of it stays.
            empty = {work.day for work in ready if work.why == NEVER_READ and not _events(readings, work.day)}
            summaries = {work.day: merged.get(work.day, {}) for work in ready if work.day not in empty}
            written = write_days(self._turn, summaries, self._players)
            self._finish(ready, readings, merged, written)
            if self._done.events >= enough:
                return

    def _part(self, work: DayWork) -> None:
        """Compute the owed hours of a day; its document is merged from its hours with the reports."""
        found = read_hours(self._turn, self._mongo, work, self._first_day, self._marks, self._clock)
        written = write_hours(self._turn, work.day, found.cells, found.labels)
        self._finish([replace(work, cells=found.labels)], found.readings, merged_days(found.cells), written)

    def _finish(
        self,
        works: Sequence[DayWork],
        readings: Readings,
        summaries: Mapping[str, Mapping[str, Summary]],
        written: Written,
    ) -> None:
        """Write what was seen of some days, and their quality, over all players."""
        tallies = tallies_of(readings)
        found = [
            DayReading(work, *parts_of(work.day, readings, tallies, self._marks), self._clock.keep_until(work))
            for work in works
        ]
        if self._players is None:
            write_quality(self._turn, found)
            read_done(self._turn, found)
        of_day: dict[str, list[PlayerTally]] = {}
        for by_cell in tallies.values():
            for piece, tally in by_cell.items():
                of_day.setdefault(piece.day, []).append(tally)
        for reading in found:
            day = reading.work.day
            tally = total(of_day.get(day, ()))
            self._done.tally = total([self._done.tally, tally])
            self._done.days.append(day)
            self._told(day, DayFigures(tally, summaries.get(day, {}), written.of(day)))


def _is_done(work: DayWork) -> bool:
    return work.ledger is not None and not work.ledger["owed"]


def _events(readings: Readings, day: str) -> bool:
    return any(piece.day == day for reading in readings.values() for piece in reading.seen)
