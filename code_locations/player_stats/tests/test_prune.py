"""Pruning removes old events and nothing else: results stay, what was never read stays counted."""

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from naive_player_stats import naive_reports
from news_process import news_pass
from planning_world import TICKS, arrive, milliseconds
from player_stats.domain.regions import region_names
from player_stats.store.outside_days import write_sealed
from player_stats.store.turns import take_turn
from player_stats.work import prune as pruning
from player_stats.work.compute import compute
from player_stats.work.hours import Reader
from player_stats.work.prune import prune
from stats_world import days_ago, generated, store, stored
from test_assets import SECTIONS
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, today
from wrapped_shared.seal import SealRefused, sealed_before

FIRST, BEFORE = days_ago(24), days_ago(18)
D12, D13, D15 = days_ago(20), days_ago(19), days_ago(17)
DOCUMENTS = generated(players=2, days=4, ticks=20, seed=11, start=D12, hostile=True)


@pytest.fixture(autouse=True)
def _first_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", FIRST)


@pytest.fixture
def computed(mongo: MongoResource) -> MongoResource:
    """Databases with computed telemetry of four days, and one snapshot."""
    store(mongo, DOCUMENTS)
    mongo.raw[names.HISCORES].insert_one({"_id": "old", "timestamp": day_start_ms(D12) / 1000})
    news_pass(mongo, FIRST)
    return mongo


def agreed(found: Counter[str]) -> None:
    """Nobody objects."""


def older(mongo: MongoResource, before: str = BEFORE) -> int:
    query = {"timestamp": {"$lt": day_start_ms(before)}}
    return sum(mongo.raw[name].count_documents(query) for name in names.RAW_EVENT_COLLECTIONS)


def results(mongo: MongoResource) -> dict[str, Any]:
    """All results, apart from the documents about undated and sealed events."""
    found = stored(mongo)
    found["data_quality"] = {key: one for key, one in found["data_quality"].items() if one["day"][:1] == "2"}
    return found


def arrived(mongo: MongoResource) -> dict[str, int]:
    return {name: n for name, n in write_sealed(mongo.raw, mongo.analytics, FIRST).items() if n}


def owed(mongo: MongoResource) -> int:
    return mongo.analytics[names.DAY_LEDGER].count_documents({"owed": True, "day": {"$lte": today()}})


def dying_after(times: int) -> Callable[[str, int, int], None]:
    """A progress that ends the process at some removal."""
    left = [times]

    def progress(what: str, done: int, of: int) -> None:
        left[0] -= what == "removing"
        if left[0] < 0:
            raise KeyboardInterrupt

    return progress


@pytest.mark.slow
def test_old_events_are_gone_and_reports_still_equal_the_reference_over_all_events(computed: MongoResource) -> None:
    before, there = results(computed), older(computed)
    seen: list[Counter[str]] = []
    assert prune(computed, BEFORE, seen.append) == seen[0].total() == there > 0
    assert (older(computed), sealed_before(computed.analytics)) == (0, BEFORE)
    assert computed.raw[names.HISCORES].count_documents({}) == 1
    assert computed.raw[TICKS].count_documents({"timestamp": {"$gte": day_start_ms(BEFORE)}}) > 0
    news_pass(computed, FIRST)
    assert results(computed) == before
    assert (owed(computed), arrived(computed)) == (0, {})
    expected = naive_reports(DOCUMENTS, "all", first_day=FIRST, today=today(), region_names=region_names())
    for key, report in expected.items():
        stored_report = computed.analytics[names.WRAPPED_REPORTS].find_one({"_id": f"all/{key}"}) or {}
        assert {name: stored_report[name] for name in SECTIONS} == {name: report[name] for name in SECTIONS}
    assert prune(computed, BEFORE, agreed) == 0


@pytest.mark.slow
def test_a_prune_that_dies_anywhere_is_continued_by_the_next_one(computed: MongoResource) -> None:
    before, removals = results(computed), 0
    late = arrive(computed, day_start_ms(D12) + 1, datetime.now(UTC), number=3)
    news_pass(computed, FIRST)
    computed.analytics[names.SEALED].insert_one({"_id": "raw", "before": D13})
    arrive(computed, day_start_ms(D12) + 2, datetime.now(UTC), number=5)
    assert arrived(computed) == {TICKS: 5}
    while True:
        try:
            prune(computed, BEFORE, agreed, dying_after(0))
        except KeyboardInterrupt:
            removals += 1
            assert arrived(computed) == {TICKS: 5}
        else:
            break
    assert removals > 5
    assert (older(computed), owed(computed), arrived(computed)) == (0, 0, {TICKS: 5})
    news_pass(computed, FIRST)
    after = results(computed)
    for name in ("player_days", "wrapped_reports"):
        assert after[name].keys() == before[name].keys()
    assert after["data_quality"][f"{TICKS}|{D12}"]["read"] == (
        before["data_quality"][f"{TICKS}|{D12}"]["read"] + len(late)
    )


