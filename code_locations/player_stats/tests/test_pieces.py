"""Portions are cut into pieces of equal weight that cover everything and keep days whole if possible."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planning_world import Commands, listening
from player_stats.domain.cells import HOUR_MS
from player_stats.store.ledger import DayWork
from player_stats.work import weights
from player_stats.work.pieces import Piece, cut_into_pieces
from player_stats.work.weights import known_hours, weigh
from stats_world import store, tick
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.periods import day_start_ms, days_between

DAYS = sorted(days_between("2024-08-01", "2024-08-31"), reverse=True)
HOURS = [f"{hour:02d}" for hour in range(24)]
TODAY = "2024-09-01"


def keys(days: list[str], hours: dict[str, dict[str, int]], pieces: int) -> list[str]:
    return [piece.key for piece in cut_into_pieces(days, hours, pieces)]


def test_a_large_day_is_cut_at_hours_of_about_equal_events() -> None:
    evenly = {DAYS[0]: dict.fromkeys(HOURS, 10)}
    assert keys(DAYS[:1], evenly, 4) == [
        "2024_08_31T18_to_2024_09_01T00",
        "2024_08_31T12_to_2024_08_31T18",
        "2024_08_31T06_to_2024_08_31T12",
        "2024_08_31T00_to_2024_08_31T06",
    ]


def test_small_days_stay_whole_and_gaps_between_owed_hours_belong_to_a_piece() -> None:
    small = {day: {"05": 1} for day in DAYS[:30]}
    found = cut_into_pieces(DAYS[:30], small, 4)
    assert len(found) == 4
    assert not any(list(piece.parts()) for piece in found)
    assert keys(DAYS[:1], {DAYS[0]: {"05": 7, "14": 7}}, 2) == [
        "2024_08_31T14_to_2024_09_01T00",
        "2024_08_31T00_to_2024_08_31T14",
    ]


def test_unknown_days_are_one_piece() -> None:
    assert keys(DAYS, {}, 4) == ["2024_08_01T00_to_2024_09_01T00"]


@given(st.dictionaries(st.sampled_from(DAYS), st.dictionaries(st.sampled_from(HOURS), st.integers(0, 1_000))),
       st.integers(1, 100))  # fmt: skip
def test_pieces_cover_all_days_without_a_gap_and_none_is_much_larger_than_the_others(
    hours: dict[str, dict[str, int]], pieces: int
) -> None:
    found = cut_into_pieces(DAYS, hours, pieces)
    assert 1 <= len(found) <= pieces
    assert found[0].end_ms == day_start_ms(TODAY)
    assert found[-1].start_ms == day_start_ms(DAYS[-1])
    assert all(one.start_ms == other.end_ms < one.end_ms for one, other in pairwise(found))
    held = [
        sum(number for day, of_day in hours.items() for hour, number in of_day.items()
            if piece.start_ms <= day_start_ms(day) + int(hour) * HOUR_MS < piece.end_ms)
        for piece in found
    ]  # fmt: skip
    total = sum(held)
    assert total == sum(number for of_day in hours.values() for number in of_day.values())
    share, largest = total / pieces, max((n for of_day in hours.values() for n in of_day.values()), default=0)
    assert max(held) <= share + max(largest, share / 4) + 1


@given(st.integers(0, 10_000), st.integers(1, 100))
def test_a_piece_is_named_by_its_key_and_knows_its_days(start: int, length: int) -> None:
    piece = Piece(start * HOUR_MS, (start + length) * HOUR_MS)
    assert Piece.of_key(piece.key) == piece
    hours = sum(len(found) for _, found in piece.parts()) + 24 * len(piece.whole_days())
    assert hours == length


def test_a_key_that_names_no_hours_is_refused() -> None:
    with pytest.raises(ValueError, match="not the key of a piece"):
        Piece.of_key("2024_08_01_to_2024_08_02")


def test_the_weight_of_hours_is_the_greater_of_events_read_and_counted() -> None:
    seen = {"game_ticks": {"03": {"n": 5}, "04": {"n": 9}}, "loot_received": {"03": {"n": 1}}}
    ledger = {"seen": seen, "expected": {"03": 2, "07": 4}, "kept_until": TODAY}
    assert known_hours(DayWork(DAYS[0], frozenset({"03", "07"}), 0, ledger), TODAY) == {"03": 6, "07": 4}
    assert known_hours(DayWork(DAYS[0], None, 0, ledger), TODAY) == {"03": 6, "04": 9, "07": 4}
    not_kept = {**ledger, "kept_until": "2024-08-20"}
    assert known_hours(DayWork(DAYS[0], frozenset({"03"}), 0, not_kept), TODAY) == {"03": 6, "04": 9, "07": 4}


def test_days_never_read_are_counted_up_to_the_budget_and_not_day_by_day(mongo: MongoResource) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    years = sorted(days_between("2022-01-01", "2024-08-31"), reverse=True)
    store(mongo, {"game_ticks": [tick("Ann", day, number) for day in years[20:40] for number in range(10)]})
    commands = Commands()
    with listening(mongo, commands) as own:
        taken, hours = weigh(own.raw, [DayWork(day) for day in years], 50, TODAY)
        assert sum(sum(found.values()) for found in hours.values()) == 50
        assert [work.day for work in taken] == years[:25]
        assert commands.sent.count("aggregate") <= 6 * 4
        commands.sent.clear()
        weigh(own.raw, [DayWork(day) for day in years], 1_000, TODAY)
    assert commands.sent.count("aggregate") <= 6 * weights._MAX_RANGES


def test_one_day_is_taken_however_many_events_it_has(mongo: MongoResource) -> None:
    store(mongo, {"game_ticks": [tick("Ann", DAYS[0], number) for number in range(10)]})
    taken, _ = weigh(mongo.raw, [DayWork(day) for day in DAYS[:2]], 3, datetime.now(UTC).date().isoformat())
    assert DAYS[0] in [work.day for work in taken]
