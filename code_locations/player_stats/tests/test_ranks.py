"""Ranking stored reports: what is written, what is not changed and what stays owed."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from naive_player_stats import naive_ranks
from player_stats.store import ranks as store_ranks
from player_stats.store.plan_state import note_plan, ranking_due
from player_stats.store.ranks import make_owed_ranks, request_ranks
from player_stats.store.turns import take_turn
from pymongo.errors import BulkWriteError
from wrapped_shared.mongo import MongoResource

OLD = datetime(2024, 1, 1, tzinfo=UTC)


def report(key: str, kills: int) -> dict[str, Any]:
    """An unranked report with two hours of play."""
    mobs = [{"name": "$Rat", "combat_level": level, "npc_ids": [], "kills": kills, "items": []} for level in (1, 2)]
    return {
        "_id": f"2024/{key}", "player_key": key, "player": key, "period": "2024", "revision": 7, "generated_at": OLD,
        "play": {"ticks": 12_000, "seconds": 7_200.0, "days_played": 1, "longest_streak_days": 1},
        "movement": {"tiles": 0}, "loot": {"kills": 2 * kills, "mobs": mobs}, "damage": {"dealt": 0},
        "experience": {"total": 0, "skills": {}}, "deaths": {"count": 0}, "exchange": {"earned": 2**62 + kills},
        "ranks": [], "slides": [{"stat": "play_time", "text": "2 h", "image": None}], "more": "of the report",
    }  # fmt: skip


@pytest.fixture
def six(mongo: MongoResource) -> MongoResource:
    """Six reports whose ranking is requested."""
    mongo.analytics["wrapped_reports"].insert_many([report(f"player {number}", number) for number in range(6)])
    request_ranks(mongo.analytics, ["2024"])
    return mongo


def reports_of(mongo: MongoResource) -> dict[str, dict[str, Any]]:
    return {found["player_key"]: found for found in mongo.analytics["wrapped_reports"].find()}


def test_only_the_ranks_and_the_rank_slide_change(six: MongoResource) -> None:
    six.analytics["stat_images"].insert_one({"_id": "stat:rank", "sprite": {"file_id": 1, "width": 2, "height": 3}})
    before = reports_of(six)
    assert make_owed_ranks(six.analytics) == 6
    after = reports_of(six)
    assert {key: found["ranks"] for key, found in after.items()} == naive_ranks(before)
    for key, found in after.items():
        *others, slide = found["slides"]
        assert others == before[key]["slides"]
        best = min(found["ranks"], key=lambda rank: (rank["top_percent"], rank["joint"], rank["stat"]))
        assert (slide["stat"], slide["value"], slide["image"]["width"]) == ("rank", best["top_percent"], 2)
        assert found["generated_at"] > OLD
        rest = {name: value for name, value in found.items() if name not in ("ranks", "slides", "generated_at")}
        assert rest == {name: before[key][name] for name in rest}


def test_only_reports_whose_ranks_differ_are_written(six: MongoResource) -> None:
    assert make_owed_ranks(six.analytics) == 6
    before = reports_of(six)
    request_ranks(six.analytics, ["2024"])
    assert make_owed_ranks(six.analytics) == 0
    assert reports_of(six) == before
    six.analytics["wrapped_reports"].update_one({"_id": "2024/player 3"}, {"$set": {"exchange.earned": 2**62 + 6}})
    request_ranks(six.analytics, ["2024"])
    assert make_owed_ranks(six.analytics) == 3, "the one that rose and the two that it passed"
    after = reports_of(six)
    assert {key: found["ranks"] for key, found in after.items()} == naive_ranks(after)
    assert all([slide["stat"] for slide in found["slides"]] == ["play_time", "rank"] for found in after.values())


def test_ranks_and_their_slide_are_removed_when_fewer_than_five_reports_are_left(six: MongoResource) -> None:
    make_owed_ranks(six.analytics)
    six.analytics["wrapped_reports"].delete_many({"_id": {"$in": ["2024/player 0", "2024/player 1"]}})
    request_ranks(six.analytics, ["2024"])
    assert make_owed_ranks(six.analytics) == 4
    left = reports_of(six).values()
    assert [(found["ranks"], len(found["slides"])) for found in left] == [([], 1)] * 4


def test_a_report_rewritten_meanwhile_is_left_to_the_next_ranking(
    six: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = store_ranks._write

    def rewritten_meanwhile(analytics: Any, *arguments: Any) -> int:
        request_ranks(analytics, ["2024"])
        analytics["wrapped_reports"].update_one({"_id": "2024/player 2"}, {"$set": {"revision": 8}})
        return int(write(analytics, *arguments))

    with monkeypatch.context() as patched:
        patched.setattr(store_ranks, "_write", rewritten_meanwhile)
        assert make_owed_ranks(six.analytics) == 5
    assert reports_of(six)["player 2"]["ranks"] == []
    assert make_owed_ranks(six.analytics) == 1


def test_a_report_without_room_for_ranks_has_none_and_the_others_have_theirs(six: MongoResource) -> None:
    endless = {"loot.mobs.0.name": "Rat" * 3_000_000}
    six.analytics["wrapped_reports"].update_one({"_id": "2024/player 4"}, {"$set": endless})
    assert make_owed_ranks(six.analytics) == 5
    assert [key for key, found in reports_of(six).items() if not found["ranks"]] == ["player 4"]
    assert six.analytics["rank_requests"].count_documents({}) == 0


def test_any_other_error_ends_the_ranking_and_leaves_it_owed(six: MongoResource) -> None:
    six.analytics.command("collMod", "wrapped_reports", validator={"generated_at": OLD})
    with pytest.raises(BulkWriteError):
        make_owed_ranks(six.analytics)
    assert six.analytics["rank_requests"].count_documents({}) == 1


def test_a_ranking_stays_owed_while_an_earlier_turn_is_open(six: MongoResource) -> None:
    with take_turn(six.analytics):
        assert make_owed_ranks(six.analytics) == 6
        assert six.analytics["rank_requests"].count_documents({}) == 1
    assert make_owed_ranks(six.analytics) == 0
    assert six.analytics["rank_requests"].count_documents({}) == 0


def test_groups_are_owed_once_their_period_was_ranked(six: MongoResource) -> None:
    six.analytics["plan_state"].insert_one({"_id": "plan"})
    make_owed_ranks(six.analytics)
    now = datetime.now(UTC)
    note_plan(six.analytics, ranked_at=now - timedelta(minutes=61))
    assert ranking_due(six.analytics, now), "a run that died after ranking owes the group reports"
