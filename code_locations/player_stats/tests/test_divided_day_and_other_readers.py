"""Two steps of a run on one divided day and a reader of the whole day, paused or killed between any two commands."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from player_stats.domain.ledger import SeenParts
from player_stats.store import waiting
from player_stats.store.division import claim_piece, divide, stage
from player_stats.store.extents import Extent
from player_stats.store.hours import HOURS_OF_DAY
from player_stats.store.ledger import DayReading, DayWork, claim, mark_owed, owed_days, record_readings
from player_stats.store.scopes import time_scope
from player_stats.store.turns import end_dead_turns, take_turn
from player_stats.work import join
from pymongo.database import Database
from scheduling import KILL, Program, Step, merges, play, preemptions
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, next_day

Base = Database[Document]
RUN = "run"
HALVES = (HOURS_OF_DAY[:12], HOURS_OF_DAY[12:])
PLAYED = ("00", "11", "12")
READS, STAGES, ENDS = ("ping", "1"), ("update", names.DAY_LEDGER), None
COMMANDS = 12
"""The number of commands that a step sends."""


class Day:
    """A day whose events differ at every reading: a player's in some hours always, another's only once."""

    def __init__(self, day: str) -> None:
        self.day = day
        self.version = 0
        self.late = 0
        """No reading up to this version has seen the late event."""

    def documents(self, hours: Sequence[str], version: int) -> list[Document]:
        return [
            {"_id": f"{key}|{self.day}T{hour}", "hour": f"{self.day}T{hour}", "day": self.day, "player_key": key,
             "digest": str(version)}
            for hour in hours if hour in PLAYED for key in ("growing", f"once{version}")
        ]  # fmt: skip

    def _read(self, analytics: Base) -> int:
        analytics.command("ping")  # raw events are read by some command
        self.version += 1
        return self.version

    def _write(self, turn: Any, hours: Sequence[str], version: int) -> SeenParts:
        extent = Extent("hour", [f"{self.day}T{hour}" for hour in hours if hour in PLAYED])
        turn.reconcile(names.PLAYER_HOURS, extent, self.documents(hours, version))
        part = {"n": version, "newest": version, "above": 0, "mark": None}
        return {names.GAME_TICKS: dict.fromkeys(hours, part)}

    def divided(self, analytics: Base) -> None:
        """The plan, before the steps begin."""
        with take_turn(analytics, RUN) as turn:
            divide(turn, owed_days(analytics, self.day, self.day, 1), RUN, self.day)

    def half(self, which: int) -> Callable[[Base], None]:
        """A step."""
        hours = HALVES[which]
        start = day_start_ms(self.day) + int(hours[0]) * 3_600_000

        def step(analytics: Base) -> None:
            with take_turn(analytics, RUN, time_scope((start, start + 12 * 3_600_000))) as turn:
                piece = claim_piece(turn, self.day, RUN, hours)
                if piece is None:
                    return
                seen = self._write(turn, hours, self._read(analytics))
                stage(turn, piece, frozenset(hours), seen, {})

        return step

    def whole(self, analytics: Base) -> None:
        """A reader of the whole day."""
        with take_turn(analytics, scope=self.scope) as turn:
            works = claim(turn, [DayWork(self.day)])
            seen = self._write(turn, HOURS_OF_DAY, self._read(analytics))
            record_readings(turn, [DayReading(work, seen, {}, self.day) for work in works])

    def late_event(self, analytics: Base) -> None:
        """A look that finds something new."""
        analytics.command("ping")  # until then it waits for its turn in the schedule
        self.late = self.version
        mark_owed(analytics, {self.day: ["13"]}, "new events")

    def joined(self, analytics: Base) -> None:
        join.join_days(analytics, RUN, run_id=RUN)

    @property
    def scope(self) -> Any:
        return time_scope((day_start_ms(self.day), day_start_ms(next_day(self.day))))


class Table:
    """Programs on one server, with a new day for each schedule."""

    def __init__(self, mongo: MongoResource, programs: int) -> None:
        self.analytics = mongo.analytics
        self.programs = [Program(mongo.uri, mongo.analytics_database) for _ in range(programs)]
        self._days = (str(date(1971, 1, 1) + timedelta(days=number)) for number in range(1_000_000))

    def fresh_day(self) -> Day:
        day = Day(next(self._days))
        mark_owed(self.analytics, {day.day: ["*"]}, "news")
        day.divided(self.analytics)
        return day

    def play(self, bodies: Sequence[Callable[[Day], Callable[[Base], None]]], schedule: Sequence[Step],
             retried: Sequence[int] = ()) -> None:  # fmt: skip
        """Play a schedule on its own day, retry the steps and join; then check what is left and finish the work."""
        day = self.fresh_day()
        for program, body in zip(self.programs, bodies, strict=False):
            program.start(body(day))
        play(self.programs[: len(bodies)], schedule)
        for which in retried:
            day.half(which)(self.analytics)
        end_dead_turns(self.analytics, patience=0)
        try:
            day.joined(self.analytics)
            self.check(day)
        except AssertionError as error:
            raise AssertionError(f"{schedule}: {error}") from error

    def check(self, day: Day) -> None:
        """What is not owed is, hour by hour, what the ledger says was read; another reader corrects the rest."""
        ledger = self.analytics[names.DAY_LEDGER].find_one({"_id": day.day}) or {}
        if not ledger["owed"]:
            seen = ledger["seen"][names.GAME_TICKS]
            assert not day.late or seen["13"]["n"] > day.late, "an event was noted, and is not owed"
            expected = [one for hour in HOURS_OF_DAY for one in day.documents([hour], seen[hour]["n"])]
            assert self.stored(day) == {one["_id"]: one["digest"] for one in expected}, "not what was read of it"
        day.whole(self.analytics)
        assert not owed_days(self.analytics, day.day, day.day, 1)
        wanted = {one["_id"]: one["digest"] for one in day.documents(HOURS_OF_DAY, day.version)}
        assert self.stored(day) == wanted
        assert self.analytics[names.REMOVALS].find_one() is None
        assert (self.analytics[names.TURNS].find_one() or {})["open"] == []

    def stored(self, day: Day) -> dict[str, str]:
        return {one["_id"]: one["digest"] for one in self.analytics[names.PLAYER_HOURS].find({"day": day.day})}

    def is_done(self, day: Day) -> bool:
        return not owed_days(self.analytics, day.day, day.day, 1)


@pytest.fixture
def table(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> Iterator[Table]:
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0)
    made = Table(mongo, 3)
    yield made
    for program in made.programs:
        program.close()


def first(day: Day) -> Callable[[Base], None]:
    return day.half(0)


def second(day: Day) -> Callable[[Base], None]:
    return day.half(1)


def whole(day: Day) -> Callable[[Base], None]:
    return day.whole


def late_event(day: Day) -> Callable[[Base], None]:
    return day.late_event


def orders(stages: Sequence[Any], lengths: Sequence[int]) -> Iterator[list[Step]]:
    """Every order of the programs' stages."""
    for order in merges(lengths):
        yield [(which, stages[order[:at].count(which)]) for at, which in enumerate(order)]


