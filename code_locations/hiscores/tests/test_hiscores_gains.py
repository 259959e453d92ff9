"""Gains: the rules one by one, and against the naive reference on whatever Hypothesis thinks of."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hiscores.domain.gains import Series, gains_by_period
from hiscores.domain.snapshots import Snapshot, read_snapshot
from hiscores_reference import Seen, reference_gains
from hypothesis import given, settings
from hypothesis import strategies as st

BOSSES = {"Zulrah", "Vorkath"}
T0 = datetime(2025, 12, 30, tzinfo=UTC)


def snapshot(day: float, *, skills: Any = None, others: Any = None, complete: bool = True) -> Snapshot:
    at = T0 + timedelta(days=day)
    others = others or {}
    return Snapshot("bob", at, f"{at}", skills or {}, others, frozenset(BOSSES & others.keys()), complete)


def gains(*snapshots: Snapshot) -> dict[str, Series]:
    return gains_by_period(snapshots, lambda name: None)


def test_a_gain_is_the_sum_of_rises_between_known_values() -> None:
    series = gains(
        snapshot(3, skills={"Overall": 100, "Attack": 60}, others={"Zulrah": 5}),
        snapshot(5, skills={"Overall": 150, "Attack": 60}, others={"Zulrah": 9, "Clue Scrolls (all)": 3}),
        snapshot(4, skills={"Overall": 120, "Attack": 60}, others={}),
    )["all"]
    assert series.skills == {"Overall": 50}
    assert series.bosses == {"Zulrah": 4}
    assert series.activities == {}
    assert (series.first, series.last) == (T0 + timedelta(days=3), T0 + timedelta(days=5))


def test_unranked_is_unknown_and_neither_a_loss_nor_a_gain() -> None:
    series = gains(
        snapshot(3, skills={"Overall": 40_000_000, "Mining": 900}),
        snapshot(4, skills={"Mining": None}),
        snapshot(5, skills={"Overall": 40_000_100, "Mining": 950}),
    )["all"]
    assert series.skills == {"Overall": 100, "Mining": 50}
    assert series.flags == ["rank_cutoff"]


def test_a_row_that_turns_up_brings_no_gain_by_turning_up() -> None:
    series = gains(
        snapshot(3, skills={"Overall": 10}),
        snapshot(4, skills={"Overall": 10, "Sailing": 5_000}, others={"Collections Logged": 1_200}),
        snapshot(5, skills={"Overall": 10, "Sailing": 5_001}, others={"Collections Logged": 1_201}),
    )["all"]
    assert (series.skills, series.activities) == ({"Sailing": 1}, {"Collections Logged": 1})
    assert series.flags == ["new_metric"]


def test_several_skills_lower_mean_another_account_and_the_series_starts_anew() -> None:
    series = gains(
        snapshot(3, skills={"Overall": 300, "Attack": 100, "Magic": 200}, others={"Zulrah": 50}),
        snapshot(4, skills={"Overall": 330, "Attack": 120, "Magic": 210}, others={"Zulrah": 60}),
        snapshot(5, skills={"Overall": 50, "Attack": 20, "Magic": 30}, others={"Zulrah": 70}),
        snapshot(6, skills={"Overall": 51, "Attack": 21, "Magic": 30}, others={"Zulrah": 71}),
    )["all"]
    assert series.skills == {"Overall": 1, "Attack": 1}
    assert series.bosses == {"Zulrah": 1}
    assert series.flags == ["name_changed"]
    assert series.first == T0 + timedelta(days=5)
    assert [value for _, value in series.points] == [50, 51]


def test_one_skill_lower_is_no_other_account_and_never_a_negative_gain() -> None:
    series = gains(
        snapshot(3, skills={"Overall": 300, "Attack": 100}, others={"LMS - Rank": 900}),
        snapshot(4, skills={"Overall": 280, "Attack": 80}, others={"LMS - Rank": 700}),
        snapshot(5, skills={"Overall": 290, "Attack": 90}, others={"LMS - Rank": 750}),
    )["all"]
    assert series.skills == {"Overall": 10, "Attack": 10}
    assert series.activities == {"LMS - Rank": 50}
    assert series.flags == []


def test_a_year_counts_only_what_lies_within_it_and_all_counts_everything() -> None:
    series = gains(
        snapshot(0, skills={"Overall": 10}), snapshot(1, skills={"Overall": 20}), snapshot(4, skills={"Overall": 50})
    )
    assert {period: one.skills.get("Overall", 0) for period, one in series.items()} == {
        "2025": 10,
        "2026": 0,
        "all": 40,
    }


def test_points_are_thinned_to_the_last_of_each_day() -> None:
    series = gains(*(snapshot(3 + n / 4, skills={"Overall": n}) for n in range(9)))["all"]
    assert [value for _, value in series.points] == [3, 7, 8]


def test_older_documents_join_the_series_and_what_they_lack_is_not_unranked() -> None:
    old = {
        "_id": 1,
        "username": "Bob",
        "timestamp": T0.timestamp() + 0.25,
        "skills": {
            "total": {"rank": "5", "level": "900", "experience": "1,000"},
            "defense": {"rank": 3, "level": 50, "experience": 300},
            "runecrafting": {"rank": -1, "level": 1, "experience": -1},
        },
        "bosses": {"Clue Scrolls (all)": {"rank": 1, "kills": 10}, "zulrah": {"rank": 1, "kills": 7}},
    }
    new = {
        "_id": "bob|2026-01-01T00:00:00Z",
        "player_key": "bob",
        "slot": "2026-01-01T00:00:00Z",
        "scraped_at": datetime(2026, 1, 1, 0, 20, tzinfo=UTC),
        "skills": {
            "Overall": {"rank": 5, "level": 900, "experience": 1_500},
            "Defence": {"rank": 3, "level": 50, "experience": 300},
            "Runecraft": {"rank": 3, "level": 50, "experience": 200},
        },
        "activities": {"Clue Scrolls (all)": {"rank": 1, "score": 14}},
        "bosses": {"Zulrah": {"rank": 1, "kills": 9}},
    }
    later = {**old, "timestamp": 1_767_226_900.5, "skills": {}, "bosses": {"Zulrah": {"kills": 10}}}
    read = [read_snapshot(document) for document in (new, old, later)]
    series = gains_by_period([one for one in read if one], lambda name: "clue" if "Clue" in name else None)["all"]
    assert series.skills == {"Overall": 500}
    assert series.activities == {"Clue Scrolls (all)": 4}
    assert series.bosses == {"Zulrah": 3}
    assert series.flags == ["new_metric"]


def test_snapshots_count_by_the_time_they_were_taken_not_by_their_slot() -> None:
    by_hand = snapshot(3 + 10.5 / 24, skills={"Overall": 300, "Attack": 100, "Magic": 100})
    of_the_hour = snapshot(3 + 10.9 / 24, skills={"Overall": 310, "Attack": 105, "Magic": 105})
    series = gains(of_the_hour, by_hand)["all"]
    assert series.flags == []
    assert series.skills["Overall"] == 10


values = st.one_of(st.none(), st.integers(0, 40), st.integers(2**31, 2**31 + 40))
rows = st.dictionaries(st.sampled_from(["Overall", "Attack", "Magic", "Mining"]), values, max_size=4)
others = st.dictionaries(st.sampled_from(["Zulrah", "Vorkath", "LMS - Rank"]), values, max_size=3)
seen = st.builds(
    Seen,
    at=st.integers(int(T0.timestamp()), int(T0.timestamp()) + 6 * 86_400).map(float),
    skills=rows,
    others=others,
    complete=st.booleans(),
)


@given(st.lists(seen, max_size=12, unique_by=lambda one: one.at), st.randoms())
@settings(max_examples=300, deadline=None)
def test_gains_agree_with_the_naive_reference_in_any_order(snapshots: list[Seen], random: Any) -> None:
    taken = [
        Snapshot("bob", datetime.fromtimestamp(s.at, UTC), str(s.at), s.skills, s.others, frozenset(), s.complete)
        for s in snapshots
    ]
    random.shuffle(taken)
    found = gains_by_period(taken, lambda name: "boss" if name in BOSSES else "minigame")
    assert {
        period: {
            "from": series.first.timestamp(),
            "to": series.last.timestamp(),
            "skills": series.skills,
            "bosses": series.bosses,
            "activities": series.activities,
            "points": [(at.timestamp(), value) for at, value in series.points],
            "flags": series.flags,
        }
        for period, series in found.items()
    } == reference_gains(snapshots, BOSSES)
