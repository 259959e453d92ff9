"""Group reports: which are owed, which reports they are made from, and how large they may get."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import pytest
from bson import ObjectId
from naive_player_stats import naive_group_report
from player_stats.domain.groups import GroupSums
from player_stats.store import encoding
from player_stats.store import groups as store_groups
from player_stats.store.groups import make_groups
from player_stats.store.plan_state import note_plan, ranking_due, request_groups
from player_stats.store.sizes import LARGEST_DOCUMENT
from player_stats.store.turns import take_turn
from wrapped_shared.mongo import MongoResource

HOUR = timedelta(minutes=61)


def report(key: str, period: str, kills: dict[str, int]) -> dict[str, Any]:
    """A stored report with the fields that groups read."""
    total = sum(kills.values())
    mobs = [
        {"name": name, "combat_level": 1, "npc_ids": [], "kills": number, "items": []} for name, number in kills.items()
    ]
    return {
        "_id": f"{period}/{key}", "player_key": key, "player": key.upper(), "period": period,
        "play": {"ticks": total, "seconds": round(total * 0.6, 1), "days_played": 1, "longest_streak_days": 1},
        "movement": {"tiles": total}, "loot": {"kills": total, "mobs": mobs}, "damage": {"dealt": 0},
        "experience": {"total": 0, "skills": {}}, "deaths": {"count": 0}, "exchange": {"earned": 0},
    }  # fmt: skip


def put(mongo: MongoResource, reports: Iterable[dict[str, Any]]) -> None:
    for one in reports:
        mongo.analytics["wrapped_reports"].replace_one({"_id": one["_id"]}, one, upsert=True)


def name_group(mongo: MongoResource, group: str, members: list[Any]) -> None:
    mongo.analytics["player_groups"].replace_one({"_id": group}, {"members": members}, upsert=True)


def kills_of(mongo: MongoResource) -> dict[str, int]:
    """The kills of all members by group report."""
    return {found["_id"]: found["totals"]["loot.kills"] for found in mongo.analytics["group_reports"].find()}


@pytest.fixture
def planned(mongo: MongoResource) -> MongoResource:
    """A database with a plan, three players with reports of two periods, and two overlapping groups with reports."""
    mongo.analytics["plan_state"].insert_one({"_id": "plan"})
    for period, factor in (("2024", 1), ("all", 2)):
        put(
            mongo,
            (report(key, period, {"Rat": factor * number}) for number, key in enumerate(("ann", "bob", "cid"), 1)),
        )
    name_group(mongo, "otters", ["Ann", "Bob"])
    name_group(mongo, "seals", ["Bob", "Cid", "Nobody"])
    make_groups(mongo.analytics)
    assert kills_of(mongo) == {"2024/otters": 3, "all/otters": 6, "2024/seals": 5, "all/seals": 10}
    return mongo


@pytest.mark.parametrize("groups_at_once", [1, 100])
@pytest.mark.parametrize("members_at_once", [1, 7, 1000])
def test_reports_do_not_depend_on_the_number_of_groups_per_pass(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch, groups_at_once: int, members_at_once: int
) -> None:
    monkeypatch.setattr(store_groups, "_GROUPS_AT_ONCE", groups_at_once)
    monkeypatch.setattr(store_groups, "_MEMBERS_AT_ONCE", members_at_once)
    reports = [report(f"player {number}", "all", {"Rat": number % 4 + 1, f"Rat {number}": 1}) for number in range(12)]
    put(mongo, reports)
    groups = {f"clan {size}": [f"Player_{number}" for number in range(size, 13)] for size in range(0, 12, 3)}
    for group, members in groups.items():
        name_group(mongo, group, members)
    assert make_groups(mongo.analytics).written == len(groups)
    by_key = {one["player_key"]: one for one in reports}
    for group, members in groups.items():
        found = mongo.analytics["group_reports"].find_one({"_id": f"all/{group}"}) or {}
        expected = naive_group_report(by_key, group, members, "all")
        assert {field: found[field] for field in expected} == expected


def test_only_ranked_periods_are_rebuilt_and_only_differences_are_written(planned: MongoResource) -> None:
    put(planned, [report("ann", period, {"Rat": 50}) for period in ("2024", "all")])
    assert make_groups(planned.analytics, only_owed=True).written == 0
    request_groups(planned.analytics, "2024")
    changes = make_groups(planned.analytics, only_owed=True)
    assert (changes.written, changes.unchanged) == (1, 1)
    assert kills_of(planned) == {"2024/otters": 52, "all/otters": 6, "2024/seals": 5, "all/seals": 10}
    assert make_groups(planned.analytics).written == 1
    assert kills_of(planned)["all/otters"] == 54


def test_group_reports_of_a_period_without_reports_are_removed(planned: MongoResource) -> None:
    planned.analytics["wrapped_reports"].delete_many({"period": "2024"})
    request_groups(planned.analytics, "2024")
    assert make_groups(planned.analytics, only_owed=True).removed == 2
    assert kills_of(planned).keys() == {"all/otters", "all/seals"}


def test_a_changed_group_is_noticed_within_an_hour_even_if_nobody_plays(planned: MongoResource) -> None:
    now = datetime.now(UTC)
    note_plan(planned.analytics, ranked_at=now)
    assert not ranking_due(planned.analytics, now + HOUR)
    name_group(planned, "otters", ["Ann", "Cid"])
    assert not ranking_due(planned.analytics, now + 1.5 * HOUR), "all groups are read at most hourly"
    assert ranking_due(planned.analytics, now + 2 * HOUR)
    assert make_groups(planned.analytics, only_owed=True).written == 2
    assert kills_of(planned)["2024/otters"] == 4
    assert not ranking_due(planned.analytics, now + 4 * HOUR)
    planned.analytics["player_groups"].delete_one({"_id": "seals"})
    assert ranking_due(planned.analytics, now + 6 * HOUR)
    assert make_groups(planned.analytics, only_owed=True).removed == 2


def test_groups_stay_owed_while_another_turn_may_write_reports(planned: MongoResource) -> None:
    now = datetime.now(UTC)
    request_groups(planned.analytics, "2024")
    note_plan(planned.analytics, ranked_at=now - HOUR)
    assert ranking_due(planned.analytics, now)
    with take_turn(planned.analytics):
        make_groups(planned.analytics, only_owed=True)
    assert ranking_due(planned.analytics, now)
    make_groups(planned.analytics, only_owed=True)
    assert not ranking_due(planned.analytics, now)


def test_a_period_ranked_again_meanwhile_stays_owed(planned: MongoResource, monkeypatch: pytest.MonkeyPatch) -> None:
    request_groups(planned.analytics, "2024")
    make = store_groups._make

    def ranked_meanwhile(*arguments: Any) -> Any:
        request_groups(planned.analytics, "2024")
        return make(*arguments)

    monkeypatch.setattr(store_groups, "_make", ranked_meanwhile)
    make_groups(planned.analytics, only_owed=True)
    state = planned.analytics["plan_state"].find_one() or {}
    assert isinstance(state["groups_owed"]["2024"], ObjectId)


def test_the_report_of_a_large_clan_is_far_below_the_limit() -> None:
    members = [f"member {number}" for number in range(5_000)]
    stats = {f"kills:Mob of kind {kind}": kind for kind in range(1, 301)} | {f"xp:SKILL_{n}": n for n in range(1, 24)}
    sums = GroupSums(members)
    for number, key in enumerate(members):
        sums.add(key, key, {stat: value * number for stat, value in stats.items()})
    document = sums.report("clan", "2024")
    assert document["totals"]["xp:SKILL_23"] == 23 * sum(range(5_000))
    assert (
        document["leaders"][5]["top"][0]["value"]
        == max(document["leaders"][5]["top"], key=lambda e: e["value"])["value"]
    )
    assert len(bson.encode(document)) < LARGEST_DOCUMENT / 40


def test_one_member_s_made_up_mobs_do_not_affect_the_others(
    planned: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "LARGEST_DOCUMENT", 50_000)
    monkeypatch.setattr(store_groups, "_MOST_MOBS", (None, 100, 0))
    made_up = {f"No mob at all {number}": 1_000 for number in range(400)}
    put(planned, [report("bob", "all", {**made_up, "Rat": 7})])
    assert make_groups(planned.analytics).too_large == 0
    document = planned.analytics["group_reports"].find_one({"_id": "all/otters"}) or {}
    assert document["totals"]["kills:Rat"] == 9, "the one that two members met"
    assert document["totals"]["loot.kills"] == 9 + 400_000
    assert document["mobs_left_out"] == 301
    stats = {entry["stat"] for entry in document["leaders"]}
    assert stats == document["totals"].keys()
    assert sum(stat.startswith("kills:") for stat in stats) == 100
