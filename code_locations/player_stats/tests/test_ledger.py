"""The day ledger: what is owed and until when, and what is known of a day that is read in parts."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st
from player_stats.domain.days import quality_counts, quality_document
from player_stats.domain.ledger import SeenParts, TallyParts, condensed, quality_of, with_reading
from player_stats.domain.quality import PlayerTally, total
from player_stats.store.ids import id_key
from player_stats.store.ledger import (
    NEVER_READ,
    DayReading,
    DayWork,
    claim,
    mark_never_read,
    mark_owed,
    owed_days,
    record_readings,
)
from player_stats.store.turns import take_turn
from wrapped_shared import collections as names
from wrapped_shared.indexes import ensure_indexes
from wrapped_shared.mongo import MongoResource
from wrapped_shared.owed_days import owed_summary

MON, TUE, WED = "2024-01-01", "2024-01-02", "2024-01-03"
SEEN: SeenParts = {"game_ticks": {"10": {"n": 3, "newest": ObjectId("65" * 12), "above": 0, "mark": None}}}
TALLIES: TallyParts = {
    "game_ticks": {"10": {"read": 3, "duplicates": 0, "documents_left_out": 0, "left_out": {}, "examples": []}}
}


@pytest.fixture
def base(mongo: MongoResource) -> MongoResource:
    """A database with the contract's validators, which every write of the ledger passes."""
    ensure_indexes(mongo.raw, mongo.analytics)
    return mongo


def ledger(base: MongoResource, day: str = MON) -> dict[str, Any]:
    return base.analytics[names.DAY_LEDGER].find_one({"_id": day}) or {}


def owed(base: MongoResource) -> list[str]:
    return [work.day for work in owed_days(base.analytics, "2023-01-01", "2024-12-31", 100)]


def read(base: MongoResource, day: str = MON, *, all_players: bool = True, kept_until: str | None = None) -> int:
    with take_turn(base.analytics) as turn:
        works = claim(turn, [DayWork(day)], all_players=all_players)
        if not all_players:
            return 0
        return record_readings(turn, [DayReading(work, SEEN, TALLIES, kept_until) for work in works])


def test_owed_days_come_newest_first_and_within_the_range(base: MongoResource) -> None:
    mark_owed(base.analytics, {MON: ["10"], TUE: ["11:05", "12"], WED: ["*"]}, "news")
    works = owed_days(base.analytics, MON, WED, 2)
    assert [(work.day, work.cells, work.why) for work in works] == [
        (WED, None, "news"), (TUE, frozenset({"11:05", "12"}), "news")]  # fmt: skip
    assert [work.day for work in owed_days(base.analytics, MON, TUE, 5)] == [TUE, MON]


def test_a_day_counts_as_never_read_only_if_nothing_is_known_of_it(base: MongoResource) -> None:
    assert read(base) == 1
    mark_never_read(base.analytics, [MON, TUE])
    mark_never_read(base.analytics, [MON, TUE])
    assert owed(base) == [TUE]
    assert ledger(base, TUE)["why"] == NEVER_READ


def test_reading_a_day_clears_it_and_keeps_what_was_seen(base: MongoResource) -> None:
    mark_owed(base.analytics, {MON: ["*"]}, "news")
    assert read(base, kept_until=TUE) == 1
    after = ledger(base)
    assert (after["owed"], after["owed_cells"], after["seen"], after["tallies"]) == (False, [], SEEN, TALLIES)
    assert (after["kept_until"], after["revision"]) == (TUE, after["claimed"])
    assert "since" not in after
    assert "why" not in after
    assert read(base) == 1
    assert "kept_until" not in ledger(base)


def test_parts_noted_while_a_day_is_read_stay_owed_even_if_they_were_owed_before(base: MongoResource) -> None:
    mark_owed(base.analytics, {MON: ["10"]}, "news")
    with take_turn(base.analytics) as turn:
        works = claim(turn, owed_days(base.analytics, MON, MON, 1))
        mark_owed(base.analytics, {MON: ["10"]}, "more news")
        assert record_readings(turn, [DayReading(work, SEEN, TALLIES) for work in works]) == 0
    assert owed(base) == [MON]
    assert ledger(base).get("seen", {}) == {}


