"""`before`: a year that is over beside the year before, whichever of the two reports changes, and in whatever order."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from merging_world import MergingWorld
from naive_player_stats import naive_before
from player_stats.domain.year_before import compared
from player_stats.store import years_before
from player_stats.store.plan_state import plan_state
from player_stats.store.reports import make_owed_reports
from player_stats.work.plan import make_plan
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource


@pytest.fixture
def world(mongo: MongoResource) -> MergingWorld:
    return MergingWorld(mongo)


def before_of(world: MergingWorld, identity: str) -> dict[str, Any]:
    found = world.analytics[names.WRAPPED_REPORTS].find_one({"_id": identity})
    assert found is not None
    return {change["stat"]: change for change in found["before"]["changes"]} if found["before"] else {}


def make(world: MergingWorld) -> None:
    world.read_all()
    make_owed_reports(world.analytics)
    world.check()


def test_a_year_is_compared_with_the_year_before_it_and_no_other(world: MergingWorld) -> None:
    for year, ticks in (("2021", 2), ("2022", 3), ("2024", 5)):
        world.play("bob", f"{year}-05-01T10", ticks)
    make(world)
    assert before_of(world, "2022/bob")["play.seconds"] == {
        "stat": "play.seconds", "value": 1.8, "before": 1.2, "percent": 50.0,
    }  # fmt: skip
    assert "loot.value" not in before_of(world, "2022/bob")
    assert before_of(world, "2024/bob") == before_of(world, "all/bob") == {}


def test_late_events_of_the_earlier_year_change_the_later_report(world: MergingWorld) -> None:
    for year in ("2022", "2023"):
        world.play("bob", f"{year}-05-01T10", 4)
    make(world)
    assert before_of(world, "2023/bob")["play.days_played"]["percent"] == 0
    world.play("bob", "2022-07-01T10", 4)
    make(world)
    assert before_of(world, "2023/bob")["play.days_played"]["percent"] == -50
    for hour in ("2022-05-01T10", "2022-07-01T10"):
        world.forget("bob", hour)
    make(world)
    assert before_of(world, "2023/bob") == {}


def test_an_earlier_year_that_is_read_last_is_compared_too(world: MergingWorld) -> None:
    world.play("bob", "2024-05-01T10", 4)
    make(world)
    world.play("bob", "2023-05-01T10", 2)
    make(world)
    assert before_of(world, "2024/bob")["play.seconds"]["percent"] == 100


@pytest.mark.slow
def test_the_current_year_is_compared_once_it_is_over(world: MergingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(years_before, "this_year", lambda: 2024)
    monkeypatch.setattr("merging_world.this_year", lambda: 2024)
    make_plan(world.mongo, "2023-01-01", datetime(2024, 12, 30, tzinfo=UTC))
    for year in ("2023", "2024"):
        world.play("bob", f"{year}-05-01T10", 4)
    make(world)
    assert before_of(world, "2024/bob") == {}
    make_plan(world.mongo, "2023-01-01", datetime(2024, 12, 31, tzinfo=UTC))
    assert world.analytics[names.REPORT_REQUESTS].find_one() is None
    monkeypatch.setattr(years_before, "this_year", lambda: 2025)
    monkeypatch.setattr("merging_world.this_year", lambda: 2025)
    for _ in range(2):
        make_plan(world.mongo, "2023-01-01", datetime(2025, 1, 1, tzinfo=UTC))
    make(world)
    assert before_of(world, "2024/bob")["play.seconds"]["percent"] == 0
    assert plan_state(world.analytics)["compared_upto"] == 2024


def report(ticks: int, numbers: list[int], value: int | None) -> dict[str, Any]:
    days, streak, tiles, kills, experience, deaths, dealt, earned = numbers
    return {
        "period": "2023",
        "play": {"ticks": ticks, "seconds": round(ticks * 0.6, 1), "days_played": days, "longest_streak_days": streak},
        "movement": {"tiles": tiles},
        "loot": {"kills": kills, "value": value, "mobs": []},
        "experience": {"total": experience, "skills": {}},
        "deaths": {"count": deaths},
        "damage": {"dealt": dealt},
        "exchange": {"earned": earned},
    }


figures = st.lists(st.integers(0, 3) | st.integers(0, 2**63 - 1), min_size=8, max_size=8)
reports = st.builds(report, st.integers(0, 50_000_000), figures, st.none() | st.integers(0, 2**63 - 1))


@given(now=reports, then=reports)
def test_every_change_is_that_of_the_reference(now: dict[str, Any], then: dict[str, Any]) -> None:
    then["period"] = "2022"
    assert compared(now, then) == naive_before("2023", now, then, 2026)
