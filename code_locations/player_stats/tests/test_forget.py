"""A forgotten player: all documents and the bookkeeping are those of databases that never had the player."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from player_stats.definitions import forget
from player_stats.store.groups import make_groups
from player_stats.store.ledger import owed_days
from player_stats.store.linked_names import apply_links
from player_stats.store.outside_days import write_undated
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.store.turns import Turn, end_dead_turns
from player_stats.work import day_turn
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from player_stats.work.plan import make_plan, work_due
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from stats_world import Documents, generated, store, stored, tick, unopened
from wrapped_shared import collections as names
from wrapped_shared.forgotten import forgotten_documents
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource, connect
from wrapped_shared.names import player_key
from wrapped_shared.periods import today
from wrapped_shared.tenures import Link, Tenures

FIRST_DAY, START = "2024-08-10", "2024-08-12"
NOW = datetime(2024, 8, 14, 0, 20, tzinfo=UTC)
GENERATED: dict[str, Any] = {"players": 3, "days": 2, "ticks": 60, "seed": 7, "start": START, "hostile": True}


@pytest.fixture(autouse=True)
def _first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", FIRST_DAY)


@pytest.fixture(scope="module")
def telemetry() -> Documents:
    return generated(**GENERATED)


@pytest.fixture
def world(mongo: MongoResource, telemetry: Documents) -> MongoResource:
    """All players, computed."""
    ensure_indexes(mongo.raw, mongo.analytics)
    store(mongo, telemetry)
    group(mongo, *players_of(telemetry))
    computed(mongo)
    return mongo


@pytest.fixture
def other(mongo: MongoResource) -> Iterator[MongoResource]:
    """A second pair of databases, which never has the player."""
    databases = {"raw_database": f"{mongo.raw_database}-o", "analytics_database": f"{mongo.analytics_database}-o"}
    with MongoResource(uri=mongo.uri, **databases).open() as opened:
        yield opened
        for name in databases.values():
            opened.client.drop_database(name)


def players_of(telemetry: Documents) -> list[str]:
    keys = {player_key(document.get("username")) for found in telemetry.values() for document in found}
    return sorted(key for key in keys if key)


def without(telemetry: Documents, *keys: str) -> Documents:
    return {
        name: [document for document in found if player_key(document.get("username")) not in keys]
        for name, found in telemetry.items()
    }


def ban(key: str, *links: Link) -> list[dict[str, Any]]:
    tenures = Tenures(links)
    return forgotten_documents(tenures, key, datetime(2024, 9, 1, tzinfo=UTC))


def computed(mongo: MongoResource, now: datetime = NOW) -> None:
    """Compute everything that is owed."""
    make_plan(mongo, FIRST_DAY, now, thorough=True)
    while days := [work.day for work in work_due(mongo.analytics, FIRST_DAY, now)]:
        compute(Reader(mongo, FIRST_DAY, now=now), days)
    apply_links(mongo.analytics)
    make_owed_reports(mongo.analytics)
    make_owed_ranks(mongo.analytics)
    make_groups(mongo.analytics)
    write_undated(mongo.raw, mongo.analytics, FIRST_DAY, today())


def everything(mongo: MongoResource) -> dict[str, Any]:
    """All results, and the bookkeeping of days as far as it is the same however they were read."""
    found: dict[str, Any] = stored(mongo)
    found["seen"] = {
        day["_id"]: {
            collection: {label: (part["n"], part["newest"]) for label, part in parts.items()}
            for collection, parts in day["seen"].items()
        }
        for day in mongo.analytics[names.DAY_LEDGER].find()
        if day.get("seen")
    }
    found["tallies"] = {
        day["_id"]: day["tallies"] for day in mongo.analytics[names.DAY_LEDGER].find() if day.get("seen")
    }
    found["groups"] = list(mongo.analytics[names.PLAYER_GROUPS].find())
    found["raw"] = {
        name: sorted(repr(document["_id"]) for document in mongo.raw[name].find({}, {"_id": 1}))
        for name in names.RAW_EVENT_COLLECTIONS
    }
    for removed in (names.REPORT_REQUESTS, names.RANK_REQUESTS, names.REMOVALS):
        found[removed] = list(mongo.analytics[removed].find())
    return found


def group(mongo: MongoResource, *members: str) -> None:
    mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "clan", "members": list(members)})


def owed(mongo: MongoResource) -> list[str]:
    return [work.day for work in owed_days(mongo.analytics, FIRST_DAY, "2099-01-01", 1000)]


def never_had(other: MongoResource, telemetry: Documents, *keys: str) -> dict[str, Any]:
    """Everything in databases that never had some players."""
    ensure_indexes(other.raw, other.analytics)
    store(other, without(telemetry, *keys))
    group(other, *(key for key in players_of(telemetry) if key not in keys))
    computed(other)
    return everything(other)


def check(mongo: MongoResource, wanted: dict[str, Any]) -> None:
    found = everything(mongo)
    for name in wanted:
        assert found[name] == wanted[name], name


class KilledError(BaseException):
    """Not an Exception: pymongo swallows those of a listener."""


class Killer(CommandListener):
    """Kills a client before one of its writes; none leaves after it."""

    WRITES = ("insert", "update", "delete", "findAndModify")

    def __init__(self, last: int) -> None:
        self.left = last

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in self.WRITES:
            self.left -= 1
            if self.left < 0:
                raise KilledError

    def succeeded(self, event: CommandSucceededEvent) -> None:
        pass

    def failed(self, event: CommandFailedEvent) -> None:
        pass


def forget_until_killed(mongo: MongoResource, documents: list[dict[str, Any]], writes: int) -> bool:
    """Forget through a client that dies before a write; return whether it was done before."""
    own = unopened(mongo)
    own._client = connect(mongo.uri, event_listeners=[Killer(writes)])
    try:
        with own.open():
            forget(own, documents)
    except KilledError:
        return False
    return True


@pytest.mark.slow
@pytest.mark.parametrize("number", range(2))
def test_a_forgotten_player_leaves_the_databases_as_if_never_seen(
    world: MongoResource, other: MongoResource, telemetry: Documents, number: int
) -> None:
    gone = players_of(telemetry)[number]
    own = sum(map(len, telemetry.values())) - sum(map(len, without(telemetry, gone).values()))
    assert forget(world, ban(gone)).events == own
    check(world, never_had(other, telemetry, gone))
    assert not owed(world), "events of others would be read again"
    make_plan(world, FIRST_DAY, NOW, thorough=True)
    assert not owed(world), "the bookkeeping differs from what is there"


@pytest.mark.slow
def test_an_interrupted_forget_is_finished_by_the_next(
    world: MongoResource, other: MongoResource, telemetry: Documents
) -> None:
    gone = players_of(telemetry)[0]
    wanted, writes, done = never_had(other, telemetry, gone), 0, False
    while not done:
        for base in (world.raw, world.analytics):
            for name in base.list_collection_names():
                base[name].delete_many({})
        store(world, telemetry)
        group(world, *players_of(telemetry))
        computed(world)
        done = forget_until_killed(world, ban(gone), writes)
        end_dead_turns(world.analytics, patience=0)
        forget(world, ban(gone))
        computed(world)
        check(world, wanted)
        writes += 4
    assert writes > 20, "there were hardly any writes to die before"


@pytest.mark.slow
def test_a_player_forgotten_while_a_run_reads_does_not_come_back(
    mongo: MongoResource, other: MongoResource, telemetry: Documents, monkeypatch: pytest.MonkeyPatch
) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    store(mongo, telemetry)
    group(mongo, *players_of(telemetry))
    gone = players_of(telemetry)[0]
    write, done = day_turn.write_hours, []

    def forgotten_meanwhile(turn: Turn, *arguments: Any, **more: Any) -> Any:
        if not done:
            done.append(forget(mongo, ban(gone)).events)
        return write(turn, *arguments, **more)

    monkeypatch.setattr(day_turn, "write_hours", forgotten_meanwhile)
    computed(mongo)
    assert done[0]
    check(mongo, never_had(other, telemetry, gone))


@pytest.mark.slow
def test_events_that_arrive_for_a_forgotten_player_count_nowhere_and_are_swept(
    world: MongoResource, other: MongoResource, telemetry: Documents
) -> None:
    gone = players_of(telemetry)[0]
    wanted = never_had(other, telemetry, gone)
    forget(world, ban(gone))
    own = {
        name: [document for document in found if player_key(document.get("username")) == gone]
        for name, found in telemetry.items()
    }
    store(world, own)
    world.analytics[names.DAY_REQUESTS].insert_many([{"_id": day, "reason": "late"} for day in (START, "2024-08-13")])
    computed(world)
    for name in ("player_days", "wrapped_reports", "group_reports", "tallies"):
        assert everything(world)[name] == wanted[name], name
    assert forget(world, []).events == sum(map(len, own.values()))
    check(world, wanted)
    assert not owed(world)


@pytest.mark.slow
def test_a_later_holder_of_an_old_name_keeps_everything(mongo: MongoResource, other: MongoResource) -> None:
    days = [f"2024-08-{day}" for day in (12, 13, 14, 15)]
    later_on = datetime(2024, 8, 20, tzinfo=UTC)
    first = [tick("Old Name", day, number) for day in days[:2] for number in range(3)]
    first += [tick("New Name", day, number) for day in days[1:] for number in range(4)]
    later = [tick("Old_Name", day, number) for day in days[2:] for number in range(5)]
    ticks = [{"_id": f"{number:03}", **one} for number, one in enumerate([*first, *later])]
    for databases, some in ((mongo, ticks), (other, ticks[len(first) :])):
        ensure_indexes(databases.raw, databases.analytics)
        store(databases, {names.GAME_TICKS: some})
    link = Link(days[1], "old name", "new name")
    mongo.analytics[names.PLAYER_NAMES].insert_one(
        {"_id": link.id, "old": link.old, "now": link.now, "from_day": link.from_day}
    )
    for databases in (mongo, other):
        group(databases, "old name")
        computed(databases, later_on)
    assert forget(mongo, ban("new name", link)).names == {"old name", "new name"}
    mongo.analytics[names.PLAYER_NAMES].delete_many({})
    computed(mongo, later_on)
    check(mongo, everything(other))