def test_parts_noted_between_finding_and_claiming_work_are_served(base: MongoResource) -> None:
    mark_owed(base.analytics, {MON: ["*"]}, "news")
    works = owed_days(base.analytics, MON, MON, 1)
    mark_owed(base.analytics, {MON: ["*"]}, "more news")
    with take_turn(base.analytics) as turn:
        readings = [DayReading(work, SEEN, TALLIES) for work in claim(turn, works)]
        assert record_readings(turn, readings) == 1


@pytest.mark.parametrize(("more", "cells"), [("11", {"10", "11"}), ("*", None)])
def test_parts_noted_before_the_claim_are_claimed_too(base: MongoResource, more: str, cells: set[str] | None) -> None:
    mark_owed(base.analytics, {MON: ["10"]}, "news")
    works = owed_days(base.analytics, MON, MON, 1)
    mark_owed(base.analytics, {MON: [more]}, "more news")
    with take_turn(base.analytics) as turn:
        assert [work.cells for work in claim(turn, works)] == [cells]


def test_a_day_that_is_being_read_is_owed_until_it_is_done(base: MongoResource) -> None:
    assert read(base) == 1
    with take_turn(base.analytics) as turn:
        works = claim(turn, [DayWork(MON, frozenset({"10"}))])
        assert owed(base) == [MON]
        assert works[0].ledger is not None
        assert works[0].ledger["seen"] == SEEN
    assert owed(base) == [MON]


def test_a_reader_of_chosen_players_does_not_change_what_is_owed(base: MongoResource) -> None:
    read(base, TUE)
    read(base, TUE, all_players=False)
    assert owed(base) == []
    mark_owed(base.analytics, {MON: ["*"]}, "news")
    with take_turn(base.analytics) as turn:
        works = claim(turn, [DayWork(MON)])
        read(base, MON, all_players=False)
        assert record_readings(turn, [DayReading(work, SEEN, TALLIES) for work in works]) == 0
    assert owed(base) == [MON]


def test_a_day_seen_only_by_a_reader_of_chosen_players_counts_as_never_read(base: MongoResource) -> None:
    read(base, TUE, all_players=False)
    mark_never_read(base.analytics, [TUE])
    assert (owed(base), ledger(base, TUE)["why"]) == ([TUE], NEVER_READ)


def test_a_loss_of_documents_is_shown_until_the_whole_day_is_read(base: MongoResource) -> None:
    read(base)
    base.analytics["day_ledger"].update_one({"_id": MON}, {"$set": {"fallen": {"game_ticks": 3}}})
    for cells, shown in ((frozenset({"05"}), True), (None, False)):
        with take_turn(base.analytics) as turn:
            works = claim(turn, [DayWork(MON, cells)])
            record_readings(turn, [DayReading(work, SEEN, TALLIES) for work in works])
        assert ("fallen" in ledger(base)) == shown


def test_a_summary_shows_due_days_since_when_and_why(base: MongoResource) -> None:
    before = datetime.now(UTC) - timedelta(seconds=1)
    mark_owed(base.analytics, {MON: ["*"], TUE: ["*"]}, "news")
    mark_never_read(base.analytics, ["2023-12-31"])
    mark_owed(base.analytics, {WED: ["*"]}, "news")
    mark_owed(base.analytics, {MON: ["*"]}, "news")
    mark_owed(base.analytics, {"2023-12-30": ["*"]}, "before the seal")
    summary = owed_summary(base.analytics, "2023-12-31", TUE)
    assert (len(summary.days), summary.whys, summary.to_come) == (3, {"news": 2, NEVER_READ: 1}, 1)
    assert summary.since is not None
    assert before <= summary.since <= datetime.now(UTC)


def test_a_summary_shows_the_beginning_of_a_request_s_reason_in_one_plain_line(base: MongoResource) -> None:
    reason = f"\x1b[31mimported\nagain {'and ' * 100}"
    base.analytics[names.DAY_REQUESTS].insert_one({"_id": MON, "reason": reason, "token": 5})
    (why,) = owed_summary(base.analytics, MON, TUE).whys
    assert why.startswith("requested:  [31mimported again and")
    assert why.isprintable()
    assert len(why) < 100


