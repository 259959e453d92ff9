"""One player under several names: whose report a day belongs to, and what becomes of reports when links change."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from linked_world import LinkedWorld
from merging_world import BONES, FIRST_DAY, LAST_DAY, some
from naive_player_stats import naive_group_report
from player_stats.domain.chains import Chains
from player_stats.domain.slots import player_slot
from player_stats.store import linked_names
from player_stats.store.groups import make_groups
from player_stats.store.linked_names import apply_links, chains_now, chosen_names
from player_stats.store.plan_state import begin_plan, groups_owed
from player_stats.store.ranks import make_owed_ranks
from player_stats.store.reports import make_owed_reports
from player_stats.store.turns import Turn, end_dead_turns, take_turn
from wrapped_shared import collections as names
from wrapped_shared.links import links_changed, links_error
from wrapped_shared.mongo import MongoResource
from wrapped_shared.tenures import Link, LinkError


@pytest.fixture
def world(mongo: MongoResource) -> LinkedWorld:
    return LinkedWorld(mongo)


@pytest.fixture
def settled(world: LinkedWorld) -> LinkedWorld:
    """Ann played for years and became Bea in mid-month; Cid, who has no links, played too."""
    for day in ("2022-05-03", "2023-02-10", "2023-03-01", "2023-03-14"):
        world.play("Ann", f"{day}T10")
    for day in ("2023-03-16", "2023-03-20", "2023-04-02"):
        world.play("Bea", f"{day}T10", xp=5_000)
    world.play("Cid", "2023-03-15T10")
    world.update()
    world.check()
    return world


def keys(world: LinkedWorld, period: str = "all") -> list[str]:
    return sorted(one["player_key"] for one in world.analytics[names.WRAPPED_REPORTS].find({"period": period}))


def test_a_chain_has_one_report_under_its_last_name_and_unlinking_restores_everything(settled: LinkedWorld) -> None:
    before = settled.results()
    settled.link("ann", "bea", "2023-03-15")
    settled.update()
    settled.check()
    assert keys(settled) == ["bea", "cid"]
    assert keys(settled, "2022") == ["bea"]
    settled.unlink("ann", "2023-03-15")
    settled.update()
    settled.check()
    assert settled.results() == before


@pytest.mark.slow
def test_prices_that_change_reach_all_months_of_a_player_under_whatever_name(settled: LinkedWorld) -> None:
    bones = {
        month: {BONES + item: number for item in range(3)} for number, month in enumerate(("2022-05", "2023-03"), 5)
    }
    settled.link("ann", "bea", "2023-03-15")
    settled.update()
    settled.set_prices(bones)
    settled.plan_prices()
    settled.update()
    settled.check()
    settled.set_prices({**bones, "2023-02": {BONES: 90, BONES + 1: 91}})
    settled.plan_prices()
    settled.unlink("ann", "2023-03-15")
    settled.update()
    settled.check()


def test_both_names_count_on_the_day_of_the_change_even_in_one_session(world: LinkedWorld) -> None:
    for day in ("2023-03-15", "2023-03-31"):  # in mid-month, and on the last day of a month
        world.link("ann", "bea", day)
        world.play("Ann", f"{day}T10", ticks=5, xp=1_000, session="s")
        world.play("Bea", f"{day}T10", ticks=5, xp=3_000, start=3_000, session="s")
        world.play("Bea", f"{day}T23", xp=4_000)
        world.update()
        world.check()
        report = world.analytics[names.WRAPPED_REPORTS].find_one({"_id": "all/bea"})
        assert report is not None
        assert report["player"] == "Bea"
        assert report["play"]["sessions"] == 2 * (1 if day == "2023-03-15" else 2)
        world.play("Ann", f"{day}T09")  # late telemetry of the older name
        world.update()
        world.check()
        world.play("Ann", "2023-04-01T09")  # somebody else's
        world.update()
        world.check()
        assert keys(world) == ["ann", "bea"]
        world.forget("Ann", "2023-04-01")
        world.unlink("ann", day)


@pytest.mark.slow
@pytest.mark.parametrize("steps", [1, 7])
def test_names_that_come_and_go(world: LinkedWorld, steps: int) -> None:
    for number, day in enumerate(("01-05", "02-05", "03-05", "04-05", "05-05", "06-05")):
        for name in ("Ann", "Bea", "Cid"):
            world.play(name, f"2023-{day}T1{number}", xp=1_000 * (number + 1))
    world.update(steps)
    for old, now, day in (
        ("ann", "bea", "2023-02-05"),  # bea's days before belong to nobody; ann's later ones are a stranger's
        ("bea", "ann", "2023-03-20"),  # back to an earlier name, which the stranger had meanwhile
        ("ann", "cid", "2023-05-01"),  # two links further
    ):
        world.link(old, now, day)
        world.update(steps)
        world.check()
    for old, day in (("bea", "2023-03-20"), ("ann", "2023-05-01"), ("ann", "2023-02-05")):
        world.unlink(old, day)
        world.update(steps)
        world.check()


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_any_changes_of_links_and_telemetry_end_as_in_the_reference(world: LinkedWorld, seed: int) -> None:
    chance = random.Random(seed)
    days = [f"{month}-{day}" for month in ("2022-12", "2023-01", "2023-02") for day in ("03", "15", "28")]
    linked: set[Link] = set()
    for _ in range(14):
        for _ in range(chance.randint(0, 3)):
            world.play(chance.choice(["A", "B", "C", "D"]), f"{chance.choice(days)}T{chance.randint(8, 11):02}",
                       xp=chance.randint(1, 10) * 1_000, start=chance.randint(0, 5) * 60_000)  # fmt: skip
        old, now = chance.sample(["a", "b", "c", "d"], 2)
        link = Link(chance.choice(days), old, now)
        if chance.random() < 0.6 and not any(one.id == link.id for one in linked):
            try:
                Chains({*linked, link})
            except LinkError:
                continue
            linked.add(link)
            world.link(old, now, link.from_day)
        elif linked and chance.random() < 0.5:
            for link in some(chance, linked, 2):
                linked.remove(link)
                world.unlink(link.old, link.from_day)
        if chance.random() < 0.6:
            world.update(chance.randint(1, 3))
    world.update()
    world.check()
    for link in sorted(linked):
        world.unlink(link.old, link.from_day)
    world.update()
    world.check()


def test_a_rename_in_mid_run_takes_effect_after_the_turns_that_began_before(settled: LinkedWorld) -> None:
    settled.play("Ann", "2023-03-14T11")
    settled.read_all()
    settled.link("ann", "bea", "2023-03-15")
    with take_turn(settled.analytics):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("player_stats.store.waiting.PATIENCE_SECONDS", 0)
            assert "stays owed" in (apply_links(settled.analytics) or "")
        assert links_changed(settled.analytics)
    make_owed_reports(settled.analytics)
    settled.check()
    assert keys(settled) == ["ann", "bea", "cid"]
    settled.update()
    settled.check()
    assert keys(settled) == ["bea", "cid"]


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


@pytest.mark.slow
@pytest.mark.parametrize("step", ["request_reports", "place_requests", "months_of_days"])
def test_a_change_is_owed_until_all_is_requested(
    settled: LinkedWorld, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    settled.link("ann", "bea", "2023-03-15")
    real: Callable[..., Any] = getattr(linked_names, step)

    def killed(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        raise KeyboardInterrupt

    monkeypatch.setattr(linked_names, step, killed)
    with pytest.raises(KeyboardInterrupt):
        apply_links(settled.analytics)
    monkeypatch.setattr(linked_names, step, real)
    assert links_changed(settled.analytics)
    end_dead_turns(settled.analytics, patience=0)
    make_owed_reports(settled.analytics)
    settled.check()
    settled.update()
    settled.check()
    assert keys(settled) == ["bea", "cid"]


def test_a_change_is_owed_until_it_is_recorded(settled: LinkedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    settled.link("ann", "bea", "2023-03-15")
    with monkeypatch.context() as patch:
        patch.setattr(Turn, "replace", _killed)
        with pytest.raises(KeyboardInterrupt):
            apply_links(settled.analytics)
    end_dead_turns(settled.analytics, patience=0)
    make_owed_reports(settled.analytics)
    settled.check()
    assert keys(settled) == ["ann", "bea", "cid"]
    settled.update()
    settled.check()
    assert keys(settled) == ["bea", "cid"]


def test_a_request_in_another_range_of_slots_is_moved_to_that_of_the_connected_names(settled: LinkedWorld) -> None:
    settled.link("ann", "bea", "2023-03-15")
    settled.update()
    settled.play("Bea", "2023-03-16T11")
    settled.read_all()
    slot, own = chains_now(settled.analytics).slot("bea"), player_slot("bea")
    assert slot != own
    make_owed_reports(settled.analytics, slots=(own, own + 1))
    request = settled.analytics[names.REPORT_REQUESTS].find_one()
    assert request is not None
    assert request["slot"] == slot
    make_owed_reports(settled.analytics, slots=(slot, slot + 1))
    settled.check()


def test_contradicting_links_are_not_applied_and_say_why(settled: LinkedWorld) -> None:
    settled.link("ann", "bea", "2023-03-15")
    settled.update()
    before = settled.results()
    settled.link("cid", "bea", "2023-03-20")
    said = apply_links(settled.analytics) or ""
    assert "were not applied" in said
    assert "bea" not in said  # it is logged by Dagster, which stores no player's name
    assert not links_changed(settled.analytics)
    settled.update()
    assert settled.results() == before
    assert "two holders" in (links_error(settled.analytics) or "")
    settled.unlink("cid", "2023-03-20")
    assert apply_links(settled.analytics) is None
    assert links_error(settled.analytics) is None
    assert settled.results() == before


def test_sealed_months_follow_the_links(settled: LinkedWorld) -> None:
    settled.analytics[names.SEALED].insert_one({"_id": "raw", "before": "2023-04-01"})
    before = settled.results()
    for change in (settled.link, lambda old, now, day: settled.unlink(old, day)):
        change("ann", "bea", "2023-03-15")
        settled.update()
        settled.check()
    assert settled.results() == before


def test_groups_and_chosen_players_resolve_names_to_who_held_them_last(settled: LinkedWorld) -> None:
    analytics = settled.analytics
    begin_plan(analytics, FIRST_DAY, LAST_DAY)
    analytics[names.PLAYER_GROUPS].insert_one({"_id": "otters", "members": ["Ann", "bea", "Nobody"]})

    def members() -> list[str]:
        make_owed_ranks(analytics)
        make_groups(analytics, only_owed=True)
        report = analytics[names.GROUP_REPORTS].find_one({"_id": "all/otters"})
        assert report is not None
        reports = {one["player_key"]: one for one in analytics[names.WRAPPED_REPORTS].find({"period": "all"})}
        expected = naive_group_report(reports, "otters", report["members"], "all")
        assert report["totals"] == expected["totals"]
        return list(report["members"])

    assert members() == ["ann", "bea", "nobody"]
    settled.link("ann", "bea", "2023-03-15")
    settled.update()
    assert groups_owed(analytics).everything
    assert members() == ["bea", "nobody"]
    assert chosen_names(analytics, ["ann"]) == {"ann", "bea"}
    settled.play("Ann", "2023-03-16T10")
    settled.update()
    assert groups_owed(analytics).everything
    assert members() == ["ann", "bea", "nobody"]


def test_ranks_count_a_chain_once(settled: LinkedWorld) -> None:
    for name in ("D", "E", "F", "G"):
        settled.play(name, "2023-03-15T10")
    settled.link("ann", "bea", "2023-03-15")
    settled.update()
    make_owed_ranks(settled.analytics)
    for report in settled.analytics[names.WRAPPED_REPORTS].find({"period": "all"}):
        assert {rank["of_players"] for rank in report["ranks"]} == {6}
    assert [link.id for link in chains_now(settled.analytics).tenures.links] == ["ann|2023-03-15"]
