"""One turn over some days: reads what is owed, then the events, then writes the results, the ledger last.

If it is killed at any point, the days stay owed. `player_stats.work.compute` decides which days share a turn.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, groupby
from typing import Final, TypeAlias

from wrapped_shared.forgotten_players import read_forgotten
from wrapped_shared.periods import day_start_ms
from wrapped_shared.seal import first_open_day

from player_stats.domain.cells import Cut, span_of_days
from player_stats.domain.days import merged_days, summarise_cells
from player_stats.domain.quality import PlayerTally, total
from player_stats.domain.summaries import Summary
from player_stats.store.days import DaySummaries, Owner, Written, write_days
from player_stats.store.hours import write_hours
from player_stats.store.ledger import NEVER_READ, DayReading, DayWork, claim, record_readings, work_of
from player_stats.store.quality import write_quality
from player_stats.store.reading import Marks, read_marks, read_span
from player_stats.store.requests import clear_requests, open_requests
from player_stats.store.turns import Turn
from player_stats.work.hours import Reader, Readings, parts_of, read_hours

TURN_EVENTS: Final = 400_000
"""About how many events one turn reads: a server may hold a whole reply in memory, and a killed turn is repeated."""


@dataclass
class DayFigures:
    """The results for one day."""

    tally: PlayerTally
    """The tally of its documents, over all raw collections."""
    summaries: Mapping[str, Summary]
    """Summaries by player key: of the whole day, or of the hours that were owed."""
    changed: int
    """Players whose day was written or removed."""
    too_large: int
    """Players whose day is left out because it exceeds MongoDB's limit of 16 MiB."""


OnDay: TypeAlias = Callable[[str, DayFigures], None]
"""Called with each day that was written."""


def ignore_day(day: str, figures: DayFigures) -> None:
    """Do nothing."""


@dataclass
class Computed:
    """Result of computing."""

    tally: PlayerTally = field(default_factory=PlayerTally)
    days: list[str] = field(default_factory=list)
    """The days that were written, in the order of writing."""
    seconds: float = 0.0

    @property
    def events(self) -> int:
        """Events read."""
        return self.tally.read


class DayTurn:
    """One turn over some adjacent days."""

    def __init__(
        self, turn: Turn, reader: Reader, players: frozenset[str] | None, done: Computed, on_day: OnDay
    ) -> None:
        """Prepare the turn.

        Args:
            turn: the turn, already taken.
            reader: the step.
            players: chosen player keys; None for everyone.
            done: gets what is computed.
            on_day: called with each day that was written.
        """
        self._turn, self._reader, self._players = turn, reader, players
        self._marks: Marks = {}
        self._clock = reader.clock
        self._done, self._on_day = done, on_day

    def compute(self, days: Collection[str], whole: Container[str]) -> set[str]:
        """Compute the owed parts of days, and the days in `whole` whole; return the days that are done, at least one.

        A day that is not in the ledger is computed whole. A day that was sealed before this turn was taken is done: its
        events may be gone.
        """
        done, written = self._done, len(self._done.days)
        enough = done.events + TURN_EVENTS
        first_open = first_open_day(self._turn.analytics, self._reader.first_day)
        sealed = {day for day in days if day < first_open}
        everyone, ordered = self._players is None, sorted(set(days) - sealed)
        requests = open_requests(self._turn.analytics, ordered) if everyone else []
        requested = {request["_id"] for request in requests}
        wanted = [day for day in ordered if not everyone or day in requested or day in whole]
        work_items = work_of(self._turn.analytics, ordered, wanted)
        # Another run may have computed days since the caller found them owed.
        cleared = {work.day for work in work_items if everyone and work.day not in wanted and _is_done(work)}
        work_items = claim(self._turn, [work for work in work_items if work.day not in cleared], all_players=everyone)
        self._marks = read_marks(self._turn.analytics)
        for how, group in groupby(work_items, self._how):
            if how == "part":
                for work in group:
                    self._part(work)
            else:
                self._whole(list(group), self._clock.cut(hourly=how == "hours"), enough)
            if done.events >= enough:
                break
        computed = set(done.days[written:])
        clear_requests(self._turn.analytics, [request for request in requests if request["_id"] in computed])
        return computed | cleared | sealed

    def _how(self, work: DayWork) -> str:
        """Return how to read a day: "part" (its owed hours, if hours are kept), whole in "hours", or as one "day"."""
        if work.cells is not None and self._clock.keeps(work):
            return "part"
        return "hours" if self._clock.keep_until(work) else "day"

    def _whole(self, work_items: Sequence[DayWork], cut: Cut, enough: int) -> None:
        """Compute adjacent whole days, in order, until enough events were read."""
        span = span_of_days(work_items[0].day, work_items[-1].day)
        pending = list(work_items)
        read = read_span(
            self._reader.mongo.raw, span, self._reader.first_day, cut, marks=self._marks, players=self._players,
            forgotten=read_forgotten(self._turn.analytics),
        )  # fmt: skip
        for end, readings in read:
            cells = summarise_cells(readings)
            merged = merged_days(cells)
            ready = [replace(work, cells=None) for work in pending if day_start_ms(work.day) < end]
            pending = pending[len(ready) :]
            requested: set[Owner] = set()
            if cut.hourly:
                for work in ready:
                    of_day = {piece: found for piece, found in cells.items() if piece.day == work.day}
                    hours = write_hours(self._turn, work.day, of_day, read=None, players=self._players)
                    requested |= hours.owners
            # If a day that was never read has no events, they may have been pruned: keep what is stored.
            empty = {work.day for work in ready if work.why == NEVER_READ and not _events(readings, work.day)}
            summaries = {work.day: merged.get(work.day, {}) for work in ready if work.day not in empty}
            written = write_days(self._turn, summaries, self._players, requested)
            self._finish(ready, readings, merged, written)
            if self._done.events >= enough:
                return

    def _part(self, work: DayWork) -> None:
        """Compute the owed hours of a day; making its reports merges the day from its hours."""
        found = read_hours(self._turn, self._reader, self._clock, work, self._marks)
        written = write_hours(self._turn, work.day, found.cells, found.labels)
        self._finish([replace(work, cells=found.labels)], found.readings, merged_days(found.cells), written)

    def _finish(
        self, work_items: Sequence[DayWork], readings: Readings, summaries: DaySummaries, written: Written
    ) -> None:
        """Write the quality of days, clear them in the ledger if all players were read, and report the figures."""
        found = [
            DayReading(work, *parts_of(work.day, readings, self._marks), self._clock.keep_until(work))
            for work in work_items
        ]
        if self._players is None:
            write_quality(self._turn, found)
            record_readings(self._turn, found)
        of_day: dict[str, list[PlayerTally]] = defaultdict(list)
        for piece, tally in chain.from_iterable(reading.tallies.items() for reading in readings.values()):
            of_day[piece.day].append(tally)
        changed, too_large = (Counter(day for _, day in owners) for owners in (written.owners, written.too_large))
        for reading in found:
            day = reading.work.day
            tally = total(of_day[day])
            self._done.tally = total([self._done.tally, tally])
            self._done.days.append(day)
            self._on_day(day, DayFigures(tally, summaries.get(day, {}), changed[day], too_large[day]))


def _is_done(work: DayWork) -> bool:
    return work.ledger is not None and not work.ledger["owed"]


def _events(readings: Readings, day: str) -> bool:
    return any(piece.day == day for reading in readings.values() for piece in reading.seen)
