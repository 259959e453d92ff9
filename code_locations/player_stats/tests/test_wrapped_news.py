"""`wrapped_news` computes whatever MongoDB says is owed, regardless of earlier runs and crashes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import dagster as dg
import pytest
from bson import ObjectId
from player_stats.store.reading import read_span
from stats_world import Documents, days_ago, generated, materialise, news, store, stored, tick
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, today

HOUR_MS = 3_600_000


def owed(mongo: MongoResource) -> dict[str, list[str]]:
    """The owed parts of days that have begun."""
    found = mongo.analytics["day_ledger"].find({"owed": True, "day": {"$lte": today()}})
    return {day["_id"]: sorted(day["owed_cells"]) for day in found}


def computed_at_once(mongo: MongoResource) -> dict[str, dict[Any, Any]]:
    """What is stored after all results and bookkeeping were removed and everything was recomputed at once."""
    for name in mongo.analytics.list_collection_names():
        if name not in ("player_groups", "items"):
            mongo.analytics[name].delete_many({})
    assert news(mongo).success
    return without_hours(stored(mongo))


def without_hours(found: dict[str, dict[Any, Any]]) -> dict[str, dict[Any, Any]]:
    return {name: documents for name, documents in found.items() if name != "player_hours"}


@pytest.fixture(autouse=True)
def first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", days_ago(450))


@pytest.fixture(scope="module")
def week() -> Documents:
    """Hostile telemetry of four players that ends yesterday."""
    return generated(players=4, days=3, ticks=120, seed=5, start=days_ago(3), hostile=True)


@pytest.mark.slow
def test_telemetry_that_arrives_hour_by_hour_gives_the_same_documents_as_all_at_once(
    mongo: MongoResource, week: Documents
) -> None:
    assert news(mongo).success
    moments = sorted({_hour(document) for found in week.values() for document in found})
    for start in range(0, len(moments), max(1, len(moments) // 8)):
        now = set(moments[start : start + max(1, len(moments) // 8)])
        store(mongo, {name: [one for one in found if _hour(one) in now] for name, found in week.items()})
        assert news(mongo).success
        assert owed(mongo) == {}
    piece_by_piece = without_hours(stored(mongo))
    assert piece_by_piece["player_days"]
    assert piece_by_piece == computed_at_once(mongo)


def _hour(document: dict[str, Any]) -> int:
    at = document.get("timestamp")
    return int(at) // HOUR_MS if type(at) in (int, float) and 0 <= at < 2**52 else 0


@pytest.mark.slow
def test_a_late_event_costs_its_hour_and_reaches_the_report(mongo: MongoResource) -> None:
    day = days_ago(2)
    ticks = [tick("Ann", day, hour * 6000 + number) for hour in range(20) for number in range(5)]
    store(mongo, {"game_ticks": ticks})
    assert news(mongo).success
    late = tick("Ann", day, 7 * 6000 + 50)
    store(mongo, {"game_ticks": [late]})
    result = news(mongo)
    assert result.success
    found = [event.materialization for event in result.get_asset_materialization_events()
             if event.asset_key == dg.AssetKey(["player_stats", "player_days"])]  # fmt: skip
    assert [(one.partition, one.metadata["events_read"].value) for one in found] == [(day, 6)]
    report = mongo.analytics["wrapped_reports"].find_one({"_id": "all/ann"})
    assert report is not None
    assert report["play"]["ticks"] == 101
    assert without_hours(stored(mongo)) == computed_at_once(mongo)


@pytest.mark.slow
def test_nothing_new_reads_and_writes_nothing(mongo: MongoResource, week: Documents) -> None:
    store(mongo, week)
    assert news(mongo).success
    before = list(mongo.analytics["wrapped_reports"].find())
    result = news(mongo, thorough=False)
    assert result.success
    assert not [event for event in result.get_asset_materialization_events()
                if event.asset_key == dg.AssetKey(["player_stats", "player_days"])]  # fmt: skip
    assert list(mongo.analytics["wrapped_reports"].find()) == before


@pytest.mark.slow
def test_a_failed_run_leaves_its_day_owed_and_the_next_computes_it(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = days_ago(2)
    store(mongo, {"game_ticks": [tick("Ann", day, number) for number in range(10)]})
    assert news(mongo).success
    store(mongo, {"game_ticks": [tick("Ann", day, 11)]})
    for where in ("write_hours", "write_quality", "record_readings"):
        with monkeypatch.context() as broken:
            broken.setattr(f"player_stats.work.day_turn.{where}", lambda *_: 1 / 0)
            assert not news(mongo).success
        assert owed(mongo) == {day: ["00"]}
    assert news(mongo).success
    assert owed(mongo) == {}
    assert stored(mongo)["wrapped_reports"]["all/ann"]["play"]["ticks"] == 11


@pytest.mark.slow
def test_a_terminated_step_ends_and_its_day_stays_owed(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    day = days_ago(2)
    store(mongo, {"game_ticks": [tick("Ann", day, 1)]})
    assert news(mongo).success
    store(mongo, {"game_ticks": [tick("Ann", day, 2)]})

    def told_to_end(*_: Any) -> None:
        raise dg.DagsterExecutionInterruptedError

    with monkeypatch.context() as broken:
        broken.setattr("player_stats.work.day_turn.write_hours", told_to_end)
        result = news(mongo)
    assert not result.success
    assert not [event for event in result.all_events if event.event_type_value == "STEP_RESTARTED"]
    assert owed(mongo) == {day: ["00"]}


@pytest.mark.slow
def test_an_event_that_arrives_while_its_day_is_read_is_owed(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    day = days_ago(2)
    store(mongo, {"game_ticks": [tick("Ann", day, number) for number in range(10)]})

    def another_while_read(*args: Any, **more: Any) -> Any:
        yield from list(read_span(*args, **more))
        store(mongo, {"game_ticks": [tick("Ann", day, 100)]})
        mongo.analytics["day_requests"].update_one(
            {"_id": day}, {"$set": {"reason": "import", "token": ObjectId()}}, upsert=True
        )

    with monkeypatch.context() as patched:
        patched.setattr("player_stats.work.day_turn.read_span", another_while_read)
        assert materialise(mongo, day, day).success
    assert mongo.analytics["day_requests"].count_documents({"_id": day}) == 1
    assert news(mongo).success
    assert stored(mongo)["player_days"][f"ann|{day}"]["play"]["ticks"] == 11
    assert mongo.analytics["day_requests"].count_documents({}) == 0
    assert owed(mongo) == {}


@pytest.mark.slow
def test_of_two_runs_of_a_day_the_later_reader_counts(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    day = days_ago(2)
    store(mongo, {"game_ticks": [tick("Ann", day, number) for number in range(10)]})
    assert news(mongo).success
    nested = False
    monkeypatch.setattr("player_stats.store.waiting.PATIENCE_SECONDS", 1)

    def overtaken(*args: Any, **more: Any) -> Any:
        nonlocal nested
        found = list(read_span(*args, **more))
        if not nested:  # an event arrives, and another run reads and writes before this one writes
            nested = True
            store(mongo, {"game_ticks": [tick("Ann", day, 100), tick("Bea", day, 1)]})
            assert materialise(mongo, day, day).success
        yield from found

    with monkeypatch.context() as patched:
        patched.setattr("player_stats.work.day_turn.read_span", overtaken)
        assert materialise(mongo, day, day).success
    days = stored(mongo)["player_days"]
    assert days[f"ann|{day}"]["play"]["ticks"] == 11
    assert f"bea|{day}" in days
    assert news(mongo).success
    assert owed(mongo) == {}
    assert without_hours(stored(mongo)) == computed_at_once(mongo)


@pytest.mark.slow
def test_a_day_and_report_are_removed_when_their_events_are_deleted_within_the_week(mongo: MongoResource) -> None:
    day, old = days_ago(2), days_ago(40)
    store(mongo, {"game_ticks": [tick("Ann", day, 1), tick("Bob", day, 1), tick("Cat", old, 1)]})
    assert news(mongo).success
    mongo.raw["game_ticks"].delete_many({"username": {"$in": ["Bob", "Cat"]}})
    assert news(mongo).success
    found = stored(mongo)
    assert found["player_days"].keys() == {f"ann|{day}", f"cat|{old}"}
    assert found["wrapped_reports"].keys() >= {"all/ann", "all/cat"}
    assert "all/bob" not in found["wrapped_reports"]
    assert owed(mongo) == {}


@pytest.mark.slow
def test_a_future_day_is_computed_once_it_has_begun(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    day = (datetime.now(UTC).date() + timedelta(days=1)).isoformat()
    assert news(mongo).success
    store(mongo, {"game_ticks": [tick("Ann", day, 1)]})
    assert news(mongo).success
    assert owed(mongo) == {}
    assert stored(mongo)["player_days"] == {}
    ledger = mongo.analytics["day_ledger"].find_one({"_id": day})
    assert ledger is not None
    assert ledger["owed"]


@pytest.mark.slow
def test_a_backlog_is_processed_in_portions_with_the_newest_days_first(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = [days_ago(number) for number in (0, 30, 31, 400, 401)]
    store(mongo, {"game_ticks": [tick("Ann", day, number) for day in days for number in range(10)]})
    monkeypatch.setenv("WRAPPED_RUN_EVENTS", "10")
    computed: list[set[str]] = []
    for _ in range(12):
        assert news(mongo, thorough=False).success
        found = {document["day"] for document in mongo.analytics["player_days"].find()}
        if not computed or found != computed[-1]:
            computed.append(found)
        if not owed(mongo):
            break
    assert owed(mongo) == {}
    assert computed[0] == {days[0]}
    assert all(earlier < later and min(earlier) > max(later - earlier)
               for earlier, later in pairwise(computed))  # fmt: skip
    assert computed[-1] == set(days)


@pytest.mark.slow
def test_the_last_hours_are_kept_by_five_minutes_and_read_only_once(mongo: MongoResource) -> None:
    assert news(mongo).success
    now = int(datetime.now(UTC).timestamp() * 1000)
    start = now - now % 300_000 - 300_000
    first = [{**tick("Ann", today(), number), "timestamp": start + number} for number in range(10)]
    store(mongo, {"game_ticks": first})
    assert news(mongo).success
    second = [{**tick("Ann", today(), 100 + number), "timestamp": start - 300_000 + number} for number in range(7)]
    store(mongo, {"game_ticks": second})
    result = news(mongo)
    read = {
        event.materialization.metadata["events_read"].value
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(["player_stats", "player_days"])
    }
    assert read == {7}
    report = mongo.analytics["wrapped_reports"].find_one({"_id": "all/ann"})
    assert report is not None
    assert report["play"]["ticks"] == 17
    assert without_hours(stored(mongo)) == computed_at_once(mongo)


@pytest.mark.slow
def test_days_before_the_seal_stay_as_they_are(mongo: MongoResource) -> None:
    day = days_ago(3)
    store(mongo, {"game_ticks": [tick("Ann", day, number) for number in range(3)]})
    assert news(mongo).success
    before = stored(mongo)
    mongo.analytics["sealed"].insert_one({"_id": "raw", "before": days_ago(1)})
    mongo.raw["game_ticks"].delete_many({})
    store(mongo, {"game_ticks": [tick("Bob", day, 1), tick("Ann", today(), 5)]})
    assert news(mongo).success
    after = stored(mongo)
    assert after["player_days"][f"ann|{day}"] == before["player_days"][f"ann|{day}"]
    assert f"bob|{day}" not in after["player_days"]
    assert after["wrapped_reports"]["all/ann"]["play"]["ticks"] == 4
    assert after["data_quality"]["game_ticks|sealed"]["left_out"] == {"sealed": 1}
    assert owed(mongo) == {}


def test_materialising_days_manually_gives_each_partition_its_own_figures(mongo: MongoResource) -> None:
    days = [days_ago(3), days_ago(2)]
    store(mongo, {"game_ticks": [tick("Ann", day, n) for place, day in enumerate(days) for n in range(5 + place)]})
    result = materialise(mongo, *days)
    assert result.success
    found = {
        event.materialization.partition: event.materialization.metadata["events_read"].value
        for event in result.get_asset_materialization_events()
        if event.asset_key == dg.AssetKey(["player_stats", "player_days"])
    }
    assert found == {days[0]: 5, days[1]: 6}
    assert day_start_ms(days[0]) < day_start_ms(days[1])
