"""What `wrapped run` needs to know: whether anything is due, and which days chosen players need."""

import pytest
from player_stats.work.due import days_of, due
from stats_world import days_ago, materialise, news, tick
from wrapped_shared.mongo import MongoResource


@pytest.fixture
def settled(mongo: MongoResource, monkeypatch: pytest.MonkeyPatch) -> MongoResource:
    """One player's event three days ago, all computed."""
    monkeypatch.setenv("WRAPPED_FIRST_DAY", days_ago(20))
    mongo.raw["game_ticks"].insert_one(tick("Ann", days_ago(3), 1))
    assert due(mongo) == "days were never read"
    assert news(mongo).success
    assert due(mongo) is None
    return mongo


def test_news_requests_and_consequences_of_days_are_due(settled: MongoResource) -> None:
    analytics = settled.analytics
    for collection, why in (("report_requests", "reports are owed"), ("rank_requests", "ranks are owed")):
        analytics[collection].insert_one({"_id": "2024"}, bypass_document_validation=True)
        assert due(settled) == why
        analytics[collection].delete_one({"_id": "2024"})
    analytics["day_requests"].insert_one({"_id": days_ago(2), "reason": "x"})
    assert due(settled) == "days are requested"
    analytics["day_requests"].delete_many({})
    settled.raw["loot_received"].insert_one(tick("Bob", days_ago(1), 1))
    assert due(settled) == "there are new events"


@pytest.mark.slow
def test_a_deletion_of_this_week_is_due(settled: MongoResource) -> None:
    old = {**tick("Ann", days_ago(2), 1), "_id": "no ObjectId"}
    settled.raw["game_ticks"].insert_one(old)
    assert due(settled) == "days are owed"
    assert news(settled).success
    assert due(settled) is None
    settled.raw["game_ticks"].delete_one({"_id": "no ObjectId"})
    assert due(settled) == "days are owed"


@pytest.mark.slow
def test_groups_are_due_after_every_change_until_their_reports_are_made(settled: MongoResource) -> None:
    groups = settled.analytics["player_groups"]
    for change in (
        lambda: groups.insert_one({"_id": "Otters", "members": ["Ann", "ann", 7]}),
        lambda: groups.insert_one({"_id": 7, "members": ["Ann"]}),  # malformed: it gets no report
        lambda: groups.delete_one({"_id": "Otters"}),
    ):
        change()
        assert due(settled) == "group reports are owed"
        assert news(settled).success
        assert due(settled) is None


def test_chosen_players_need_their_days_and_everything_owed(settled: MongoResource) -> None:
    settled.raw["game_ticks"].insert_one(tick("Bob", days_ago(1), 1))
    settled.analytics["day_requests"].insert_many(
        [{"_id": day, "reason": "x"} for day in (days_ago(9), days_ago(-2), days_ago(30))]
    )
    assert days_of(settled, ["ann"]) == [days_ago(9), days_ago(3), days_ago(1)]
    settled.analytics["sealed"].insert_one({"_id": "raw", "before": days_ago(2)})
    assert days_of(settled, ["ann"]) == [days_ago(1)]


def test_days_never_read_are_needed_only_if_they_have_events(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", days_ago(300))
    mongo.raw["game_ticks"].insert_many([tick("Bob", days_ago(day), 1) for day in (400, 200, 100, -1)])
    mongo.raw["loot_received"].insert_one({**tick("Cat", days_ago(50), 1), "timestamp": "soon"})
    assert days_of(mongo, ["ann"]) == [days_ago(200), days_ago(100)]


@pytest.mark.slow
def test_a_link_of_names_is_due_until_it_is_applied(settled: MongoResource) -> None:
    def reported() -> list[str]:
        return sorted(one["player_key"] for one in settled.analytics["wrapped_reports"].find({"period": "all"}))

    link = {"_id": f"ann|{days_ago(2)}", "old": "ann", "now": "bea", "from_day": days_ago(2)}
    settled.analytics["player_names"].insert_one(link)
    assert due(settled) == "names were linked"
    assert news(settled).success
    assert due(settled) is None
    assert reported() == ["bea"]
    assert days_of(settled, ["bea"]) == [days_ago(3)]
    settled.analytics["player_names"].insert_one({"_id": "x", "old": "cid", "now": "bea", "from_day": days_ago(1)})
    assert due(settled) == "names were linked"
    assert news(settled).success  # it contradicts the other one: that is said once, and nothing changes
    assert due(settled) is None
    settled.analytics["player_names"].delete_many({})
    assert materialise(settled, days_ago(3), days_ago(3), players=["Ann"]).success
    assert reported() == ["ann"]
