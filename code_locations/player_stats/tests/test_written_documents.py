"""Everything the location writes follows the contract."""

from datetime import UTC, datetime, timedelta

import pytest
from stats_world import generated, news, store
from wrapped_devkit.contract.conformity import departures
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource


@pytest.mark.slow
def test_documents_of_hostile_telemetry_follow_their_models(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = (datetime.now(UTC).date() - timedelta(days=33)).isoformat()
    monkeypatch.setenv("WRAPPED_FIRST_DAY", start)
    store(mongo, generated(players=6, days=34, ticks=15, seed=5, start=start, hostile=True))
    mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "Otters", "members": ["Player 1", "nobody"]})
    mongo.analytics[names.DAY_REQUESTS].insert_one({"_id": "2999-01-01", "reason": "a day to come"})
    mongo.analytics[names.SEALED].insert_one({"_id": "raw", "before": start})
    assert news(mongo).success
    written = {name for name in mongo.analytics.list_collection_names() if mongo.analytics[name].find_one()}
    assert {
        "player_hours",
        "player_months",  # closed: a later month of the player has begun
        "player_merges",
        "wrapped_reports",
        "group_reports",
        "data_quality",
        "day_ledger",
    } <= written
    assert departures(mongo) == []