def numbered(**labels: int) -> dict[str, dict[str, Any]]:
    return {label.strip("_").replace("_", ":"): {"n": n} for label, n in labels.items()}


@pytest.mark.parametrize(
    ("cells", "read", "wanted"),
    [
        (None, numbered(_09=5), numbered(_09=5)),
        ({"10"}, numbered(_10=5), numbered(_09=1, _10=5, _11_00=4)),
        ({"10:05"}, numbered(_10_05=5), numbered(_09=1, _10_00=2, _10_05=5, _11_00=4)),
        ({"10:05"}, {}, numbered(_09=1, _10_00=2, _11_00=4)),
        ({"09:00"}, numbered(_09_00=5), numbered(_09_00=5, _10_00=2, _10_05=3, _11_00=4)),
        ({"12"}, numbered(_12=5), numbered(_09=1, _10_00=2, _10_05=3, _11_00=4, _12=5)),
    ],
)
def test_a_part_replaces_the_same_part_and_the_parts_inside_it(
    cells: set[str] | None, read: dict[str, Any], wanted: dict[str, Any]
) -> None:
    known = {"game_ticks": numbered(_09=1, _10_00=2, _10_05=3, _11_00=4)}
    assert with_reading(known, {"game_ticks": read}, cells) == {"game_ticks": wanted}
    assert with_reading({}, {"game_ticks": read}, cells) == ({"game_ticks": read} if read else {})


def test_parts_that_lost_all_documents_are_removed() -> None:
    known = {"game_ticks": numbered(_10=1), "actor_death": numbered(day=2, _11=1)}
    assert with_reading(known, {}, {"10"}) == {"actor_death": numbered(_11=1)}
    assert with_reading(known, {}, None) == {}


IDS = st.one_of(st.integers(0, 50), st.text(max_size=3), st.binary(min_size=12, max_size=12).map(ObjectId))
REASONS = st.sampled_from(["username", "data", "loot.items"])


@given(
    st.lists(
        st.tuples(st.sampled_from(["10", "11", "12:05"]), IDS, st.none() | REASONS),
        unique_by=lambda one: id_key(one[1]),
    )
)
def test_the_quality_of_a_day_is_that_of_all_its_parts(events: list[tuple[str, Any, str | None]]) -> None:
    tallies: dict[str, PlayerTally] = {}
    for label, identity, reason in events:
        tally = tallies.setdefault(label, PlayerTally())
        tally.read += 1
        if reason is not None:
            tally.documents_left_out += 1
            tally.reasons.update(Counter([reason]))
            tally.add_examples([(id_key(identity), reason, identity)])
    parts = {"game_ticks": {label: quality_counts(tally) for label, tally in tallies.items()}}
    whole = [quality_document("game_ticks", MON, total(tallies.values()))] if events else []
    assert quality_of(MON, parts, id_key) == whole


def test_a_day_no_longer_read_by_parts_is_condensed_to_hours_and_one_tally() -> None:
    ids = [ObjectId(f"{number:024x}") for number in range(4)]
    labels = ("10:00", "10:05", "11", "12:55")
    seen = {"game_ticks": {label: {"n": 2, "newest": one, "above": 1, "mark": ids[0]}
                           for label, one in zip(labels, ids, strict=True)}}  # fmt: skip
    tally = PlayerTally(read=2, duplicates=1)
    tallies = {"game_ticks": {label: quality_counts(tally) for label in labels}}
    hours, totals = condensed(seen, tallies, id_key)
    assert hours["game_ticks"] == {
        hour: {"n": n, "newest": newest, "above": n // 2, "mark": ids[0]}
        for hour, n, newest in (("10", 4, ids[1]), ("11", 2, ids[2]), ("12", 2, ids[3]))
    }
    assert list(totals["game_ticks"]) == ["day"]
    assert quality_of(MON, totals, id_key) == quality_of(MON, tallies, id_key)
