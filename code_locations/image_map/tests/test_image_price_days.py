"""Prices from the stand-in: each missing day is requested once, short days are refused, months follow their days."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from image_map.domain.prices import day_prices, month_prices
from image_map.store.prices import months_behind
from image_map.upstream.prices import PriceService
from image_map.work import prices as work
from image_map.work.due import due
from image_map.work.prices import missing_days
from image_map_world import World, process_on, world_on
from test_image_assets import checks_of, metadata_of, run
from test_image_holds import put_hold
from wrapped_devkit.contract.conformity import departures
from wrapped_shared.mongo import MongoResource

NOW = datetime(2024, 9, 4, 3, tzinfo=UTC)
DAY = timedelta(days=1)
PRICES_JOB = "image_map_prices"
AUGUST = [f"2024-08-{day:02d}" for day in range(1, 32)]
SEPTEMBER = [f"2024-09-{day:02d}" for day in range(1, 4)]


@pytest.fixture
def needed(world: World) -> World:
    """Months with loot: one that is over and the current one."""
    world.analytics.loot_months.insert_many([{"_id": "2024-08"}, {"_id": "2024-09"}])
    return world


def expected(world: World, day: str) -> dict[str, int]:
    return {str(item_id): price for item_id, price in day_prices(world.prices.rows(day)).prices.items()}


def stored(world: World) -> dict[str, Any]:
    return {document["_id"]: document["prices"] for document in world.analytics.item_prices.find()}


def month(world: World, _id: str) -> dict[str, Any]:
    found = world.analytics.item_month_prices.find_one({"_id": _id})
    assert found is not None
    return found


def test_each_day_of_the_months_with_loot_is_requested_once(needed: World) -> None:
    report = needed.fetch(NOW)
    assert needed.days_requested() == [*AUGUST, *SEPTEMBER]
    assert (report.accepted, report.left, report.problems) == (34, 0, [])
    assert stored(needed) == {day: expected(needed, day) for day in [*AUGUST, *SEPTEMBER]}
    needed.fetch(NOW)
    needed.fetch(NOW + DAY)
    assert needed.days_requested() == [*AUGUST, *SEPTEMBER, "2024-09-04"]


def test_without_loot_nothing_is_requested(world: World) -> None:
    world.fetch(NOW)
    assert world.requested() == []


def test_a_run_requests_so_many_days_and_the_next_run_the_rest(needed: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "DAYS_A_RUN", 20)
    assert needed.fetch(NOW).left == 14
    assert needed.days_requested() == AUGUST[:20]
    assert needed.fetch(NOW).left == 0
    assert needed.days_requested() == [*AUGUST, *SEPTEMBER]


def test_months_are_the_medians_of_their_days_and_change_with_a_late_day(
    needed: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "DAYS_A_RUN", 30)
    needed.prices.overrides = {(day, 4151): None for day in AUGUST[3:]}
    for day, price in zip(AUGUST, (10, 20, 1_000_000), strict=False):  # a single trade at an absurd price
        needed.prices.overrides[day, 4151] = trade(price)
    needed.prices.overrides[AUGUST[30], 4151] = trade(15)
    needed.fetch(NOW)
    august = month(needed, "2024-08")
    assert (august["days"], august["prices"]["4151"]) == (30, 20)
    needed.fetch(NOW)
    august = month(needed, "2024-08")
    assert (august["days"], august["prices"]["4151"]) == (31, 18)
    days = [{int(key): price for key, price in expected(needed, day).items()} for day in AUGUST]
    assert august["prices"] == {str(key): price for key, price in month_prices(days).items()}
    assert (august["prices"]["995"], august["prices"]["13204"]) == (1, 1_000)
    assert month(needed, "2024-09")["days"] == 3


def trade(price: int) -> dict[str, Any]:
    return {"avgHighPrice": price, "highPriceVolume": 1, "avgLowPrice": None, "lowPriceVolume": 0}


def test_a_short_day_is_refused_and_accepted_when_it_is_complete(needed: World) -> None:
    needed.fetch(NOW - DAY)
    needed.server.log.clear()
    needed.faults("short-table")
    report = needed.fetch(NOW)
    assert report.refused == ["2024-09-03"]
    assert "2024-09-03" not in stored(needed)
    needed.faults()
    needed.fetch(NOW + timedelta(hours=20))
    assert needed.days_requested() == ["2024-09-03"], "a refused day is not requested twice a day"
    needed.fetch(NOW + DAY)
    assert needed.days_requested() == ["2024-09-03", "2024-09-03", "2024-09-04"]
    assert stored(needed)["2024-09-03"] == expected(needed, "2024-09-03")
    assert month(needed, "2024-09")["days"] == 4
    assert needed.analytics.price_refusals.count_documents({}) == 0


def test_a_day_that_stays_short_is_requested_four_times_and_no_more(needed: World) -> None:
    needed.fetch(NOW - DAY)
    rows = {("2024-09-03", int(item_id)): None for item_id in needed.prices.rows("2024-09-03")}
    needed.prices.overrides.update(rows)
    for days in range(8):
        needed.fetch(NOW + days * DAY)
    assert Counter(needed.days_requested())["2024-09-03"] == 4
    assert missing_days(needed.analytics, NOW + 8 * DAY) == ["2024-09-11"]
    assert work.coverage(needed.analytics, NOW + 7 * DAY).given_up == ["2024-09-03"]


def test_a_first_day_needs_the_least_rows(needed: World) -> None:
    report = needed.fetch(NOW, least=1_000)
    assert (report.accepted, len(report.refused)) == (0, 34)
    assert stored(needed) == {}
    assert needed.fetch(NOW + DAY, least=10).refused == []


def test_invalid_values_drop_their_rows_and_not_the_day(needed: World) -> None:
    needed.faults("odd-prices")
    report = needed.fetch(NOW)
    whole = expected(needed, "2024-08-05")
    assert report.accepted == 34
    assert report.dropped > 34
    found = stored(needed)["2024-08-05"]
    assert found.items() < whole.items()
    assert len(found) > len(whole) // 2


def test_without_an_answer_the_run_stops_and_nothing_is_refused(needed: World) -> None:
    needed.faults("404")
    report = needed.fetch(NOW)
    assert needed.days_requested() == AUGUST[:3]
    assert (report.left, len(report.problems)) == (34, 3)
    assert needed.analytics.price_refusals.count_documents({}) == 0
    needed.faults()
    assert needed.fetch(NOW).accepted == 34


def test_another_version_of_the_service_is_requested_by_setting(
    wiki_environment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = wiki_environment
    monkeypatch.setenv("PRICES_API_VERSION", "v2")
    world.analytics.loot_months.insert_one({"_id": "2024-02"})
    assert run(world, name=PRICES_JOB).success
    assert Counter(world.requested()) == {"/api/v2/osrs/24h": 29}
    with world.settings.client(world.server.url) as client:
        assert PriceService(client, "v2").mapping() == PriceService(client, "v1").mapping()


def test_the_job_fetches_prices_and_its_checks_tell_of_holds_and_missing_days(
    wiki_environment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = wiki_environment
    world.analytics.loot_months.insert_one({"_id": "2024-02"})
    put_hold(world, "prices", hours=1)
    held = checks_of(run(world, name=PRICES_JOB))
    assert world.days_requested() == []
    assert {name for name, passed in held.items() if name.startswith("item_prices:") and not passed} == {
        "item_prices:upstream_answers",
        "item_prices:upstream_hold",
        "item_prices:price_days_complete",
        "item_prices:prices_are_recent",
    }
    world.analytics.upstream_holds.delete_many({})
    monkeypatch.delenv("WRAPPED_CONTACT")
    run(world, name=PRICES_JOB)
    assert world.days_requested() == []
    monkeypatch.setattr("image_map.work.due.constant_subjects", list)
    assert due(world.mongo) is None
    monkeypatch.setenv("WRAPPED_CONTACT", "tests@example.org")
    assert due(world.mongo) == "prices of some days are missing"
    result = run(world, name=PRICES_JOB)
    assert all(passed for name, passed in checks_of(result).items() if name.startswith("item_prices:"))
    assert metadata_of(result, "item_prices")["days_accepted"] == 29
    assert metadata_of(result, "item_month_prices")["months_written"] == 1
    assert due(world.mongo) is None


def test_a_month_whose_days_were_stored_by_a_killed_run_is_due(needed: World) -> None:
    needed.fetch(NOW)
    assert months_behind(needed.analytics) == []
    needed.analytics.item_month_prices.delete_one({"_id": "2024-08"})
    assert months_behind(needed.analytics) == ["2024-08"]


@pytest.mark.slow
def test_a_killed_run_is_continued_and_each_accepted_day_was_requested_once(
    contract_mongo: MongoResource, tmp_path: Path
) -> None:
    with world_on(contract_mongo) as world:
        world.analytics.loot_months.insert_many([{"_id": "2024-08"}, {"_id": "2024-09"}])
        with process_on(world, "prices", tmp_path) as fetching:
            fetching.wait_until(lambda: len(world.days_requested()) >= 5, pause=0.002)
            fetching.kill()
        kept = stored(world)
        world.fetch(NOW)
        requests = Counter(world.days_requested())
        assert requests.keys() == {*AUGUST, *SEPTEMBER}
        assert {day for day, count in requests.items() if count > 1}.isdisjoint(kept)
        assert sum(requests.values()) <= 34 + 1, "at most the request in progress was lost"
        assert stored(world) == {day: expected(world, day) for day in [*AUGUST, *SEPTEMBER]}
        assert months_behind(world.analytics) == []
        assert departures(contract_mongo) == []
