"""What `wrapped doctor` shows, against a real server."""

from datetime import UTC, datetime, timedelta

import pytest
from pymongo.errors import OperationFailure
from wrapped_cli.commands import doctor_checks
from wrapped_shared.collections import (
    ALERTS,
    DATA_QUALITY,
    DAY_LEDGER,
    DAY_REQUESTS,
    HISCORES_PLAYERS,
    ITEM_PRICES,
    LOOT_MONTHS,
    PLAN_STATE,
    REPORT_REQUESTS,
    SEALED,
    UPSTREAM_HOLDS,
)
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource


def test_the_connection_is_shown_without_the_password(mongo: MongoResource) -> None:
    with_password = mongo.model_copy(update={"uri": mongo.uri.replace("//", "//bob:hunter2@")})
    with_password._client = mongo.client
    shown = doctor_checks.connection(with_password)
    assert "hunter2" not in shown
    assert "SecantusDB" in shown


def test_missing_indexes_are_shown_until_they_exist(mongo: MongoResource) -> None:
    assert "missing: game_ticks: timestamp_1" in doctor_checks.indexes(mongo)
    ensure_indexes(mongo.raw, mongo.analytics)
    assert doctor_checks.indexes(mongo) == "all present"


def test_what_is_owed_is_shown_with_since_when_and_why(mongo: MongoResource) -> None:
    assert doctor_checks.owed(mongo).startswith("nothing computed yet")
    mongo.analytics[PLAN_STATE].insert_one({"_id": "plan"})
    assert doctor_checks.owed(mongo) == "nothing"
    since = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    day = {"owed": True, "why": "new events", "since": since}
    later = {**day, "since": since + timedelta(hours=1)}
    mongo.analytics[DAY_LEDGER].insert_many(
        [
            {**later, "_id": "2026-01-01", "day": "2026-01-01"},
            {**day, "_id": "2025-03-01", "day": "2025-03-01"},
            {**day, "_id": "2025-03-02", "day": "2025-03-02", "why": "never read", "since": later["since"]},
            {**day, "_id": "2025-03-03", "day": "2025-03-03", "owed": False},
            {**day, "_id": "2199-01-01", "day": "2199-01-01"},
        ]
    )
    mongo.analytics[DAY_REQUESTS].insert_many(
        [{"_id": day, "reason": "imported"} for day in ("2025-03-01", "2025-03-04", "2199-01-02", "x")]
    )
    mongo.analytics[REPORT_REQUESTS].insert_many([{"_id": number} for number in range(1200)])
    assert doctor_checks.owed(mongo) == (
        "4 days (new events: 2, never read: 1, requested: imported: 1), 1,200 monthly reports, the oldest since "
        "2026-01-02 03:04 UTC (wrapped run computes it); 1 more in the future"
    )
    mongo.analytics[SEALED].insert_one({"_id": "raw", "before": "2026-01-01"})  # earlier days are never computed
    assert doctor_checks.owed(mongo).startswith("1 day (new events: 1), 1,200 monthly reports")


def test_undated_documents_are_shown_as_last_counted(mongo: MongoResource) -> None:
    assert doctor_checks.undated(mongo).startswith("not counted yet")
    quality = mongo.analytics[DATA_QUALITY]
    quality.insert_many([{"_id": "game_ticks|undated", "read": 1200}, {"_id": "actor_death|undated", "read": 0}])
    assert doctor_checks.undated(mongo) == "game_ticks 1,200"


def test_players_whose_scrape_is_overdue_are_counted(mongo: MongoResource) -> None:
    assert doctor_checks.overdue(mongo) == "none"
    now = datetime.now(UTC)
    players = [{"_id": n, "next_due": now + timedelta(hours=hours)} for n, hours in enumerate((-5, -1, 1))]
    mongo.analytics[HISCORES_PLAYERS].insert_many(players)
    assert doctor_checks.overdue(mongo) == "2 players"


def test_days_without_prices_are_counted_over_the_months_with_loot(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("WRAPPED_CONTACT", raising=False)
    assert doctor_checks.unpriced(mongo).startswith("none needed")
    mongo.analytics[LOOT_MONTHS].insert_many([{"_id": "2024-02"}, {"_id": "2023-12"}, {"_id": "2199-01"}, {"_id": 5}])
    mongo.analytics[ITEM_PRICES].insert_many(
        [{"_id": f"2023-12-{day:02}", "prices": {}} for day in range(1, 31)] + [{"_id": "2024-01-15", "prices": {}}]
    )
    assert doctor_checks.unpriced(mongo) == "30 of 60 days, the oldest 2023-12-31 (set WRAPPED_CONTACT first)"
    mongo.analytics[ITEM_PRICES].insert_many(
        [{"_id": f"2024-02-{day:02}", "prices": {}} for day in range(1, 30)] + [{"_id": "2023-12-31", "prices": {}}]
    )
    assert doctor_checks.unpriced(mongo) == "none of 60"


def test_an_upstream_on_hold_is_shown_with_until_when_and_why(mongo: MongoResource) -> None:
    assert doctor_checks.holds(mongo) == "none"
    until = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=2)
    holds = [
        {"_id": "wiki", "not_before": until, "reason": "HTTP 429, with a Retry-After of 7200 s"},
        {"_id": "hiscores_ranking", "not_before": until, "reason": "blocked: HTTP 403"},
        {"_id": "prices", "not_before": until - timedelta(hours=3), "reason": "HTTP 503"},
    ]
    mongo.analytics[UPSTREAM_HOLDS].insert_many(holds)
    at = until.strftime("%Y-%m-%d %H:%M:%S")
    assert doctor_checks.holds(mongo) == (
        f"hiscores_ranking is on hold until {at} UTC: blocked: HTTP 403; "
        f"wiki is on hold until {at} UTC: HTTP 429, with a Retry-After of 7200 s"
    )


def test_known_faults_are_shown_by_location(mongo: MongoResource) -> None:
    assert doctor_checks.faults(mongo) == "none (a daemon looks for them)"
    now = datetime.now(UTC)
    known = [{"fault": f"run/job/{n}", "since": now, "delivered_at": now if n else None} for n in range(5)]
    noted = [{"_id": name, "faults": found} for name, found in (("image_map", []), ("hiscores", known))]
    mongo.analytics[ALERTS].insert_many(noted)
    assert doctor_checks.faults(mongo) == "hiscores: run/job/0 (not delivered), run/job/1, run/job/2 and 2 more"


def test_a_server_without_users_has_no_permissions_to_show(mongo: MongoResource) -> None:
    assert doctor_checks.permissions(mongo).startswith("not authenticated")


def test_a_check_that_the_server_rejects_does_not_hide_the_others(mongo: MongoResource) -> None:
    def refused(_: MongoResource) -> str:
        raise OperationFailure("no", 13, {"errmsg": "not authorized"})

    checks = {"refused": refused, "undated": doctor_checks.undated}
    found = dict(doctor_checks.look_at(mongo, checks))
    assert found["refused"] == "cannot be checked: not authorized"
    assert found["undated"].startswith("not counted")


def test_versions_list_what_is_installed() -> None:
    assert "Python 3." in doctor_checks.versions()
    assert "runelite-wrapped-cli" in doctor_checks.versions()
    assert "secantusdb" in doctor_checks.versions()
