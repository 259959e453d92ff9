"""Several readers and writers of one day, paused or killed between any two commands to a real server."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta

import pytest
from bson import ObjectId
from player_stats.domain.ledger import SeenParts
from player_stats.store.extents import Extent
from player_stats.store.ledger import DayReading, DayWork, claim, mark_owed, owed_days, record_readings
from player_stats.store.turns import end_dead_turns, take_turn
from pymongo.database import Database
from scheduling import KILL, Advance, Program, Step, merges, play, preemptions
from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.mongo import MongoResource

Base = Database[Document]
REPORTS = names.WRAPPED_REPORTS


class Day:
    """A day of raw events that differ at every reading: one player's always, one's sometimes, one's only once."""

    def __init__(self, day: str) -> None:
        self.day = day
        self.version = 0
        self.read_by: dict[int, int] = {}
        """By turn the version that it read."""

    def documents(self, version: int) -> list[Document]:
        digests = {"constant": "same", "growing": str(version), f"once{version}": "seen"}
        digests |= {"odd": "same"} if version % 2 else {}
        return [{"_id": f"{key}|{self.day}", "day": self.day, "digest": what} for key, what in digests.items()]

    def stored(self, analytics: Base) -> dict[str, str]:
        return {one["_id"]: one["digest"] for one in analytics[names.PLAYER_DAYS].find({"day": self.day})}

    def wanted(self, version: int) -> dict[str, str]:
        return {one["_id"]: one["digest"] for one in self.documents(version)}

    def ledger(self, analytics: Base) -> Document:
        return analytics[names.DAY_LEDGER].find_one({"_id": self.day}) or {}

    def seen(self, analytics: Base) -> int:
        parts: SeenParts = self.ledger(analytics).get("seen", {})
        return int(parts["game_ticks"]["10"]["n"]) if parts else -1

    def reader(self, analytics: Base) -> None:
        """Read the day as it is now and write it."""
        with take_turn(analytics) as turn:
            works = claim(turn, [DayWork(self.day)])
            analytics.command("ping")  # raw events are read by some command
            self.version += 1
            version = self.read_by[turn.number] = self.version
            turn.reconcile(
                names.PLAYER_DAYS,
                Extent("day", [self.day]),
                self.documents(version),
                before=lambda _ids: self.request(analytics),
            )
            part = {"n": version, "newest": version, "above": 0, "mark": None}
            record_readings(turn, [DayReading(work, {"game_ticks": {"10": part}}, {}) for work in works])

    def reader_of_one(self, analytics: Base) -> None:
        """Read a chosen player's events of the day as it is now and write them."""
        with take_turn(analytics) as turn:
            claim(turn, [DayWork(self.day)], all_players=False)
            analytics.command("ping")
            self.version += 1
            chosen = f"growing|{self.day}"
            documents = [one for one in self.documents(self.version) if one["_id"] == chosen]
            turn.reconcile(names.PLAYER_DAYS, Extent("_id", [chosen]), documents)

    def undertaker(self, analytics: Base) -> None:
        end_dead_turns(analytics, patience=0)

    def request(self, analytics: Base) -> None:
        analytics[names.REPORT_REQUESTS].update_one({"_id": self.day}, {"$set": {"token": ObjectId()}}, upsert=True)

    def reporter(self, analytics: Base) -> None:
        """Make the day's report from its documents."""
        requests = list(analytics[names.REPORT_REQUESTS].find({"_id": self.day}))
        with take_turn(analytics) as turn:
            settled = turn.is_first
            report = {"_id": self.day, "digest": repr(sorted(self.stored(analytics).items()))}
            turn.reconcile(REPORTS, Extent("_id", [self.day]), [report])
        for request in requests if settled else []:
            analytics[names.REPORT_REQUESTS].delete_one({"_id": request["_id"], "token": request["token"]})


class Table:
    """Programs on one server, with a new day for each schedule."""

    def __init__(self, mongo: MongoResource, programs: int) -> None:
        self.analytics = mongo.analytics
        self.programs = [Program(mongo.uri, mongo.analytics_database) for _ in range(programs)]
        self._days = (str(date(1000, 1, 1) + timedelta(days=number)) for number in range(1_000_000))

    def fresh_day(self) -> Day:
        """A day that was read once and is owed again, with a report."""
        day = Day(next(self._days))
        self.analytics[names.PLAYER_DAYS].insert_many(day.documents(0))
        self.analytics[REPORTS].insert_one({"_id": day.day, "digest": repr(sorted(day.wanted(0).items()))})
        mark_owed(self.analytics, {day.day: ["*"]}, "news")
        return day

    def check(self, day: Day, *, all_players: bool = True) -> None:
        """The day is one complete reading or owed; another pass corrects it and leaves nothing over."""
        end_dead_turns(self.analytics, patience=0)
        ledger, stored, seen = day.ledger(self.analytics), day.stored(self.analytics), day.seen(self.analytics)
        if not ledger["owed"] and (all_players or seen == day.version):
            assert stored == day.wanted(seen), "a day that is not owed is not what was read of it"
            assert seen == day.read_by[max(day.read_by)], "the latest reader's result was not kept"
        if all_players:
            self.check_report(day)
        if seen != day.version:  # whoever looks for news finds the difference
            mark_owed(self.analytics, {day.day: ["*"]}, "news")
        if owed_days(self.analytics, day.day, day.day, 1):
            day.reader(self.analytics)
        day.reporter(self.analytics)
        assert not owed_days(self.analytics, day.day, day.day, 1)
        assert day.stored(self.analytics) == day.wanted(day.version)
        assert self.analytics[names.REPORT_REQUESTS].find_one({"_id": day.day}) is None
        self.check_report(day)
        assert self.analytics[names.REMOVALS].find_one() is None
        assert (self.analytics[names.TURNS].find_one() or {})["open"] == []

    def check_report(self, day: Day) -> None:
        if self.analytics[names.REPORT_REQUESTS].find_one({"_id": day.day}) is None:
            report = self.analytics[REPORTS].find_one({"_id": day.day}) or {}
            assert report["digest"] == repr(sorted(day.stored(self.analytics).items())), "a stale report is not owed"

    def play(self, bodies: Sequence[Callable[[Day], Callable[[Base], None]]], schedule: Sequence[Step]) -> None:
        """Play a schedule on its own day; a table of programs has clients for three."""
        day = self.fresh_day()
        for program, body in zip(self.programs, bodies, strict=False):
            program.start(body(day))
        play(self.programs[: len(bodies)], schedule)
        try:
            self.check(day, all_players=reader_of_one not in bodies)
        except AssertionError as error:
            raise AssertionError(f"{schedule}: {error}") from error


