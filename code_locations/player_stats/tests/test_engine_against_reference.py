"""The engine's figures equal the naive reference's for hostile telemetry and any cut of days."""

from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId
from engine_harness import (
    Documents,
    batches_of,
    engine_days,
    engine_quality,
    engine_reports,
    read_between,
    summary_between,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_player_stats import naive_data_quality, naive_group_report, naive_ranks, naive_reports
from player_stats.domain.cells import HOUR_MS, Cell, Cut
from player_stats.domain.families import FAMILIES
from player_stats.domain.groups import GroupSums, members_of
from player_stats.domain.prices import Prices
from player_stats.domain.ranks import Ranking, Standings, stat_values
from player_stats.domain.regions import region_names
from player_stats.domain.summaries import merge
from player_stats.store.ids import id_key
from price_strategies import base_items, month_prices
from telemetry_documents import Telemetry
from telemetry_strategies import FIRST_DAY, PERIODS, TODAY, instants, telemetry
from wrapped_shared.periods import day_start_ms, next_day

SECTIONS = ("player", "player_key", "period", "coverage", *FAMILIES, "quality")


def reference(documents: Documents, period: str, today: str = TODAY, **prices: Any) -> dict[str, dict[str, Any]]:
    return naive_reports(documents, period, first_day=FIRST_DAY, today=today, region_names=region_names(), **prices)


def prices(months: dict[str, dict[int, int]], bases: dict[int, int]) -> Prices:
    """Prices as they are stored, with item ids as text."""
    stored = {month: {str(item): price for item, price in found.items()} for month, found in months.items()}
    return Prices(stored, {str(item): base for item, base in bases.items()})


def ranked_report(key: str, kills: dict[str, int]) -> dict[str, Any]:
    mobs = [{"name": name, "combat_level": 2, "npc_ids": [1], "kills": n, "items": []} for name, n in kills.items()]
    total = sum(kills.values())
    ticks = total % 10_000  # the reference compares seconds, which are not integers
    return {
        "player": key.title(),
        "player_key": key,
        "play": {"ticks": ticks, "seconds": round(ticks * 0.6, 1), "days_played": total % 3, "longest_streak_days": 1},
        "movement": {"tiles": total * 2},
        "loot": {"kills": total, "value": total * 7 % 5 or None, "mobs": mobs, "players_looted": 0},
        "experience": {"total": total, "skills": {"ATTACK": {"gained": total, "levels_gained": 0}} if total else {}},
        "deaths": {"count": total % 2},
        "damage": {"dealt": total},
        "exchange": {"earned": total},
    }


fine_hours = instants().map(lambda at: at // HOUR_MS * HOUR_MS)
cuts = st.one_of(
    st.just(Cut()),
    st.builds(Cut, hourly=st.just(True), fine_from_ms=st.one_of(st.just(2**62), fine_hours)),
)
"""Whole days, hours, or hours and (from some time on) five minutes."""


@pytest.mark.slow
@settings(max_examples=150)
@given(documents=telemetry(), size=st.integers(1, 8), cut=cuts, months=month_prices, bases=base_items)
def test_reports_equal_the_reference_for_any_cut_of_days(
    documents: Documents, size: int, cut: Cut, months: dict[str, dict[int, int]], bases: dict[int, int]
) -> None:
    days = engine_days(documents, FIRST_DAY, TODAY, batches_of(size), cut)
    reports = engine_reports(days, prices(months, bases))
    expected = {
        (period, key): found
        for period in PERIODS
        for key, found in reference(documents, period, prices=months, bases=bases).items()
    }
    assert reports.keys() == expected.keys()
    for identity, report in reports.items():
        for section in SECTIONS:
            assert report[section] == expected[identity][section], section


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_duplicates_are_found_across_batches_and_only_at_one_instant(size: int) -> None:
    telemetry = Telemetry(at="2024-01-01T12:00:00")
    for number in (9, 1, 5):
        telemetry.tick(0, 7, x=3200 + number, username="BOB", _id=ObjectId(f"{number:024x}"))
    telemetry.tick(600, 7, x=3201, _id=ObjectId(f"{10:024x}"))
    drops = [telemetry.drop("Rat", after=1200, _id=ObjectId(f"{number:024x}")) for number in range(20, 24)]
    drops[2]["data"] = dict(reversed(drops[2]["data"].items()))
    report = engine_reports(engine_days(telemetry.documents, FIRST_DAY, TODAY, batches_of(size)))["all", "bob"]
    assert report["play"]["ticks"] == 2
    assert report["movement"]["favourite_tile"] == {"x": 3201, "y": 3200, "ticks": 2}
    assert report["loot"]["kills"] == 1
    quality = engine_quality(telemetry.documents, "2024-01-01", FIRST_DAY, batches_of(size))
    assert {name: found["duplicates"] for name, found in quality.items()} == {"game_ticks": 2, "loot_received": 3}


@pytest.mark.slow
@settings(max_examples=60)
@given(documents=telemetry(), size=st.integers(1, 8), cut=cuts)
def test_data_quality_equals_the_reference(documents: Documents, size: int, cut: Cut) -> None:
    for day in engine_days(documents, FIRST_DAY, TODAY):
        expected = naive_data_quality(documents, day, first_day=FIRST_DAY, today=TODAY)
        found = engine_quality(documents, day, FIRST_DAY, batches_of(size), cut)
        for collection, quality in expected.items():
            if not quality["read"]:
                assert collection not in found
                continue
            for field in ("read", "duplicates", "left_out", "examples"):
                assert found[collection][field] == quality[field], (collection, field)


@pytest.mark.slow
@settings(max_examples=100)
@given(documents=telemetry(), cut=instants(), size=st.integers(1, 8))
def test_a_span_equals_the_merge_of_its_parts_for_any_cut(documents: Documents, cut: int, size: int) -> None:
    start, end = day_start_ms(FIRST_DAY), day_start_ms("2025-01-01")
    whole = summary_between(documents, start, end, FIRST_DAY)
    before = summary_between(documents, start, cut, FIRST_DAY, batches_of(size))
    after = summary_between(documents, cut, end, FIRST_DAY, batches_of(size))
    merged = {
        key: merge(before[key], after[key]) if key in before and key in after else before.get(key, after.get(key))
        for key in {*before, *after}
    }
    assert merged.keys() == whole.keys() == reference(documents, "all", today="2024-12-31").keys()
    for key, summary in whole.items():
        for family in FAMILIES:
            assert merged[key][family] == summary[family], family


def _where(timestamp: float, label: str) -> tuple[str, str]:
    at = datetime.fromtimestamp(int(timestamp) / 1000, UTC)
    five = f"{at:%H}:{at.minute // 5 * 5:02d}"
    return f"{at:%Y-%m-%d}", five if ":" in label else five[:2]


@pytest.mark.slow
@settings(max_examples=60)
@given(documents=telemetry(), size=st.integers(1, 8), cut=cuts)
def test_every_document_is_seen_once_under_its_hour_or_five_minutes(documents: Documents, size: int, cut: Cut) -> None:
    start, end = day_start_ms(FIRST_DAY), day_start_ms(next_day(TODAY))
    for collection, reading in read_between(documents, start, end, FIRST_DAY, batches_of(size), cut).items():
        there = [
            document
            for document in documents.get(collection, [])
            if type(document.get("timestamp")) in (int, float) and start <= document["timestamp"] < end
        ]
        assert sum(seen.n for seen in reading.seen.values()) == len(there)
        for piece, seen in reading.seen.items():
            inside = [one["_id"] for one in there if Cell(*_where(one["timestamp"], piece.label)) == piece]
            assert seen.n == len(inside)
            assert id_key(seen.newest) == max(map(id_key, inside))


kinds_of_kills = st.dictionaries(
    st.sampled_from(["Zulrah", "Goblin", "a.b"]),
    st.one_of(st.integers(1, 4), st.integers(2**60 - 2, 2**60)),
    max_size=3,
)
"""Including numbers beyond 2^53, which must stay distinct and whose sums must stay within 64 bits."""
stored_ranks = st.sampled_from(
    [
        "none",
        "right",
        "of the report before",
        "a percent off",
        "of more players",
        "a value off",
        "joint or not",
        "older",
    ]
)


def ranks_as_stored(how: str, mine: list[dict[str, Any]], others: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ranks that a report may have when it is ranked, given its correct ranks and those of the report before."""
    ranks = [dict(rank) for rank in {"none": [], "of the report before": others}.get(how, mine)]
    field = {"a percent off": "top_percent", "of more players": "of_players", "a value off": "value"}.get(how)
    if field and ranks:
        ranks[-1][field] += 1
    if how == "joint or not" and ranks:
        ranks[-1]["joint"] = not ranks[-1]["joint"]
    if how == "older":
        ranks = [{name: value for name, value in rank.items() if name != "joint"} for rank in ranks]
    return ranks


@given(found=st.lists(st.tuples(kinds_of_kills, stored_ranks), max_size=9))
def test_ranks_equal_the_reference_and_reports_with_other_ranks_are_stale(
    found: list[tuple[dict[str, int], str]],
) -> None:
    reports = [ranked_report(f"player {number}", kills) for number, (kills, _) in enumerate(found)]
    expected = list(naive_ranks({report["player_key"]: report for report in reports}).values())
    standings, stale = Standings(), []
    for number, (report, (_, how)) in enumerate(zip(reports, found, strict=True)):
        stored = ranks_as_stored(how, expected[number], expected[number - 1])
        standings.add({**report, "ranks": stored})
        if stored != expected[number]:
            stale.append(number)
    ranking = Ranking(standings)
    assert [ranking.of(number) for number in range(len(reports))] == expected
    assert ranking.stale == stale


@given(
    counts=st.lists(st.dictionaries(st.sampled_from(["Zulrah", "Goblin"]), st.integers(1, 4)), max_size=9),
    strangers=st.lists(st.sampled_from(["Nobody", "no_body", "Player 1", "player-2", 7, ""]), max_size=4),
    draw=st.data(),
)
def test_group_reports_equal_the_reference(
    counts: list[dict[str, int]], strangers: list[Any], draw: st.DataObject
) -> None:
    reports = [ranked_report(f"player {number}", kills) for number, kills in enumerate(counts)]
    listed = [*(report["player"] for report in reports), *strangers]
    expected = naive_group_report({report["player_key"]: report for report in reports}, "clan", listed, "2024")
    sums = GroupSums(members_of({"_id": "clan", "members": listed}, lambda name: name))
    for report in draw.draw(st.permutations(reports)):
        sums.add(report["player_key"], report["player"], stat_values(report))
    found = sums.report("clan", "2024")
    for field in ("group", "period", "members", "totals", "leaders"):
        assert found[field] == expected[field], field
