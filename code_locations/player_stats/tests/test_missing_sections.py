"""A stored report without the section of a family, as it was before the family was added, counts as empty in it."""

import json
from typing import Any

import pytest
from naive_player_stats import naive_before, naive_group_report, naive_ranks
from player_stats.domain.families import FAMILIES
from player_stats.domain.ranks import with_current_values
from player_stats.domain.year_before import compared
from player_stats.store.audit import audit_groups
from player_stats.store.groups import make_groups
from player_stats.store.ranks import make_owed_ranks, request_ranks
from wrapped_devkit.contract.page import sample_report
from wrapped_shared.mongo import MongoResource

PLAYERS = [f"player {number}" for number in range(6)]


def full(key: str, period: str) -> dict[str, Any]:
    """An unranked report with every section."""
    report: dict[str, Any] = json.loads(sample_report())
    own = {"_id": f"{period}/{key}", "player_key": key, "player": key, "period": period, "revision": 1}
    assert report.keys() >= FAMILIES.keys()
    return {**report, **own, "ranks": [], "slides": []}


def without(family: str, key: str, period: str = "all") -> dict[str, Any]:
    return {name: part for name, part in full(key, period).items() if name != family}


@pytest.mark.parametrize("family", FAMILIES)
def test_reports_without_a_section_are_ranked_grouped_and_audited(mongo: MongoResource, family: str) -> None:
    older = [without(family, key) for key in PLAYERS[:3]]
    mongo.analytics["wrapped_reports"].insert_many([*older, *(full(key, "all") for key in PLAYERS[3:])])
    mongo.analytics["player_groups"].insert_one({"_id": "otters", "members": PLAYERS[1:5]})
    mongo.analytics["plan_state"].insert_one({"_id": "plan"})
    request_ranks(mongo.analytics, ["all"])
    make_owed_ranks(mongo.analytics)
    make_groups(mongo.analytics, only_owed=True)
    reports = {report["player_key"]: report for report in mongo.analytics["wrapped_reports"].find()}
    assert {key: report["ranks"] for key, report in reports.items()} == naive_ranks(reports)
    group = mongo.analytics["group_reports"].find_one({"_id": "all/otters"}) or {}
    expected = naive_group_report(reports, "otters", PLAYERS[1:5], "all")
    assert {field: group[field] for field in expected} == expected
    assert audit_groups(mongo.analytics) == (1, [])


@pytest.mark.parametrize("family", FAMILIES)
def test_a_year_is_compared_in_the_sections_that_both_years_have(family: str) -> None:
    now, then = full("bob", "2024"), without(family, "bob", "2023")
    assert compared(now, then) == naive_before("2024", now, then, 2026)
    assert not [change for change in compared(now, then)["changes"] if change["stat"].startswith(f"{family}.")]


@pytest.mark.parametrize("family", FAMILIES)
def test_ranks_of_a_section_that_is_gone_are_dropped(family: str) -> None:
    ranks: Any = json.loads(sample_report())["ranks"]
    kept = [rank["stat"] for rank in with_current_values(ranks, without(family, "bob"))]
    gone = [stat.name for stat in FAMILIES[family].stats]
    assert kept == [rank["stat"] for rank in ranks if not rank["stat"].startswith((*gone, "/"))]