@pytest.fixture
def table(mongo: MongoResource) -> Iterator[Table]:
    made = Table(mongo, 3)
    yield made
    for program in made.programs:
        program.close()


def reader(day: Day) -> Callable[[Base], None]:
    return day.reader


def reporter(day: Day) -> Callable[[Base], None]:
    return day.reporter


def reader_of_one(day: Day) -> Callable[[Base], None]:
    return day.reader_of_one


def undertaker(day: Day) -> Callable[[Base], None]:
    return day.undertaker


READS, WRITES, ENDS = ("ping", "1"), ("update", names.REPORT_REQUESTS), ("update", names.DAY_LEDGER)
STAGES: list[Advance] = [READS, WRITES, ENDS, None]
"""A reader's stages: it has claimed the day, read, written, ended."""
COMMANDS = 15
"""The number of commands that a reader sends."""


def staged(order: Sequence[int], stages: Sequence[Advance] = STAGES) -> list[Step]:
    """Each program's stages in sequence, in an order of programs."""
    return [(which, stages[order[:at].count(which)]) for at, which in enumerate(order)]


def with_kills(schedule: list[Step]) -> Iterator[list[Step]]:
    """The schedule, and the same with a program killed instead of paused."""
    yield schedule
    for at, (which, _) in enumerate(schedule):
        yield [*schedule[: at + 1], (which, KILL), *schedule[at + 1 :]]


@pytest.mark.slow
def test_two_readers_in_every_order_of_their_stages(table: Table) -> None:
    for order in merges([4, 4]):
        if order[0] == 0:  # the others are the same with their names changed
            table.play([reader, reader], staged(order))


@pytest.mark.slow
@pytest.mark.parametrize("stages", range(4))
def test_a_reader_killed_after_any_stage_with_another_one_active(table: Table, stages: int) -> None:
    for order in merges([4, stages]):
        table.play([reader, reader], [*staged(order), (1, KILL)])


@pytest.mark.slow
def test_a_reader_paused_or_killed_after_any_command_while_another_one_finishes(table: Table) -> None:
    for schedule in preemptions(2, COMMANDS, 1):
        for one in with_kills(schedule):
            table.play([reader, reader], one)


@pytest.mark.slow
def test_a_report_made_meanwhile_is_correct_or_owed(table: Table) -> None:
    for schedule in random.Random(1).sample([*preemptions(2, COMMANDS, 2)], 30):
        table.play([reader, reporter], schedule)


def test_a_reader_of_chosen_players_and_one_of_all_players(table: Table) -> None:
    for order in merges([3, 3]):
        table.play([reader, reader_of_one], staged(order, [READS, ("update", names.PLAYER_DAYS), None]))


def test_two_processes_end_a_dead_turn_while_a_later_reader_continues(table: Table) -> None:
    dead, later, helper = table.programs
    for schedule in random.Random(3).sample([*preemptions(3, 8, 3)], 15):
        day = table.fresh_day()
        dead.start(day.reader)
        dead.go(READS)
        later.start(day.reader)
        later.go(ENDS)
        dead.go(ENDS)  # has brought back what the later one found gone
        dead.kill()
        dead.start(day.undertaker)
        helper.start(day.undertaker)
        play(table.programs, schedule)
        table.check(day)


@pytest.mark.slow
def test_two_readers_switched_twice_after_any_commands_with_and_without_a_kill(table: Table) -> None:
    for schedule in preemptions(2, COMMANDS, 2):
        for one in with_kills(schedule):
            table.play([reader, reader], one)


@pytest.mark.slow
def test_three_readers_in_every_order_of_their_stages(table: Table) -> None:
    for order in merges([3, 3, 3]):
        if order[0] == 0:
            table.play([reader, reader, reader], staged(order, [WRITES, ENDS, None]))


@pytest.mark.slow
def test_two_readers_and_a_reporter_paused_and_killed_anywhere(table: Table) -> None:
    for schedule in random.Random(2).sample([*preemptions(3, COMMANDS, 3)], 60):
        for one in with_kills(schedule):
            table.play([reader, reader, reporter], one)


@pytest.mark.slow
def test_a_reader_killed_anywhere_while_another_one_continues_and_a_third_ends_its_turn(table: Table) -> None:
    for schedule in random.Random(4).sample([*preemptions(3, COMMANDS, 3)], 60):
        for one in with_kills(schedule):
            table.play([reader, reader, undertaker], one)
