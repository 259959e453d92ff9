"""The assets on a real MongoDB: correct documents for any order, division and repetition."""

import random

import dagster as dg
import pytest
from bson import ObjectId
from naive_player_stats import naive_ranks, naive_report
from stats_world import Documents, definitions, generated, materialise, news, store, stored, tick
from wrapped_shared.map_regions import region_names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today

FIRST, LAST = "2024-08-13", "2024-08-16"
SECTIONS = (
    "player", "player_key", "period", "coverage", "play", "movement", "places", "equipment", "loot",
    "experience", "deaths", "damage", "exchange", "quality",
)  # fmt: skip


@pytest.fixture(scope="module")
def telemetry() -> Documents:
    return generated(players=6, days=4, ticks=150, seed=11, start=FIRST, hostile=True)


@pytest.mark.slow
def test_reports_and_ranks_equal_the_reference(mongo: MongoResource, telemetry: Documents) -> None:
    store(mongo, telemetry)
    assert materialise(mongo, FIRST, "2024-08-17").success
    reports = list(mongo.analytics["wrapped_reports"].find({"period": "2024"}))
    assert len(reports) >= 6
    for report in reports:
        expected = naive_report(
            telemetry,
            report["player_key"],
            "2024",
            first_day="2023-01-01",
            today=today(),
            region_names=region_names(),
        )
        assert expected is not None
        for section in SECTIONS:
            assert report[section] == expected[section], section
    ranks = naive_ranks({report["player_key"]: report for report in reports})
    assert {report["player_key"]: report["ranks"] for report in reports} == ranks


@pytest.mark.slow
def test_the_same_documents_result_from_any_order_and_repetition(mongo: MongoResource, telemetry: Documents) -> None:
    store(mongo, telemetry)
    assert materialise(mongo, FIRST, "2024-08-17").success
    at_once = stored(mongo)
    before = {report["_id"]: report["generated_at"] for report in mongo.analytics["wrapped_reports"].find()}
    assert materialise(mongo, FIRST, "2024-08-17", everything=True).success
    assert stored(mongo) == at_once
    after = {report["_id"]: report["generated_at"] for report in mongo.analytics["wrapped_reports"].find()}
    assert after == before
    for name in ("player_days", "player_months", "wrapped_reports", "data_quality", "report_requests"):
        mongo.analytics[name].delete_many({})
    days = [FIRST, "2024-08-14", "2024-08-15", LAST, "2024-08-17"]
    random.Random(3).shuffle(days)
    for day in days:
        assert materialise(mongo, day, day, assets=["player_days", "data_quality"]).success
        assert materialise(mongo, day, day, assets=["wrapped_reports", "undated_documents"]).success
    assert stored(mongo) == at_once


def test_only_chosen_players_are_recomputed_under_every_form_of_their_name(mongo: MongoResource) -> None:
    forms = ["Iron_Bob", "iron bob", "IRON\u00a0BOB", "Other"]
    store(mongo, {"game_ticks": [tick(form, FIRST, number) for number, form in enumerate(forms * 3)]})
    assert materialise(mongo, FIRST, FIRST, players=["iron-bob"]).success
    found = stored(mongo)
    assert found["player_days"].keys() == {f"iron bob|{FIRST}"}
    assert found["player_days"][f"iron bob|{FIRST}"]["play"]["ticks"] == 9
    assert found["wrapped_reports"].keys() == {"2024/iron bob", "all/iron bob"}
    assert {identity for identity in found["data_quality"] if not identity.endswith("undated")} == set()


@pytest.mark.slow
def test_a_day_whose_events_are_gone_is_removed_with_its_report(mongo: MongoResource) -> None:
    store(mongo, {"game_ticks": [tick("Ann", FIRST, 1), tick("Bob", LAST, 1)]})
    assert materialise(mongo, FIRST, LAST).success
    mongo.raw["game_ticks"].delete_many({"username": "Bob"})
    assert materialise(mongo, LAST, LAST).success
    found = stored(mongo)
    assert found["player_days"].keys() == {f"ann|{FIRST}"}
    assert found["wrapped_reports"].keys() == {"2024/ann", "all/ann"}


