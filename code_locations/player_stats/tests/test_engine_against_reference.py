"""The engine's figures equal the naive reference's, for hostile telemetry and however days are cut."""

from typing import Any

import pytest
from bson import ObjectId
from engine_harness import Documents, batches_of, engine_days, engine_quality, engine_reports, read_between
from hypothesis import given, settings
from hypothesis import strategies as st
from naive_player_stats import naive_data_quality, naive_group_report, naive_ranks, naive_reports
from player_stats.domain.days import summarise_day
from player_stats.domain.groups import group_report, members_of
from player_stats.domain.ranks import Standings
from player_stats.domain.regions import region_names
from player_stats.domain.summaries import FAMILIES, merge
from player_stats.store.reading import Scope
from telemetry_documents import Telemetry
from telemetry_strategies import FIRST_DAY, PERIODS, TODAY, instants, telemetry
from wrapped_shared.periods import day_start_ms, next_day

SECTIONS = (
    "player", "player_key", "period", "coverage", "play", "movement", "places", "equipment", "loot",
    "experience", "deaths", "damage", "exchange", "quality",
)  # fmt: skip


def reference(documents: Documents, period: str, today: str = TODAY) -> dict[str, dict[str, Any]]:
    return naive_reports(documents, period, first_day=FIRST_DAY, today=today, region_names=region_names())


def ranked_report(key: str, kills: dict[str, int]) -> dict[str, Any]:
    mobs = [{"name": name, "combat_level": 2, "npc_ids": [1], "kills": n, "items": []} for name, n in kills.items()]
    total = sum(kills.values())
    return {
        "player": key.title(),
        "player_key": key,
        "play": {"ticks": total, "seconds": round(total * 0.6, 1), "days_played": total % 3, "longest_streak_days": 1},
        "movement": {"tiles": total * 2},
        "loot": {"kills": total, "mobs": mobs, "players_looted": 0},
        "experience": {"total": total, "skills": {"ATTACK": {"gained": total, "levels_gained": 0}} if total else {}},
        "deaths": {"count": total % 2},
        "damage": {"dealt": total},
        "exchange": {"earned": total},
    }


@settings(max_examples=150)
@given(documents=telemetry(), size=st.integers(1, 8))
def test_reports_equal_the_reference(documents: Documents, size: int) -> None:
    reports = engine_reports(engine_days(documents, FIRST_DAY, TODAY, batches_of(size)))
    expected = {(period, key): found for period in PERIODS for key, found in reference(documents, period).items()}
    assert reports.keys() == expected.keys()
    for identity, report in reports.items():
        for section in SECTIONS:
            assert report[section] == expected[identity][section], section


@pytest.mark.parametrize("size", [1, 2, 3, 100])
def test_duplicates_are_found_over_the_ends_of_batches_and_only_at_one_instant(size: int) -> None:
    told = Telemetry(at="2024-01-01T12:00:00")
    for number in (9, 1, 5):
        told.tick(0, 7, x=3200 + number, username="BOB", _id=ObjectId(f"{number:024x}"))
    told.tick(600, 7, x=3201, _id=ObjectId(f"{10:024x}"))
    drops = [told.drop("Rat", after=1200, _id=ObjectId(f"{number:024x}")) for number in range(20, 24)]
    drops[2]["data"] = dict(reversed(drops[2]["data"].items()))
    report = engine_reports(engine_days(told.documents, FIRST_DAY, TODAY, batches_of(size)))["all", "bob"]
    assert report["play"]["ticks"] == 2
    assert report["movement"]["favourite_tile"] == {"x": 3201, "y": 3200, "ticks": 2}
    assert report["loot"]["kills"] == 1
    quality = engine_quality(told.documents, "2024-01-01", FIRST_DAY, batches_of(size))
    assert {name: found["duplicates"] for name, found in quality.items()} == {"game_ticks": 2, "loot_received": 3}


