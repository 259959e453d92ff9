"""Gains of a period by hand (baselines, seasons, ratings), and the naive reference on Hypothesis' examples."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hiscores.domain.gains import gains_by_period
from hiscores.domain.snapshots import Snapshot, read_snapshot
from hiscores.store.gains import gains_document
from hiscores_reference import Seen, reference_gains
from hypothesis import given, settings
from hypothesis import strategies as st
from snapshot_series import BOSSES, NEW_YEAR, M, attack, gains, snapshot


@pytest.mark.parametrize(
    ("before", "gained", "first", "flags"),
    [
        ([(-20, 100)], 50, -20, []),
        ([(-24, 100)], 50, -24, []),
        ([(-24.1, 100)], 50, -24.1, ["straddles"]),
        ([(-60 * 24, 100)], 50, -60 * 24, ["straddles"]),
        ([(-60 * 24 - 0.1, 100)], 20, 10, ["gap"]),
        ([(-90 * 24, 140), (-20, 100)], 10, -20, []),  # the highest known, however old, if there is a recent one
        ([(-30, 100), (-20, 90)], 50, -20, []),
        ([(-20, 170)], 0, -20, []),  # a rise that is not a new maximum
        ([], 20, 10, []),
    ],
)
def test_the_baseline_of_a_year_by_hand(
    before: list[tuple[float, int]], gained: int, first: float, flags: list[str]
) -> None:
    year = gains(*attack(*before, (10, 130), (20, 150)))["2026"]
    assert year.skills.get("Attack", 0) == gained
    assert year.first == NEW_YEAR + timedelta(hours=first)
    assert year.last == NEW_YEAR + timedelta(hours=20)
    assert year.flags == flags


def test_each_row_has_its_own_baseline_and_points_lie_within() -> None:
    year = gains(
        snapshot(-70 * 24, {"Overall": 900, "Attack": 300, "Mining": 50}),
        snapshot(-12, {"Overall": 1_000, "Mining": None}),
        snapshot(12, {"Overall": 1_100, "Attack": 310, "Mining": 70, "Sailing": 40}, {"Zulrah": 5}),
        snapshot(36, {"Overall": 1_150, "Attack": 315, "Mining": 71, "Sailing": 45}, {"Zulrah": 9}),
    )["2026"]
    assert year.skills == {"Attack": 5, "Mining": 1, "Overall": 150, "Sailing": 5}
    assert year.bosses == {"Zulrah": 4}
    assert year.flags == ["gap", "new_metric"]
    assert year.first == NEW_YEAR - timedelta(hours=12)
    assert [value for _, value in year.points] == [1_100, 1_150]


def test_a_rollback_over_new_year_belongs_to_the_new_year() -> None:
    found = gains(*attack((-30, 50_000), (-2, 90_000), (2, 60_000), (9, 95_000)))
    assert (found["2025"].skills, found["2025"].flags) == ({"Attack": 40_000}, [])
    assert (found["2026"].skills, found["2026"].flags) == ({"Attack": 5_000}, ["rollback"])
    assert found["all"].skills == {"Attack": 45_000}


@pytest.mark.parametrize(
    ("values", "new_year", "everything"),
    [
        ([(1, 100), (2, 150), (3, 74), (4, 90)], 140, 140),  # 50, then a season of 90
        ([(1, 100), (2, 150), (3, 75), (4, 90)], 50, 50),  # half is not a new season
        ([(1, 100), (2, 0), (3, 60), (4, 10), (5, 30)], 90, 90),  # seasons of 60 and 30
        ([(-9, 100), (1, 150), (2, 60)], 110, 110),
        ([(-9, 400), (1, 80), (2, 90)], 90, 90),  # the season begins with the fall over New Year
        ([(-90, 400), (-9, 100), (1, 130)], 30, 130),  # December's part of a season does not count for January
        ([(-90 * 24, 400), (1, 80), (2, 90)], 10, 90),  # no one knows when that season began
    ],
)
def test_seasons_by_hand(values: list[tuple[float, int]], new_year: int, everything: int) -> None:
    for row in ("League Points", "Deadman Points", "Grid Points"):
        found = gains(*(snapshot(hours, others={row: value}) for hours, value in values))
        assert found["2026"].activities.get(row, 0) == new_year
        assert found["all"].activities.get(row, 0) == everything
        assert "name_changed" not in found["2026"].flags


def test_ratings_have_no_gain_and_appear_only_in_ratings() -> None:
    found = gains(
        snapshot(-9, others={"LMS - Rank": 900}),
        snapshot(1, others={"LMS - Rank": 500, "PvP Arena - Rank": None}),
        snapshot(2, others={"LMS - Rank": 750}),
        snapshot(3, others={"LMS - Rank": 700, "Soul Wars Zeal": 5}),
        snapshot(4, others={"Soul Wars Zeal": 6}),
    )
    assert found["2026"].activities == {"Soul Wars Zeal": 1}
    assert found["2026"].first == NEW_YEAR + timedelta(hours=1)  # a rating gives no baseline
    document = gains_document("bob", "2026", found["2026"])
    assert document["ratings"] == {"LMS - Rank": {"first": 500, "last": 700, "best": 750}}
    assert gains_document("bob", "all", found["all"])["ratings"]["LMS - Rank"] == {
        "first": 900,
        "last": 700,
        "best": 900,
    }


def test_unranked_is_unknown_and_neither_a_loss_nor_a_gain() -> None:
    found = gains(
        snapshot(1, {"Overall": 40 * M, "Mining": 900}),
        snapshot(2, {"Mining": None}),
        snapshot(3, {"Overall": 40 * M + 100, "Mining": 950}),
    )["all"]
    assert found.skills == {"Overall": 100, "Mining": 50}
    assert found.flags == ["rank_cutoff"]


def test_a_row_that_first_appears_gives_no_gain_by_appearing() -> None:
    found = gains(
        snapshot(-1, {"Overall": 10}),
        snapshot(4, {"Overall": 10, "Sailing": 5_000}, {"Collections Logged": 1_200}),
        snapshot(5, {"Overall": 10, "Sailing": 5_001}, {"Collections Logged": 1_201}),
    )
    for period in ("2026", "all"):
        assert found[period].skills == {"Sailing": 1}
        assert found[period].activities == {"Collections Logged": 1}
        assert found[period].flags == ["new_metric"]


def test_points_are_thinned_to_the_last_of_each_day() -> None:
    found = gains(*(snapshot(6 * n, {"Overall": n}) for n in range(9)))["all"]
    assert [value for _, value in found.points] == [3, 7, 8]


def test_older_documents_join_the_series_and_their_missing_rows_are_not_unranked() -> None:
    old = {
        "_id": 1,
        "username": "Bob",
        "timestamp": NEW_YEAR.timestamp() - 2 * 86_400 + 0.25,
        "skills": {
            "total": {"rank": "5", "level": "900", "experience": "1,000"},
            "defense": {"rank": 3, "level": 50, "experience": 300},
            "runecrafting": {"rank": -1, "level": 1, "experience": -1},
            "magic": {"rank": 3, "level": 50, "experience": "99999999999999999999"},
        },
        "bosses": {"Clue Scrolls (all)": {"rank": 1, "kills": 10}, "zulrah": {"rank": 1, "kills": 7}},
    }
    new = {
        "_id": "bob|2026-01-01T00:00:00Z",
        "player_key": "bob",
        "slot": "2026-01-01T00:00:00Z",
        "scraped_at": NEW_YEAR + timedelta(minutes=20),
        "skills": {
            "Overall": {"rank": 5, "level": 900, "experience": 1_500},
            "Defence": {"rank": 3, "level": 50, "experience": 300},
            "Runecraft": {"rank": 3, "level": 50, "experience": 200},
        },
        "activities": {"Clue Scrolls (all)": {"rank": 1, "score": 14}},
        "bosses": {"Zulrah": {"rank": 1, "kills": 9}},
    }
    later = {**old, "timestamp": NEW_YEAR.timestamp() + 2_400.5, "skills": {}, "bosses": {"Zulrah": {"kills": 10}}}
    read = [read_snapshot(document) for document in (new, old, later)]
    found = gains_by_period([one for one in read if one], lambda name: "clue" if "Clue" in name else None)
    for period in ("2026", "all"):
        assert found[period].skills == {"Overall": 500}
        assert found[period].activities == {"Clue Scrolls (all)": 4}
        assert found[period].bosses == {"Zulrah": 3}
    assert found["2026"].flags == ["new_metric", "straddles"]
    assert found["2026"].first == NEW_YEAR - timedelta(days=2) + timedelta(milliseconds=250)


@pytest.mark.parametrize("seconds", [-62_135_596_800, 253_402_300_799])
def test_a_time_at_the_end_of_the_calendar_has_a_period_too(seconds: int) -> None:
    row = {"skills": {"attack": {"rank": 1, "experience": 5}}}
    first, last = (
        read_snapshot({"_id": 1, "username": "bob", "timestamp": seconds * unit, **row}) for unit in (1, 1_000)
    )
    one = first if seconds < 0 else last
    assert one is not None
    assert gains(one)[f"{one.at.year:04d}"].last == one.at


def test_snapshots_count_by_the_time_they_were_taken_not_by_their_slot() -> None:
    by_hand = snapshot(10.5, {"Overall": 300, "Attack": 100, "Magic": 100})
    of_the_hour = snapshot(10.9, {"Overall": 310, "Attack": 105, "Magic": 105})
    found = gains(of_the_hour, by_hand)["all"]
    assert found.flags == []
    assert found.skills["Overall"] == 10


steps = [0, 1, -1, -9_999, -10_000, -333_334, -500_001, -M, -5 * M, 5 * M, 7 * M]
large = st.sampled_from([10 * M + step for step in steps])
values = st.one_of(st.none(), large, large, st.integers(0, 40), st.integers(2**31, 2**31 + 3))
points = st.one_of(st.none(), st.integers(0, 40), st.sampled_from([0, 1, 250, 400, 500, 501, 900]))
skills = st.dictionaries(st.sampled_from(["Overall", "Attack", "Magic", "Mining", "Prayer"]), values, max_size=5)
others = st.fixed_dictionaries(
    {},
    optional={
        "Zulrah": points,
        "Vorkath": points,
        "Soul Wars Zeal": values,
        "League Points": points,
        "LMS - Rank": points,
        "PvP Arena - Rank": points,
    },
)
hours = st.one_of(
    st.integers(-4, 4), st.integers(-2_000, 2_000), st.sampled_from([-60 * 24 - 1, -60 * 24, -25, -24, 72, 73, 10_000])
)
seen = st.builds(
    Seen,
    at=hours.map(lambda n: NEW_YEAR.timestamp() + 3_600 * n),
    skills=skills,
    others=others,
    complete=st.booleans(),
    tenure=st.just(0),  # links have tests of their own
)


@pytest.mark.slow
@given(st.lists(seen, max_size=9, unique_by=lambda one: one.at), st.randoms())
@settings(max_examples=300, deadline=None)
def test_gains_agree_with_the_naive_reference_in_any_order(snapshots: list[Seen], random: Any) -> None:
    taken = [
        Snapshot("bob", datetime.fromtimestamp(s.at, UTC), str(s.at), s.skills, s.others, frozenset(), s.complete)
        for s in snapshots
    ]
    random.shuffle(taken)
    found = gains_by_period(taken, lambda name: "boss" if name in BOSSES else "minigame")
    stored = {period: gains_document("bob", period, one) for period, one in found.items()}
    parts = ("skills", "bosses", "activities", "ratings", "flags")
    assert {
        period: {
            "from": document["from"].timestamp(),
            "to": document["to"].timestamp(),
            "points": [(point["at"].timestamp(), point["overall_xp"]) for point in document["points"]],
            **{part: document[part] for part in parts},
        }
        for period, document in stored.items()
    } == reference_gains(snapshots, BOSSES)
