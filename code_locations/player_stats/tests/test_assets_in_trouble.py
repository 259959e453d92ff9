"""Garbage, unreachable servers, dead runs and players that are too large cause no loss and affect nothing else."""

from datetime import UTC, datetime

import bson
import dagster as dg
import pytest
from bson import ObjectId
from naive_player_stats import naive_ranks
from player_stats.store.outside_days import undated_document
from stats_world import definitions, failure, materialise, store, stored, tick
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, today

FIRST, LAST = "2024-08-13", "2024-08-16"


def test_only_garbage_gives_no_report_and_a_failed_check_but_not_a_failed_run(mongo: MongoResource) -> None:
    garbage = [{"timestamp": day_start_ms(FIRST) + number, "nonsense": number} for number in range(50)]
    garbage += [{"what": "ever"}, {"timestamp": "yesterday"}, {"timestamp": None}, {"timestamp": {"a": 1}}]
    store(mongo, {"game_ticks": garbage})
    result = materialise(mongo, FIRST, LAST)
    assert result.success
    assert stored(mongo)["wrapped_reports"] == {}
    checks = {check.asset_key.path[-1]: check for check in result.get_asset_check_evaluations()}
    assert not checks["game_ticks"].passed
    assert checks["game_ticks"].severity is dg.AssetCheckSeverity.ERROR
    assert checks["stat_changed"].passed
    quality = stored(mongo)["data_quality"]
    assert quality[f"game_ticks|{FIRST}"]["left_out"] == {"username": 50}
    assert quality["game_ticks|undated"]["left_out"] == {"timestamp": 4}
    assert len(quality["game_ticks|undated"]["examples"]) == 4


def test_events_of_future_days_wait_and_are_counted(mongo: MongoResource) -> None:
    store(mongo, {"game_ticks": [tick("Ann", "2199-01-01", 1), tick("Ann", FIRST, 1)]})
    assert materialise(mongo, FIRST, FIRST).success
    found = stored(mongo)
    assert found["data_quality"]["game_ticks|undated"]["left_out"] == {"in_future": 1}
    assert found["player_days"].keys() == {f"ann|{FIRST}"}


def test_an_unreachable_server_is_one_clear_line_without_the_password() -> None:
    mongo = MongoResource(uri="mongodb://me:sesame@127.0.0.1:1/?serverSelectionTimeoutMS=200")
    result = materialise(mongo, FIRST, FIRST)
    assert not result.success
    assert "MongoDB at mongodb://***@127.0.0.1:1" in failure(result)
    assert "\n" not in failure(result).strip()
    assert not any("sesame" in str(event) for event in result.all_events)


def test_a_missing_uri_fails_the_step_with_instructions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONGO_URI", raising=False)
    result = materialise(MongoResource(), FIRST, FIRST)
    assert "MONGO_URI is not set" in failure(result)


@pytest.mark.slow
def test_a_run_that_died_between_days_and_reports_is_completed_by_the_next(mongo: MongoResource) -> None:
    store(mongo, {"game_ticks": [tick("Ann", FIRST, number) for number in range(10)]})
    assert materialise(mongo, FIRST, FIRST, assets=["player_days", "data_quality"]).success
    assert stored(mongo)["wrapped_reports"] == {}
    assert materialise(mongo, LAST, LAST).success  # another day, nothing there: the report is still owed
    assert stored(mongo)["wrapped_reports"].keys() == {"2024/ann", "all/ann"}
    assert mongo.analytics["report_requests"].count_documents({}) == 0