@pytest.mark.slow
def test_two_pieces_alone_complete_the_day(table: Table) -> None:
    for schedule in orders([READS, STAGES, ENDS], [3, 3]):
        day = table.fresh_day()
        for program, body in zip(table.programs, (first, second), strict=False):
            program.start(body(day))
        play(table.programs[:2], schedule)
        day.joined(table.analytics)
        assert table.is_done(day), schedule
        table.check(day)


@pytest.mark.slow
def test_two_pieces_and_a_whole_day_reader_in_every_order(table: Table) -> None:
    for schedule in random.Random(1).sample([*orders([READS, STAGES, ENDS], [2, 2, 2])], 30):
        table.play([first, second, whole], schedule)


@pytest.mark.slow
def test_a_late_event_noted_during_two_pieces_leaves_the_day_correct_or_owed(table: Table) -> None:
    for commands in range(1, COMMANDS):
        for pieces in ([first, second], [second, first]):
            table.play([*pieces, late_event], [(0, commands), (2, None), (1, None)])


def test_a_piece_killed_between_any_two_commands_and_retried_completes_the_day(table: Table) -> None:
    for commands in range(1, COMMANDS):
        day = table.fresh_day()
        day.half(1)(table.analytics)
        table.programs[0].start(day.half(0))
        play(table.programs[:1], [(0, commands), (0, KILL)])
        end_dead_turns(table.analytics, patience=0)
        day.half(0)(table.analytics)
        day.joined(table.analytics)
        assert table.is_done(day), f"killed after {commands} commands"
        table.check(day)


def test_a_piece_that_never_starts_or_finishes_leaves_the_day_owed(table: Table) -> None:
    for commands in (0, 2, 4):
        day = table.fresh_day()
        day.half(1)(table.analytics)
        if commands:
            table.programs[0].start(day.half(0))
            play(table.programs[:1], [(0, commands), (0, KILL)])
        end_dead_turns(table.analytics, patience=0)
        day.joined(table.analytics)
        assert not table.is_done(day)
        table.check(day)


@pytest.mark.slow
def test_a_step_presumed_dead_continues_alongside_its_replacement(table: Table) -> None:
    for schedule in random.Random(2).sample([*preemptions(2, COMMANDS, 2)], 25):
        table.play([first, first, second], schedule)


def test_a_dead_run_blocks_nobody(table: Table) -> None:
    day = table.fresh_day()
    day.half(0)(table.analytics)
    day.divided(table.analytics)
    for which in (0, 1):
        day.half(which)(table.analytics)
    day.joined(table.analytics)
    assert table.is_done(day)
    table.check(day)


@pytest.mark.slow
def test_pieces_and_another_reader_paused_and_killed_anywhere(table: Table) -> None:
    for schedule in random.Random(3).sample([*preemptions(3, COMMANDS, 3)], 80):
        table.play([first, second, whole], schedule)
        for at, (which, _) in enumerate(schedule):
            killed = [*schedule[: at + 1], (which, KILL), *schedule[at + 1 :]]
            table.play([first, second, whole], killed, retried=[which] if which < len(HALVES) else [])
