"""Days read by several steps at once give the same documents as one reader, whatever happens to the steps."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from player_stats.store.ledger import NEVER_READ
from player_stats.store.order import register
from player_stats.store.reports import make_owed_reports
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from player_stats.work.map_step import compute_piece
from player_stats.work.pieces import Piece
from sharded_run import Run, emptied, ledger, owed
from stats_world import Documents, generated, news, store, stored, tick
from wrapped_cli.day_requests import request_days
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today

pytestmark = pytest.mark.slow

NOW = datetime(2024, 8, 20, 14, 30, tzinfo=UTC)
FIRST_DAY, OLD, RECENT = "2024-08-01", "2024-08-03", "2024-08-18"
Stored = dict[str, dict[Any, Any]]


def sharded(mongo: MongoResource, shards: int, run: str = "run", now: datetime = NOW) -> Run:
    return Run(mongo, FIRST_DAY, shards, run, now)


def half_read(mongo: MongoResource, telemetry: dict[str, Documents]) -> tuple[Run, Piece, Piece]:
    """A run of two pieces of the recent day, of which the newer one was computed: the run, and the pieces."""
    store(mongo, telemetry[RECENT])
    run = sharded(mongo, 2)
    newer, older = run.plan()
    run.compute(newer)
    return run, newer, older


def results(mongo: MongoResource) -> Stored:
    """What is stored, except hours: older days have them only if the day was divided."""
    return {name: documents for name, documents in stored(mongo).items() if name != names.PLAYER_HOURS}


@pytest.fixture(scope="module")
def telemetry() -> dict[str, Documents]:
    """Hostile telemetry of a few players, by day."""
    return {
        day: generated(players=3, days=1, ticks=60, seed=seed, start=day, hostile=True)
        for seed, day in enumerate((OLD, RECENT))
    }


@pytest.fixture(scope="module")
def known() -> Stored:
    """The result of one reader of all telemetry."""
    return {}


@pytest.fixture
def expected(mongo: MongoResource, telemetry: dict[str, Documents], known: Stored) -> Stored:
    """The result of one reader; the telemetry is stored and nothing is computed yet."""
    for documents in telemetry.values():
        store(mongo, documents)
    if not known:
        sharded(mongo, 1).all()
        known |= stored(mongo)
        emptied(mongo)
    return known


@pytest.mark.parametrize("shards", [4, 16])
def test_any_number_of_shards_gives_the_same_documents(mongo: MongoResource, expected: Stored, shards: int) -> None:
    run = sharded(mongo, shards)
    pieces = run.all()
    assert len(pieces) >= 4
    assert any(list(piece.parts()) for piece in pieces)
    assert results(mongo) == {name: found for name, found in expected.items() if name != names.PLAYER_HOURS}
    recent = {one: found for one, found in stored(mongo)[names.PLAYER_HOURS].items() if found["day"] == RECENT}
    assert recent == {one: found for one, found in expected[names.PLAYER_HOURS].items() if found["day"] == RECENT}
    assert owed(mongo) == []
    assert sharded(mongo, shards, "next").plan() == []


def test_each_event_is_read_once(mongo: MongoResource, telemetry: dict[str, Documents]) -> None:
    store(mongo, telemetry[OLD])
    run = sharded(mongo, 4)
    pieces = run.plan()
    there = sum(mongo.raw[name].count_documents({}) for name in names.RAW_EVENT_COLLECTIONS)
    read = [run.compute(piece) for piece in pieces]
    undated = mongo.raw[names.GAME_TICKS].count_documents({"timestamp": {"$not": {"$type": "number"}}})
    assert there * 0.9 - undated < sum(read) <= there
    assert max(read) < there / 2


def test_hours_of_an_old_day_are_removed_once_its_reports_are_made(mongo: MongoResource, expected: Stored) -> None:
    sharded(mongo, 4).all()
    assert mongo.analytics[names.PLAYER_HOURS].count_documents({"day": OLD})
    for days in (1, 2):
        sharded(mongo, 4, f"{days} later", NOW + timedelta(days=days)).plan()
    assert mongo.analytics[names.PLAYER_HOURS].count_documents({"day": OLD}) == 0
    assert mongo.analytics[names.PLAYER_HOURS].count_documents({"day": RECENT})
    assert "kept_until" not in ledger(mongo, OLD)
    assert results(mongo)[names.PLAYER_DAYS] == expected[names.PLAYER_DAYS]


@pytest.mark.parametrize("missing", [0, 1])
def test_without_one_of_its_pieces_a_day_stays_owed_and_has_no_partial_report(
    mongo: MongoResource, expected: Stored, missing: int
) -> None:
    run = sharded(mongo, 4)
    pieces = run.plan()
    lost = pieces[missing]
    for piece in pieces:
        if piece is not lost:
            run.compute(piece)
    left = run.join().left
    assert left
    assert set(left) == {day for day, _ in lost.parts()}
    make_owed_reports(mongo.analytics)
    days = {document["day"] for document in mongo.analytics[names.PLAYER_DAYS].find()}
    assert not days & set(left)
    run.compute(lost)
    assert run.join().left == []
    make_owed_reports(mongo.analytics)
    assert results(mongo)[names.PLAYER_DAYS] == expected[names.PLAYER_DAYS]
    assert results(mongo)[names.DATA_QUALITY] == expected[names.DATA_QUALITY]


@pytest.mark.parametrize("next_shards", [1, 3])
def test_the_next_run_computes_whatever_a_dead_run_left(
    mongo: MongoResource, expected: Stored, next_shards: int
) -> None:
    dead = sharded(mongo, 4, "dead")
    dead.compute(dead.plan()[1])
    sharded(mongo, next_shards, "next").all()
    assert results(mongo) == {name: found for name, found in expected.items() if name != names.PLAYER_HOURS}
    assert owed(mongo) == []
    assert not mongo.analytics[names.DAY_LEDGER].count_documents({"division": {"$exists": True}})


def test_a_step_reads_nothing_if_another_run_took_over_its_days(mongo: MongoResource, expected: Stored) -> None:
    late = sharded(mongo, 4, "late")
    pieces = late.plan()
    sharded(mongo, 4, "other").plan()
    parts = [piece for piece in pieces if not piece.whole_days()]
    assert parts
    assert [late.compute(piece) for piece in parts] == [0] * len(parts)
    assert late.join().done == {}
    assert owed(mongo)


def test_another_reader_between_two_pieces_is_correct_and_the_pieces_do_not_change_its_day(
    mongo: MongoResource, telemetry: dict[str, Documents]
) -> None:
    run, _, older = half_read(mongo, telemetry)
    extra = [tick("Zed", RECENT, number * 6_000) for number in range(24)]
    store(mongo, {"game_ticks": extra})
    compute(Reader(mongo, FIRST_DAY, now=NOW), [RECENT], whole=[RECENT])
    run.compute(older)
    assert run.join().done == {}
    assert RECENT not in owed(mongo)
    make_owed_reports(mongo.analytics)
    found = results(mongo)[names.PLAYER_DAYS]
    emptied(mongo)
    sharded(mongo, 1).all()
    assert found == results(mongo)[names.PLAYER_DAYS]
    assert found[f"zed|{RECENT}"]["play"]["ticks"] == len(extra)


def test_an_event_that_is_noted_between_two_claims_leaves_the_day_owed(
    mongo: MongoResource, telemetry: dict[str, Documents]
) -> None:
    run, newer, older = half_read(mongo, telemetry)
    late = tick("Zed", RECENT, 100)
    late["timestamp"] = newer.start_ms + 1
    store(mongo, {"game_ticks": [late]})
    Run(mongo, FIRST_DAY, 2, "looks", NOW + timedelta(minutes=20)).plan()
    run.compute(older)
    assert run.join().done == {}
    assert owed(mongo) == [RECENT]
    sharded(mongo, 2, "next").all()
    assert results(mongo)[names.PLAYER_DAYS][f"zed|{RECENT}"]["play"]["ticks"] == 1


@pytest.mark.parametrize("token", [ObjectId(), "9f1c2e", [5, None]])
def test_a_divided_day_that_anyone_requested_removes_days_of_players_without_events(
    mongo: MongoResource, telemetry: dict[str, Documents], token: Any
) -> None:
    store(mongo, telemetry[OLD])
    store(mongo, {"game_ticks": [tick("Zed", OLD, number) for number in range(3)]})
    sharded(mongo, 1).all()
    before = results(mongo)[names.PLAYER_DAYS]
    mongo.raw[names.GAME_TICKS].delete_many({"username": "Zed"})
    mongo.analytics[names.DAY_REQUESTS].insert_one({"_id": OLD, "reason": "by hand", "token": token})
    assert any(list(piece.parts()) for piece in sharded(mongo, 4, "again").all())
    assert not mongo.analytics[names.DAY_REQUESTS].count_documents({})
    assert results(mongo)[names.PLAYER_DAYS].keys() == before.keys() - {f"zed|{OLD}"}


def test_a_request_made_while_a_divided_day_is_read_is_served_afterwards(
    mongo: MongoResource, telemetry: dict[str, Documents]
) -> None:
    store(mongo, telemetry[OLD])
    run = sharded(mongo, 2)
    newer, older = run.plan()
    run.compute(newer)
    request_days(mongo.analytics[names.DAY_REQUESTS], [OLD], "import")
    run.compute(older)
    assert run.join().left == []
    assert mongo.analytics[names.DAY_REQUESTS].count_documents({}) == 1


def test_a_day_never_read_without_raw_events_keeps_what_is_stored(
    mongo: MongoResource, telemetry: dict[str, Documents]
) -> None:
    store(mongo, telemetry[OLD])
    sharded(mongo, 1).all()
    before = results(mongo)
    for name in (names.DAY_LEDGER, names.PLAN_STATE, names.WATERMARKS):
        mongo.analytics[name].delete_many({})
    run = sharded(mongo, 4)
    pieces = run.plan()
    assert ledger(mongo, OLD)["why"] == NEVER_READ
    for name in names.RAW_EVENT_COLLECTIONS:
        mongo.raw[name].delete_many({})
    for piece in pieces:
        run.compute(piece)
    assert run.join().left == []
    make_owed_reports(mongo.analytics)
    assert results(mongo) == before


def test_late_hours_of_a_kept_day_are_divided_and_nothing_else_is_read(mongo: MongoResource) -> None:
    ticks = [tick("Ann", RECENT, hour * 6_000 + number) for hour in range(24) for number in range(10)]
    store(mongo, {"game_ticks": ticks})
    sharded(mongo, 1).all()
    late = [tick("Bea", RECENT, hour * 6_000 + number) for hour in (3, 4, 16, 17) for number in range(5)]
    store(mongo, {"game_ticks": late})
    run = sharded(mongo, 2, "next", NOW + timedelta(minutes=20))
    pieces = run.plan()
    assert ledger(mongo, RECENT)["expected"].keys() == {"03", "04", "16", "17"}
    assert [run.compute(piece) for piece in pieces] == [30, 30]
    assert list(run.join().done) == [RECENT]
    make_owed_reports(mongo.analytics)
    found = results(mongo)
    emptied(mongo)
    sharded(mongo, 1, "afresh").all()
    assert results(mongo) == found


def test_a_repeated_step_changes_nothing(mongo: MongoResource, expected: Stored) -> None:
    run = sharded(mongo, 4)
    pieces = run.plan()
    for piece in [*pieces, *pieces]:
        run.compute(piece)
    assert run.join().left == []
    make_owed_reports(mongo.analytics)
    assert results(mongo) == {name: found for name, found in expected.items() if name != names.PLAYER_HOURS}


def test_the_job_with_four_shards_gives_the_documents_of_one(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    monkeypatch.setenv("WRAPPED_FIRST_DAY", day)
    store(mongo, generated(players=4, days=1, ticks=240, seed=3, start=day))
    assert news(mongo).success
    one = stored(mongo)
    emptied(mongo)
    monkeypatch.setenv("WRAPPED_SHARDS", "4")
    result = news(mongo)
    assert result.success
    steps = {event.step_key for event in result.all_events if event.is_step_success}
    assert sum(step is not None and step.startswith("compute_part[") for step in steps) > 2
    assert stored(mongo) == one
    assert owed(mongo) == []


def test_a_retried_step_ends_the_turn_left_open_by_its_dead_process(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", today())
    store(mongo, {"game_ticks": [tick("Ann", today(), 1)]})
    died: list[str] = []

    def dies_once(reader: Reader, *args: Any, **more: Any) -> Any:
        if not died:
            died.append(str(reader.run_id))
            gone = {"key": ObjectId(), "at": datetime.now(UTC), "host": "elsewhere", "pid": 1, "started": "1"}
            register(mongo.analytics, {**gone, "run_id": reader.run_id})
            raise RuntimeError("killed")
        return compute_piece(reader, *args, **more)

    monkeypatch.setattr("player_stats.defs.news.compute_piece", dies_once)
    assert news(mongo).success
    assert (mongo.analytics[names.TURNS].find_one() or {})["open"] == []
    assert stored(mongo)[names.WRAPPED_REPORTS]["all/ann"]["play"]["ticks"] == 1
