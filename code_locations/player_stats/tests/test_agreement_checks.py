"""What is derived agrees with what it was derived from: a check fails when a stored document no longer does."""

from typing import Any

import pytest
from player_stats.defs.checks import agreement_results
from player_stats.store.report_requests import request_reports
from stats_world import generated, news, store
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

START = "2024-08-12"


@pytest.fixture
def computed(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    """Three players' days, reports and a group of two of them."""
    monkeypatch.setenv("WRAPPED_FIRST_DAY", START)
    telemetry = generated(players=3, days=2, ticks=60, seed=7, start=START)
    store(mongo, telemetry)
    members = sorted({event["username"] for event in telemetry[names.GAME_TICKS]})[:2]
    mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "clan", "members": members})
    assert news(mongo).success
    return mongo


def results(mongo: MongoResource) -> dict[str, Any]:
    return {str(one.check_name): one for one in agreement_results(mongo)}


@pytest.mark.slow
def test_sound_documents_pass_and_broken_ones_fail(computed: MongoResource) -> None:
    found = results(computed)
    assert all(one.passed for one in found.values())
    assert found["days_hold_no_more_than_was_read"].metadata["events_of_players"].value > 0
    assert found["totals_are_their_members_sums"].metadata["groups_checked"].value == 1

    groups = computed.analytics[names.GROUP_REPORTS]
    totals = (groups.find_one({"_id": "all/clan"}) or {})["totals"]
    groups.update_one({"_id": "all/clan"}, {"$set": {"totals": {**totals, "loot.kills": totals["loot.kills"] + 1}}})
    assert not results(computed)["totals_are_their_members_sums"].passed
    request_reports(computed.analytics, months=[("somebody", "2024-08")])
    assert results(computed)["totals_are_their_members_sums"].passed, "nothing is compared while reports are owed"

    computed.analytics[names.PLAYER_DAYS].update_many({}, {"$inc": {"quality.read": 1}})
    assert not results(computed)["days_hold_no_more_than_was_read"].passed
