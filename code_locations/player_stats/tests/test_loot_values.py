"""What loot was worth reaches reports whenever prices arrive or change, whoever reads meanwhile and dies."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from merging_world import BONES, FIRST_DAY, MergingWorld
from naive_player_stats import naive_reports
from player_stats.domain.regions import region_names
from player_stats.store import valuing, waiting
from player_stats.store.audit import audit_reports
from player_stats.store.price_changes import prices_due, request_revalued
from player_stats.store.reports import make_owed_reports, refreshable
from player_stats.store.turns import end_dead_turns, take_turn
from player_stats.work.due import due
from scheduling import Program, preemptions
from stats_world import generated, news, store
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import today

NOW = datetime(2025, 12, 31, tzinfo=UTC)
WHIP, NOTED_WHIP = 4151, 4152


@pytest.fixture
def world(mongo: MongoResource) -> MergingWorld:
    """Two players: bob with bones over three years, eve with whips, in a closed and an open month."""
    world = MergingWorld(mongo)
    for hour in ("2022-05-05T10", "2023-11-30T12", "2023-12-02T09", "2024-02-01T00", "2024-03-05T01"):
        world.drop("bob", hour, ((BONES, 2), (995, 10)))
    world.drop("eve", "2024-02-10T10", ((WHIP, 1), (NOTED_WHIP, 2)))
    world.drop("eve", "2024-03-10T10", ((WHIP, 1),))
    world.read_all()
    world.plan_prices()
    make_owed_reports(world.analytics)
    world.check()
    return world


@pytest.fixture
def program(mongo: MongoResource) -> Iterator[Program]:
    made = Program(mongo.uri, mongo.analytics_database)
    yield made
    made.close()


def loot_of(world: MergingWorld, identity: str) -> Any:
    return (world.analytics[names.WRAPPED_REPORTS].find_one({"_id": identity}) or {})["loot"]


def requested(world: MergingWorld) -> set[str]:
    return {request["_id"] for request in world.analytics[names.REPORT_REQUESTS].find()}


def settle(world: MergingWorld) -> None:
    world.plan_prices()
    make_owed_reports(world.analytics)
    world.check()
    assert not prices_due(world.analytics, NOW + timedelta(days=9))


def plan(analytics: Any) -> None:
    request_revalued(analytics, FIRST_DAY, NOW)


def report(analytics: Any) -> None:
    make_owed_reports(analytics)


def test_the_months_with_loot_are_recorded(world: MergingWorld) -> None:
    months = {month["_id"] for month in world.analytics[names.LOOT_MONTHS].find()}
    assert months == {"2022-05", "2023-11", "2023-12", "2024-02", "2024-03"}


def test_a_price_that_arrives_later_reaches_the_reports_with_the_item_and_no_others(world: MergingWorld) -> None:
    world.set_prices({"2024-02": {WHIP: 1_000}, "2024-03": {WHIP: 300}})
    assert prices_due(world.analytics, NOW + timedelta(hours=2))
    before = {one["_id"]: one["generated_at"] for one in world.analytics[names.WRAPPED_REPORTS].find()}
    world.plan_prices()
    assert requested(world) == {"eve|2024-02"}
    settle(world)
    loot = loot_of(world, "2024/eve")
    assert (loot["value"], loot["best_drop"]["month"], loot["best_drop"]["quantity"]) == (1_300, "2024-02", 1)
    after = {one["_id"]: one["generated_at"] for one in world.analytics[names.WRAPPED_REPORTS].find()}
    assert {identity for identity in before if before[identity] != after[identity]} == {"2024/eve", "all/eve"}


def test_only_the_years_in_which_a_price_changed_are_requested(world: MergingWorld) -> None:
    world.set_prices({"2022-05": {BONES: 5}, "2024-03": {BONES: 50}})
    settle(world)
    world.set_prices({"2022-05": {BONES: 5}, "2024-03": {BONES: 60}})
    world.plan_prices()
    assert requested(world) == {"bob|2024-03"}
    settle(world)
    world.set_prices({"2022-05": {BONES: 5}, "2023-12": {BONES: 7}, "2024-03": {BONES: 60}})
    world.plan_prices()
    assert requested(world) == {"bob|2023-12", "bob|2024-02"}, "2024-02 has the price of the nearest earlier month"
    settle(world)
    assert loot_of(world, "all/bob")["value"] == 50 + 10 + 10 + 14 + 14 + 120


def test_a_base_item_found_later_gives_its_note_a_price(world: MergingWorld) -> None:
    world.set_prices({"2024-01": {WHIP: 1_000}})
    settle(world)
    assert [item["value"] for item in loot_of(world, "2024/eve")["mobs"][0]["items"]] == [2_000, None]
    world.set_prices({"2024-01": {WHIP: 1_000}}, {NOTED_WHIP: WHIP})
    world.plan_prices()
    assert requested(world) == {"eve|2024-02"}
    settle(world)
    assert loot_of(world, "2024/eve")["best_drop"]["item_id"] == NOTED_WHIP


def test_many_changed_prices_request_every_report_of_the_months(world: MergingWorld) -> None:
    world.set_prices({"2024-02": dict.fromkeys(range(20000, 21500), 5)})
    world.plan_prices()
    assert {request[:4] for request in requested(world)} == {"bob|", "eve|"}
    settle(world)


def test_unchanged_prices_owe_nothing(world: MergingWorld) -> None:
    world.set_prices({"2024-02": {WHIP: 1_000}})
    settle(world)
    world.set_prices({"2024-02": {WHIP: 1_000}})
    world.plan_prices()
    assert not requested(world)


def test_prices_are_compared_hourly_or_when_a_plan_is_made(world: MergingWorld) -> None:
    world.set_prices({"2024-02": {WHIP: 1_000}})
    assert not prices_due(world.analytics, NOW + timedelta(minutes=50))
    assert prices_due(world.analytics, NOW + timedelta(minutes=61))
    settle(world)
    assert not prices_due(world.analytics, NOW + timedelta(minutes=61))


def test_if_the_prices_in_use_are_lost_all_reports_with_loot_are_owed(world: MergingWorld) -> None:
    world.set_prices({"2024-02": {WHIP: 1_000}})
    settle(world)
    world.analytics[names.LOOT_PRICES].delete_many({})
    assert prices_due(world.analytics, NOW)
    world.plan_prices()
    assert requested(world) == {"bob|2022-05", "bob|2023-11", "bob|2024-02", "eve|2024-02"}
    settle(world)


def test_a_refresh_without_changed_prices_writes_nothing(world: MergingWorld) -> None:
    world.set_prices({"2023-12": {BONES: 9, WHIP: 4}})
    settle(world)
    assert make_owed_reports(world.analytics, also=refreshable(world.analytics)).written == 0
    world.check()


def test_a_changed_price_waits_for_earlier_readers(world: MergingWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0)
    world.set_prices({"2024-02": {WHIP: 1_000}})
    with take_turn(world.analytics):
        world.plan_prices()
        assert not requested(world)
        assert prices_due(world.analytics, NOW)
    settle(world)


def test_an_item_that_no_report_has_yet_is_requested_after_the_reader_that_adds_it(
    world: MergingWorld, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0)
    world.set_prices({"2024-02": {7: 5}})
    settle(world)
    world.drop("eve", "2024-03-10T10", ((7, 1),), start=1)
    world.read_all()
    program.start(report)
    program.go(("update", names.WRAPPED_REPORTS))
    assert program.running
    world.set_prices({"2024-02": {7: 9}})
    world.plan_prices()
    program.go(None)
    settle(world)


@pytest.mark.slow
def test_a_plan_killed_after_any_command_leaves_the_change_owed(world: MergingWorld, program: Program) -> None:
    commands, died, price = 0, True, 1
    while died:
        commands, price = commands + 1, price + 1
        world.set_prices({"2023-12": {BONES: price}, "2024-02": {WHIP: price}})
        program.start(plan)
        program.go(commands)
        died = program.running
        program.kill()
        end_dead_turns(world.analytics, patience=0)
        make_owed_reports(world.analytics)
        if commands % 3 == 0:  # back to the prices before: what was valued meanwhile is owed all the same
            price -= 1
            world.set_prices({"2023-12": {BONES: price}, "2024-02": {WHIP: price}})
        settle(world)
    assert commands > 10


@pytest.mark.slow
@pytest.mark.parametrize("first", [plan, report])
def test_no_price_is_lost_between_a_plan_and_a_reader(
    world: MergingWorld, monkeypatch: pytest.MonkeyPatch, first: Any
) -> None:
    monkeypatch.setattr(waiting, "PATIENCE_SECONDS", 0)
    both = (first, report if first is plan else plan)
    programs = [Program(world.mongo.uri, world.mongo.analytics_database) for _ in both]
    for number, schedule in enumerate(list(preemptions(2, 17, 2))[::6]):
        # The item is in no report yet, and its price differs from the one in use.
        world.set_prices({"2024-02": {20_000 + number: 7, 20_001 + number: 5}})
        world.drop("eve", "2024-03-10T10", ((20_000 + number, 1),), start=number)
        world.read_all()
        for program, body in zip(programs, both, strict=True):
            program.start(body)
        for which, how_far in schedule:
            programs[which].go(how_far)
        for program in programs:
            program.go(None)
        settle(world)
    for program in programs:
        program.close()


def test_a_reader_reads_the_prices_again_only_if_they_changed(
    world: MergingWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[Any] = []

    def counted(analytics: Any) -> Any:
        read.append(analytics)
        return in_use(analytics)

    in_use = valuing.prices_in_use
    monkeypatch.setattr(valuing, "prices_in_use", counted)
    values = valuing.Valuing()
    for _ in range(3):
        values.refresh(world.analytics)
    assert len(read) == 1
    world.set_prices({"2024-02": {WHIP: 1_000}})
    world.plan_prices()
    values.refresh(world.analytics)
    assert len(read) == 2


@pytest.mark.slow
def test_prices_reach_the_reports_of_generated_telemetry_by_the_next_news(
    mongo: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = (datetime.now(UTC).date() - timedelta(days=33)).isoformat()
    monkeypatch.setenv("WRAPPED_FIRST_DAY", start)
    telemetry = generated(players=3, days=34, ticks=60, seed=11, start=start)
    store(mongo, telemetry)
    assert news(mongo).success
    drops = telemetry[names.LOOT_RECEIVED]
    items = sorted({item["id"] for drop in drops for item in drop["data"]["items"]})
    months = sorted(month["_id"] for month in mongo.analytics[names.LOOT_MONTHS].find())
    prices = {month: {item: place * 100 + item % 97 for item in items[place::2]} for place, month in enumerate(months)}
    for month, found in prices.items():
        document = {"_id": month, "days": 1, "prices": {str(item): price for item, price in found.items()}}
        mongo.analytics[names.ITEM_MONTH_PRICES].insert_one(document)
    assert due(mongo) is not None
    assert news(mongo).success
    assert due(mongo) is None
    expected = naive_reports(
        telemetry, "all", first_day=start, today=today(), region_names=region_names(), prices=prices
    )
    found = {one["player_key"]: one["loot"] for one in mongo.analytics[names.WRAPPED_REPORTS].find({"period": "all"})}
    assert found == {key: one["loot"] for key, one in expected.items()}
    assert sum(loot["value"] or 0 for loot in found.values()) > 0
    assert audit_reports(mongo.analytics)[1] == []
