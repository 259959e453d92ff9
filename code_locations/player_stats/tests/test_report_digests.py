"""A stored report is compared by its digest, which ranking doesn't change; only changes set `generated_at`."""

from typing import Any

import pytest
from bson import ObjectId
from merging_world import MergingWorld
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports, refreshable
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

Stored = dict[str, dict[str, Any]]


@pytest.fixture
def world(mongo: MongoResource) -> MergingWorld:
    """Six players, ranked, each with more than an hour of play."""
    world = MergingWorld(mongo)
    for number in range(6):
        world.play(f"player {number}", "2023-12-31T10", ticks=6_001 + number)
    world.read_all()
    make_owed_reports(world.analytics)
    assert make_owed_ranks(world.analytics) == 12
    return world


def refreshed(world: MergingWorld) -> Stored:
    make_owed_reports(world.analytics, also=refreshable(world.analytics))
    return {one["_id"]: one for one in world.analytics[names.WRAPPED_REPORTS].find({}, {"revision": 0})}


@pytest.mark.slow
def test_a_ranked_report_stays_as_it_is(world: MergingWorld) -> None:
    before = refreshed(world)
    assert all(
        report["ranks"] and [slide["stat"] for slide in report["slides"][-2:]] == ["rank", "closing"]
        for report in before.values()
    )
    assert refreshed(world) == before


def test_a_report_of_an_earlier_version_gets_its_digest_and_keeps_its_time(world: MergingWorld) -> None:
    before = refreshed(world)
    world.analytics[names.WRAPPED_REPORTS].update_many({}, {"$unset": {"digest": ""}})
    world.analytics[names.WRAPPED_REPORTS].update_one({"_id": "all/player 1"}, {"$set": {"play.sessions": 77}})
    after = refreshed(world)
    assert after.pop("all/player 1") != before.pop("all/player 1")
    assert after == before


def test_a_later_find_is_added_to_the_report_and_changes_its_time(world: MergingWorld) -> None:
    before = refreshed(world)
    picture = {"file_id": ObjectId(), "width": 10, "height": 20}
    world.analytics.command("collMod", names.STAT_IMAGES, validator={})
    world.analytics[names.STAT_IMAGES].insert_one({"_id": "stat:rank", "sprite": picture})
    after = refreshed(world)
    assert all(report["slides"][-2]["image"] == picture for report in after.values())
    assert all(after[one]["generated_at"] > before[one]["generated_at"] for one in before)
    gains = {"_id": "all/player 1", "player_key": "player 1", "period": "all", "skills": {"Overall": 5}, "bosses": {}}
    world.analytics.command("collMod", names.HISCORES_GAINS, validator={})
    world.analytics[names.HISCORES_GAINS].insert_one(gains)
    last = refreshed(world)
    assert last.pop("all/player 1")["hiscores"] == {"skills": {"Overall": 5}, "bosses": {}}
    after.pop("all/player 1")
    assert last == after
