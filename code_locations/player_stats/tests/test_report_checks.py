"""The report checks find reports that differ from their days, and months that wait to be reported."""

import pytest
from bson import ObjectId
from player_stats.defs.checks import report_results
from stats_world import generated, materialise, store
from wrapped_shared.mongo import MongoResource

DAY, NEXT = "2024-08-13", "2024-08-14"


def results(mongo: MongoResource) -> dict[str, tuple[bool, dict[str, int]]]:
    """Whether each check passed, and how many reports of each period fail."""
    return {
        str(result.check_name): (result.passed, result.metadata["failing"].value)  # type: ignore[union-attr]
        for result in report_results(mongo)
    }


@pytest.fixture
def reported(mongo: MongoResource) -> MongoResource:
    store(mongo, generated(players=2, days=2, ticks=60, seed=3, start=DAY))
    assert materialise(mongo, DAY, NEXT).success
    return mongo


def test_correct_reports_pass(reported: MongoResource) -> None:
    assert results(reported) == {
        "reports_agree_with_their_days": (True, {}),
        "no_report_older_than_its_newest_day": (True, {}),
    }


@pytest.mark.slow
def test_a_report_that_differs_from_its_days_is_counted(reported: MongoResource) -> None:
    reports = reported.analytics["wrapped_reports"]
    correct = reports.find_one({"period": "2024"})
    assert correct is not None
    for changed in (
        {"loot.kills": 999},
        {"play.ticks": 1},
        {"experience.total": 123_456_789},
        {"exchange.earned": 7},
        {"deaths.count": 50},
        {"places.0.ticks": 1},
        {"equipment.0.item_id": 7},
        {"experience.best_day": "2024-01-01"},
    ):
        reports.update_one({"_id": correct["_id"]}, {"$set": changed})
        found = results(reported)
        assert found["reports_agree_with_their_days"] == (False, {"2024": 1}), changed
        assert found["no_report_older_than_its_newest_day"][0]
        reports.replace_one({"_id": correct["_id"]}, correct)


def test_item_names_and_a_section_newer_than_the_report_are_accepted(reported: MongoResource) -> None:
    named = {"$set": {"equipment.0.name": "Abyssal whip"}, "$unset": {"deaths": 1}}
    reported.analytics["wrapped_reports"].update_many({}, named, bypass_document_validation=True)
    assert results(reported)["reports_agree_with_their_days"] == (True, {})


@pytest.mark.slow
def test_a_report_without_its_player_s_newest_day_is_counted(reported: MongoResource) -> None:
    reports = reported.analytics["wrapped_reports"]
    stale = reports.find_one({"period": "all"})
    assert stale is not None
    reports.update_one({"_id": stale["_id"]}, {"$set": {"coverage.last_day": DAY}})
    assert results(reported)["no_report_older_than_its_newest_day"] == (False, {"all": 1})


@pytest.mark.slow
def test_a_report_whose_days_are_gone_is_counted(reported: MongoResource) -> None:
    report = reported.analytics["wrapped_reports"].find_one({"period": "all"})
    assert report is not None
    reported.analytics["player_days"].delete_many({"player_key": report["player_key"]})
    passed, wrong = results(reported)["reports_agree_with_their_days"]
    assert not passed
    assert wrong["all"] == 1


@pytest.mark.slow
def test_a_month_that_waits_to_be_reported_fails_the_check(reported: MongoResource) -> None:
    reported.analytics["report_requests"].insert_one(
        {"_id": "ann|2024-08", "player_key": "ann", "month": "2024-08", "token": ObjectId()}
    )
    found = results(reported)
    assert found["no_report_older_than_its_newest_day"] == (False, {})
    assert found["reports_agree_with_their_days"][0]