@pytest.mark.slow
def test_the_first_reading_of_a_day_without_events_removes_nothing(mongo: MongoResource) -> None:
    store(mongo, {"game_ticks": [tick("Ann", FIRST, 1), tick("Bob", LAST, 1)]})
    assert materialise(mongo, FIRST, LAST).success
    before = stored(mongo)
    mongo.raw["game_ticks"].delete_many({"username": "Ann"})
    for bookkeeping in ("day_ledger", "plan_state", "watermarks"):
        mongo.analytics[bookkeeping].delete_many({})
    assert news(mongo).success
    after = stored(mongo)
    for name in ("player_days", "wrapped_reports"):
        assert after[name] == before[name]


@pytest.mark.slow
def test_groups_have_a_report_for_every_period(mongo: MongoResource) -> None:
    store(mongo, {"game_ticks": [tick("Ann", FIRST, number) for number in range(10)]})
    groups = mongo.analytics["player_groups"]
    groups.insert_many([{"_id": "clan", "members": ["ANN", "ann", "No_Body"]}, {"_id": "$odd.name\x01", "members": 3}])
    assert materialise(mongo, FIRST, FIRST).success
    report = stored(mongo)["group_reports"]["2024/clan"]
    assert report["members"] == ["ann", "no body"]
    assert report["totals"]["play.seconds"] == 6.0
    assert report["leaders"][0]["top"][0] == {"player": "Ann", "value": 6.0}
    groups.delete_one({"_id": "clan"})
    assert materialise(mongo, FIRST, FIRST).success
    assert stored(mongo)["group_reports"].keys() == {"2024/$odd.name\x01", "all/$odd.name\x01"}


@pytest.mark.slow
def test_names_pictures_and_gains_of_other_locations_are_shown_if_they_exist(mongo: MongoResource) -> None:
    ticks = [tick("Ann", FIRST, number, equipmentIds=[0, 512 + 4152]) for number in range(6500)]
    store(mongo, {"game_ticks": ticks})
    items = [{"_id": 4152, "name": "Abyssal whip (noted)", "base_id": 4151}, {"_id": 4151, "name": "Abyssal whip"}]
    mongo.analytics["items"].insert_many(items)
    sprite = {"file_id": ObjectId(), "width": 30, "height": 40}
    mongo.analytics["stat_images"].insert_one({"_id": "item:4152", "kind": "item", "sprite": sprite})
    gains = {"_id": "2024/ann", "player_key": "ann", "period": "2024", "skills": {"Overall": 5000}, "bosses": {}}
    mongo.analytics["hiscores_gains"].insert_one(gains)
    assert materialise(mongo, FIRST, FIRST).success
    report = mongo.analytics["wrapped_reports"].find_one({"_id": "2024/ann"})
    assert report is not None
    assert report["equipment"][0]["name"] == "Abyssal whip"
    slides = {slide["stat"]: slide for slide in report["slides"]}
    assert slides["favourite_gear"]["image_key"] == "item:4152"
    assert slides["favourite_gear"]["image"] == sprite
    assert slides["play_time"]["image"] is None
    assert report["hiscores"]["skills"] == {"Overall": 5000}
    assert slides["hiscores"]["value"] == 5000


def test_no_asset_needs_an_io_manager(mongo: MongoResource) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = materialise(mongo, FIRST, FIRST, instance=instance)
    assert result.success
    assert not [event for event in result.all_events if event.is_handled_output and not event.is_asset_materialization]


def test_the_location_loads_and_lists_its_assets() -> None:
    graph = definitions(MongoResource()).resolve_asset_graph()
    names = {key.to_user_string() for key in graph.materializable_asset_keys}
    assert names == {
        "player_stats/player_days", "player_stats/data_quality", "player_stats/undated_documents",
        "player_stats/wrapped_reports", "player_stats/group_reports",
    }  # fmt: skip
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.description
        assert node.owners == ["team:player-stats"]
        assert node.kinds
        assert node.group_name == "player_stats"