@pytest.mark.slow
def test_events_that_arrive_after_pruning_are_counted_and_stay_counted_when_they_are_pruned_too(
    computed: MongoResource,
) -> None:
    before = results(computed)
    prune(computed, BEFORE, agreed)
    late = arrive(computed, day_start_ms(D13) + 7, datetime.now(UTC), number=4)
    news_pass(computed, FIRST)
    assert arrived(computed) == {TICKS: 4}
    shown = computed.analytics[names.DATA_QUALITY].find_one({"_id": f"{TICKS}|sealed"}) or {}
    assert [example["id"] for example in shown["examples"]] == late
    assert prune(computed, D15, agreed) > 4
    assert (older(computed, D15), arrived(computed)) == (0, {TICKS: 4})
    assert results(computed) == before


@pytest.mark.parametrize("before", ["2999-01-01", "today", "2024-13-01", "soon"])
def test_only_a_day_of_the_past_is_accepted(computed: MongoResource, before: str) -> None:
    with pytest.raises(SealRefused, match="before today"):
        prune(computed, today() if before == "today" else before, agreed)
    assert sealed_before(computed.analytics) is None


@pytest.mark.slow
def test_nothing_is_removed_while_an_hour_is_owed_for_whatever_reason(computed: MongoResource) -> None:
    there = older(computed)
    (new,) = arrive(computed, milliseconds(D13) + 3_600_000 * 5, datetime.now(UTC))
    with pytest.raises(SealRefused, match=rf"1 day before {BEFORE} is owed, first {D13} 05"):
        prune(computed, BEFORE, agreed)
    news_pass(computed, FIRST)
    # An event with an old `_id` is below the watermark: only the audit of all hours finds it.
    arrive(computed, milliseconds(D12) + 3_600_000 * 6, datetime(2024, 8, 12, tzinfo=UTC))
    with pytest.raises(SealRefused, match=f"first {D12} 06"):
        prune(computed, BEFORE, agreed)
    news_pass(computed, FIRST)
    computed.analytics[names.DAY_REQUESTS].insert_one({"_id": D12, "reason": "test", "token": new})
    with pytest.raises(SealRefused, match=f"first {D12}:"):
        prune(computed, BEFORE, agreed)
    assert (sealed_before(computed.analytics), older(computed)) == (None, there + 2)


def test_events_that_were_never_planned_are_owed(mongo: MongoResource) -> None:
    store(mongo, DOCUMENTS)
    with pytest.raises(SealRefused, match=r"6 days before"):
        prune(mongo, BEFORE, agreed)


def test_days_that_were_planned_are_audited_even_if_this_environment_begins_later(
    computed: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_FIRST_DAY", BEFORE)
    arrive(computed, milliseconds(D12), datetime(2024, 8, 12, tzinfo=UTC))
    with pytest.raises(SealRefused, match=f"first {D12}"):
        prune(computed, BEFORE, agreed)


@pytest.mark.slow
def test_a_reader_that_began_earlier_is_waited_for_and_one_that_began_later_reads_no_sealed_day(
    computed: MongoResource, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, there = results(computed), older(computed)
    monkeypatch.setattr("player_stats.store.waiting.PATIENCE_SECONDS", 0)
    with take_turn(computed.analytics), pytest.raises(SealRefused, match="another run still reads"):
        prune(computed, BEFORE, agreed)
    assert (sealed_before(computed.analytics), older(computed)) == (BEFORE, there)
    assert prune(computed, BEFORE, agreed) == there
    days = [D15, BEFORE, D13, D12]  # chosen before the seal moved
    done = compute(Reader(computed, FIRST), days, whole=days)
    assert set(done.days) == {D15, BEFORE}
    assert results(computed) == before


@pytest.mark.slow
def test_the_seal_never_moves_back_and_no_refusal_to_agree_changes_anything(computed: MongoResource) -> None:
    def refuse(found: Counter[str]) -> None:
        raise KeyboardInterrupt

    there = older(computed)
    with pytest.raises(KeyboardInterrupt):
        prune(computed, BEFORE, refuse)
    assert (sealed_before(computed.analytics), older(computed)) == (None, there)
    prune(computed, D15, agreed)
    prune(computed, D13, agreed)
    assert sealed_before(computed.analytics) == D15


def test_what_becomes_owed_while_somebody_is_asked_is_not_removed(computed: MongoResource) -> None:
    def slow(found: Counter[str]) -> None:
        arrive(computed, milliseconds(D13), datetime.now(UTC))

    with pytest.raises(SealRefused):
        prune(computed, BEFORE, slow)
    assert sealed_before(computed.analytics) is None
    assert pruning.older_events(computed, BEFORE).total() == older(computed)