@pytest.mark.slow
def test_ranks_left_by_a_run_that_died_before_ranking_are_corrected_by_the_next(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(
        mongo, {"game_ticks": [tick(f"P{owner}", FIRST, number) for owner in range(6) for number in range(owner + 1)]}
    )
    assert materialise(mongo, FIRST, FIRST).success
    store(mongo, {"game_ticks": [tick("P0", LAST, number) for number in range(50)]})
    with monkeypatch.context() as broken:
        broken.setattr("player_stats.defs.reports.make_owed_ranks", lambda *_: 1 / 0)
        assert not materialise(mongo, LAST, LAST).success
    assert materialise(mongo, LAST, LAST).success
    reports = list(mongo.analytics["wrapped_reports"].find({"period": "2024"}))
    expected = naive_ranks({report["player_key"]: report for report in reports})
    assert {report["player_key"]: report["ranks"] for report in reports} == expected


@pytest.mark.slow
def test_a_refresh_adds_what_other_locations_have_found_since(mongo: MongoResource) -> None:
    store(mongo, {"game_ticks": [tick("Ann", FIRST, 1)]})
    assert materialise(mongo, FIRST, FIRST).success
    seen = datetime(2026, 1, 1, tzinfo=UTC)
    gains = {"_id": "all/ann", "player_key": "ann", "period": "all", "from": seen, "to": seen, "schema_version": 1}
    gains |= {"skills": {"Overall": 7}, "bosses": {}, "activities": {}, "ratings": {}, "points": [], "flags": []}
    mongo.analytics["hiscores_gains"].insert_one(gains)
    config = {"ops": {"wrapped_reports": {"config": {"refresh": True}}}}
    assert definitions(mongo).resolve_job_def("make_reports").execute_in_process(run_config=config).success
    assert stored(mongo)["wrapped_reports"]["all/ann"]["hiscores"]["skills"] == {"Overall": 7}
    assert stored(mongo)["wrapped_reports"]["2024/ann"]["hiscores"] is None


@pytest.mark.slow
def test_a_player_s_day_too_large_for_a_document_is_left_out_and_shown_without_affecting_others(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [{"id": number, "quantity": 1} for number in range(500)]
    actor = {"name": "Goblin", "combatLevel": 2, "id": 3028, "type": 1}
    hoard = tick("Hoarder", FIRST, 1) | {"data": {"actor": actor, "items": items}}
    store(mongo, {"game_ticks": [tick("Ann", FIRST, 1)], "loot_received": [hoard]})
    with monkeypatch.context() as small:
        small.setattr("player_stats.store.encoding.LARGEST_DOCUMENT", 6_000)
        result = materialise(mongo, FIRST, FIRST)
    assert result.success
    whole = stored(mongo)
    assert whole["player_days"].keys() == {f"ann|{FIRST}"}
    quality = whole["data_quality"][f"player_days|{FIRST}"]
    assert (quality["read"], quality["left_out"]) == (2, {"too_large": 1})
    assert quality["examples"] == [{"reason": "too_large", "id": f"hoarder|{FIRST}"}]
    assert checks_of(result)["player_days"] == (False, [FIRST])
    again = materialise(mongo, FIRST, FIRST)
    assert checks_of(again)["player_days"] == (True, [])
    assert stored(mongo)["player_days"].keys() == {f"ann|{FIRST}", f"hoarder|{FIRST}"}


def test_the_length_of_a_session_id_does_not_change_the_size_of_a_day(mongo: MongoResource) -> None:
    ticks = [tick("Ann", FIRST, number) | {"sessionId": "s" * 4_000_000} for number in (1, 2)]
    store(mongo, {"game_ticks": ticks})
    assert materialise(mongo, FIRST, FIRST).success
    day = stored(mongo)["player_days"][f"ann|{FIRST}"]
    assert (day["play"]["ticks"], day["play"]["sessions"]) == (2, 1)
    assert len(bson.encode(day)) < 2_000


@pytest.mark.slow
def test_days_of_an_older_version_give_the_same_reports(mongo: MongoResource) -> None:
    next_day = "2024-08-14"
    ticks = [
        tick("Ann", next_day, number, energy=9_000 - number) | {"sessionId": "over midnight", "tickCount": 50 + number}
        for number in (-3, -2, -1, 0, 1, 2)
    ]
    died = {**ticks[2], "data": {"name": "Ann"}}, {**ticks[3], "data": {"name": "Ann"}}
    store(mongo, {"game_ticks": ticks, "actor_death": list(died)})
    assert materialise(mongo, FIRST, next_day).success
    reports = stored(mongo)["wrapped_reports"]
    assert reports["all/ann"]["play"]["sessions"] == reports["all/ann"]["deaths"]["count"] == 1
    assert reports["all/ann"]["movement"]["tiles"] == 4
    day = mongo.analytics["player_days"].find_one({"_id": f"ann|{FIRST}"})
    assert day is not None
    for edges in (
        day["play"]["edges"],
        day["movement"]["positions"],
        day["movement"]["energies"],
        day["deaths"]["edges"],
    ):
        for edge in (*edges["heads"], *edges["tails"]):
            edge["session"] = "over midnight"
    del day["prayer"]
    mongo.analytics["player_days"].replace_one({"_id": day["_id"]}, {**day, "schema_version": 1})
    mongo.analytics["sealed"].insert_one({"_id": "raw", "before": next_day})
    mongo.raw["game_ticks"].delete_many({"timestamp": {"$lt": day_start_ms(next_day)}})
    mongo.raw["actor_death"].delete_many({"timestamp": {"$lt": day_start_ms(next_day)}})
    result = materialise(mongo, FIRST, next_day, everything=True)
    assert result.success
    assert stored(mongo)["wrapped_reports"] == reports
    assert all(check.passed for check in result.get_asset_check_evaluations())


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, tuple[bool, object]]:
    """Whether each asset's check passed, and the days that it shows; those of agreement have tests of their own."""
    return {
        check.asset_key.path[-1]: (check.passed, check.metadata["latest"].value if "latest" in check.metadata else None)
        for check in result.get_asset_check_evaluations()
        if check.check_name != "days_hold_no_more_than_was_read"
    }


def test_undated_documents_of_every_type_are_counted_and_shown(mongo: MongoResource) -> None:
    odd = [None, "x", True, {"a": 1}, float("nan"), datetime(2024, 1, 1, tzinfo=UTC), ObjectId(), 1_700_000_000, b"1"]
    for value in odd:
        mongo.raw["actor_death"].delete_many({})
        store(mongo, {"actor_death": [{"_id": 7, "timestamp": value}]})
        document = undated_document(mongo.raw["actor_death"], "2023-01-01", today())
        assert document["left_out"] == {"timestamp": 1}, value
        assert document["examples"] == [{"reason": "timestamp", "id": 7}], value