@settings(max_examples=60)
@given(documents=telemetry(), size=st.integers(1, 8))
def test_data_quality_equals_the_reference(documents: Documents, size: int) -> None:
    for day in engine_days(documents, FIRST_DAY, TODAY):
        expected = naive_data_quality(documents, day, first_day=FIRST_DAY, today=TODAY)
        found = engine_quality(documents, day, FIRST_DAY, batches_of(size))
        for collection, quality in expected.items():
            if not quality["read"]:
                assert collection not in found
                continue
            for field in ("read", "duplicates", "left_out", "examples"):
                assert found[collection][field] == quality[field], (collection, field)


@settings(max_examples=100)
@given(documents=telemetry(), cut=instants(), size=st.integers(1, 8))
def test_a_whole_equals_its_merged_pieces_wherever_it_is_cut(documents: Documents, cut: int, size: int) -> None:
    start, end = day_start_ms(FIRST_DAY), day_start_ms("2025-01-01")
    whole = summarise_day(read_between(documents, start, end, FIRST_DAY).values(), "2023-01-01")
    before = summarise_day(read_between(documents, start, cut, FIRST_DAY, batches_of(size)).values(), "2023-01-01")
    after = summarise_day(read_between(documents, cut, end, FIRST_DAY, batches_of(size)).values(), "2023-01-01")
    merged = {
        key: merge(before[key], after[key]) if key in before and key in after else before.get(key, after.get(key))
        for key in {*before, *after}
    }
    assert merged.keys() == whole.keys() == reference(documents, "all", today="2024-12-31").keys()
    for key, summary in whole.items():
        for family in FAMILIES:
            assert merged[key][family] == summary[family], family


@settings(max_examples=40)
@given(documents=telemetry(), shards=st.integers(2, 5), size=st.integers(1, 8))
def test_shards_and_chosen_players_give_the_same_summaries(documents: Documents, shards: int, size: int) -> None:
    everyone = engine_days(documents, FIRST_DAY, TODAY)
    assert {key for summaries in everyone.values() for key in summaries} == reference(documents, "all").keys()
    for day, summaries in everyone.items():
        start, end = day_start_ms(day), day_start_ms(next_day(day))

        def within(scope: Scope, day: str = day, start: int = start, end: int = end) -> dict[str, Any]:
            readings = read_between(documents, start, end, FIRST_DAY, batches_of(size), scope.has)
            return summarise_day(readings.values(), day)

        pieces: dict[str, Any] = {}
        for shard in range(shards):
            pieces |= within(Scope(shard=shard, shards=shards))
        assert pieces == summaries
        for key, summary in summaries.items():
            assert within(Scope(players=frozenset({key}))) == {key: summary}


@given(counts=st.lists(st.dictionaries(st.sampled_from(["Zulrah", "Goblin", "a.b"]), st.integers(1, 4)), max_size=9))
def test_ranks_equal_the_reference(counts: list[dict[str, int]]) -> None:
    reports = [ranked_report(f"player {number}", kills) for number, kills in enumerate(counts)]
    standings = Standings()
    for report in reports:
        standings.add(report)
    expected = naive_ranks({report["player_key"]: report for report in reports})
    for report, ranks in zip(reports, standings.ranks(), strict=True):
        assert ranks == expected[report["player_key"]]


@given(
    counts=st.lists(st.dictionaries(st.sampled_from(["Zulrah", "Goblin"]), st.integers(1, 4)), max_size=7),
    strangers=st.lists(st.sampled_from(["Nobody", "no_body", "Player 1", "player-2", 7, ""]), max_size=4),
)
def test_group_reports_equal_the_reference(counts: list[dict[str, int]], strangers: list[Any]) -> None:
    reports = [ranked_report(f"player {number}", kills) for number, kills in enumerate(counts)]
    listed = [*(report["player"] for report in reports), *strangers]
    expected = naive_group_report({report["player_key"]: report for report in reports}, "clan", listed, "2024")
    found = group_report("clan", "2024", members_of({"_id": "clan", "members": listed}), reports)
    for field in ("group", "period", "members", "totals", "leaders"):
        assert found[field] == expected[field], field
