"""Gains: a table worked out by hand, and the naive reference on whatever Hypothesis thinks of."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hiscores.domain.gains import Gains, gains_by_period
from hiscores.domain.series import changed_hands
from hiscores.domain.snapshots import Snapshot, read_snapshot
from hiscores.store.gains import gains_document
from hiscores_reference import Seen, reference_gains
from hypothesis import given, settings
from hypothesis import strategies as st

BOSSES = {"Zulrah", "Vorkath"}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
M = 1_000_000


def snapshot(hours: float, skills: Any = None, others: Any = None, *, complete: bool = True) -> Snapshot:
    """A snapshot so many hours after New Year 2026."""
    at = NEW_YEAR + timedelta(hours=hours)
    others = others or {}
    return Snapshot("bob", at, f"{at}", skills or {}, others, frozenset(BOSSES & others.keys()), complete)


def gains(*snapshots: Snapshot) -> dict[str, Gains]:
    return gains_by_period(snapshots, lambda name: None)


def attack(*values: tuple[float, int]) -> list[Snapshot]:
    return [snapshot(hours, {"Attack": value}) for hours, value in values]


def rows(hours: float, **values: int) -> Snapshot:
    return snapshot(hours, values)


SAME: list[str] = []
OTHER = ["name_changed"]
SKILLS_10M = {"Attack": 10 * M, "Magic": 10 * M, "Mining": 10 * M, "Prayer": 10 * M}

BY_HAND: list[tuple[str, list[Snapshot], dict[str, int], list[str]]] = [
    ("a dip and its recovery", attack((10, 50_000), (20, 45_000), (30, 50_000), (40, 51_000)), {"Attack": 1_000}, SAME),
    ("two dips", attack((1, 50_000), (2, 49_000), (3, 52_000), (4, 48_000), (5, 53_000)), {"Attack": 3_000}, SAME),
    ("a dip of 9,999", attack((1, 50_000), (2, 40_001), (3, 50_000)), {}, SAME),
    ("a rollback of 10,000", attack((1, 50_000), (2, 40_000), (3, 51_000)), {"Attack": 1_000}, ["rollback"]),
    (
        "a rollback of three skills",
        [
            rows(1, Attack=M, Magic=M, Mining=M),
            rows(2, Attack=M - 4_000, Magic=M - 4_000, Mining=M - 4_000),
            rows(3, Attack=M, Magic=M + 5, Mining=M),
        ],
        {"Magic": 5},
        ["rollback"],
    ),
    ("never made up for", attack((1, 50 * M), (2, 46 * M), (3, 47 * M)), {}, ["rollback"]),
    ("a fall of 5,000,000", attack((1, 50 * M), (2, 45 * M), (3, 51 * M)), {"Attack": M}, ["rollback"]),
    ("a fall of 5,000,001", attack((1, 50 * M), (2, 45 * M - 1), (3, 51 * M)), {"Attack": 6 * M + 1}, OTHER),
    ("a fall of half", attack((1, 300), (2, 150), (3, 160)), {}, SAME),
    ("a fall of more than half", attack((1, 300), (2, 149), (3, 160)), {"Attack": 11}, OTHER),
    (
        "half of all skills, not of the one that falls",
        [rows(1, Attack=300, Magic=900), rows(2, Attack=1, Magic=900), rows(3, Attack=310, Magic=910)],
        {"Attack": 10, "Magic": 10},
        SAME,
    ),
    (
        "Overall decides nothing",
        [rows(1, Overall=900 * M, Attack=300), rows(2, Overall=9, Attack=300), rows(3, Overall=901 * M, Attack=300)],
        {"Overall": M},
        SAME,
    ),
    ("a rise of 7,000,000 in an hour", attack((1, 10), (2, 7 * M + 10)), {"Attack": 7 * M}, SAME),
    ("a rise of 7,000,001 in an hour", attack((1, 10), (2, 7 * M + 11)), {}, OTHER),
    ("149,000,000 in 72 hours", attack((1, 10), (73, 149 * M + 10)), {"Attack": 149 * M}, SAME),
    ("149,000,001 in 72 hours", attack((1, 10), (73, 149 * M + 11)), {}, OTHER),
    ("100,000 for each further hour", attack((1, 10), (83, 150 * M + 10)), {"Attack": 150 * M}, SAME),
    ("one more than that", attack((1, 10), (83, 150 * M + 11)), {}, OTHER),
    (
        "rises of all skills count together",
        [rows(1, Attack=10, Magic=10), rows(2, Attack=4 * M, Magic=4 * M), rows(3, Attack=4 * M + 1, Magic=4 * M)],
        {"Attack": 1},
        OTHER,
    ),
    (
        "three skills fall by 1,000,001 and one rises",
        [
            snapshot(1, SKILLS_10M),
            rows(2, Attack=10 * M - 999_999, Magic=10 * M - 1, Mining=10 * M - 1, Prayer=10 * M + 1),
            rows(3, Attack=10 * M, Magic=10 * M, Mining=10 * M, Prayer=10 * M + 1),
        ],
        {"Attack": 999_999, "Magic": 1, "Mining": 1},
        OTHER,
    ),
    (
        "three skills fall by 1,000,000 and one rises",
        [
            snapshot(1, SKILLS_10M),
            rows(2, Attack=10 * M - 999_998, Magic=10 * M - 1, Mining=10 * M - 1, Prayer=10 * M + 1),
        ],
        {"Prayer": 1},
        ["rollback"],
    ),
    (
        "three skills fall and none rises",
        [snapshot(1, SKILLS_10M), rows(2, Attack=9 * M, Magic=9 * M, Mining=9 * M), snapshot(3, SKILLS_10M)],
        {},
        ["rollback"],
    ),
    (
        "two skills fall and one rises",
        [snapshot(1, SKILLS_10M), rows(2, Attack=9 * M, Magic=9 * M, Mining=11 * M)],
        {"Mining": M},
        ["rollback"],
    ),
    (
        "a fall beside what was unknown in between",
        [rows(1, Attack=50 * M), rows(2, Magic=5), rows(3, Attack=10 * M), rows(4, Attack=11 * M)],
        {"Attack": M},
        ["name_changed"],
    ),
    (
        "a rollback of the account before says nothing of the one after",
        attack((1, 50_000), (2, 40_000), (3, 1_000), (4, 1_500)),
        {"Attack": 500},
        OTHER,
    ),
]


@pytest.mark.parametrize(("snapshots", "skills", "flags"), [case[1:] for case in BY_HAND], ids=[c[0] for c in BY_HAND])
def test_experience_by_hand(snapshots: list[Snapshot], skills: dict[str, int], flags: list[str]) -> None:
    found = gains(*snapshots)
    for period in ("2026", "all"):
        assert found[period].skills == skills
        assert [flag for flag in found[period].flags if flag not in ("new_metric", "rank_cutoff")] == flags


def test_bosses_that_fall_by_more_than_500_kills_together_are_another_accounts() -> None:
    before, after = {"Zulrah": 300, "Vorkath": 900}, {"Zulrah": 100, "Vorkath": 600}
    kept = gains(snapshot(1, others=before), snapshot(2, others=after), snapshot(3, others={"Vorkath": 910}))
    assert (kept["all"].bosses, kept["all"].flags) == ({"Vorkath": 10}, [])
    lost = {**after, "Zulrah": 99}
    changed = gains(snapshot(1, others=before), snapshot(2, others=lost), snapshot(3, others={"Vorkath": 910}))
    assert (changed["all"].bosses, changed["all"].flags) == ({"Vorkath": 310}, ["name_changed"])
    clues = {"Clue Scrolls (all)": 900}
    assert gains(snapshot(1, others=clues), snapshot(2, others={"Clue Scrolls (all)": 1}))["all"].flags == []


def test_a_look_at_a_name_is_held_against_its_last_snapshot_alone() -> None:
    before = snapshot(0, {"Overall": 30 * M, "Attack": 10 * M}, {"Zulrah": 600, "LMS - Rank": 2_000})

    def changed(hours: float, attack: int, **others: int) -> bool:
        at = NEW_YEAR + timedelta(hours=hours)
        return changed_hands(before, {"Overall": 1, "Attack": attack, "Magic": 90 * M}, others, at)

    assert [changed(1, 17 * M), changed(1, 17 * M + 1), changed(2, 17 * M + 1)] == [False, True, False]
    assert [changed(1, 5 * M), changed(1, 5 * M - 1)] == [False, True]
    assert [changed(1, 10 * M, Zulrah=100), changed(1, 10 * M, Zulrah=99)] == [False, True]
    assert not changed(1, 10 * M, **{"LMS - Rank": 1})
    assert changed(-5, 15 * M + 1)  # a clock that went back allows no rise below none
    assert not changed(-5, 15 * M)


def test_after_a_change_of_hands_only_the_last_account_counts() -> None:
    found = gains(
        snapshot(-48, {"Overall": 90 * M, "Attack": 80 * M}, {"Zulrah": 50, "LMS - Rank": 2_000}),
        snapshot(-24, {"Overall": 91 * M, "Attack": 81 * M}, {"Zulrah": 60}),
        snapshot(24, {"Overall": 50, "Attack": 20}, {"Zulrah": 70}),
        snapshot(48, {"Overall": 51, "Attack": 21}, {"Zulrah": 71}),
    )
    assert found["2025"].skills == {"Attack": M, "Overall": M}
    assert found["2025"].flags == []
    for period in ("2026", "all"):
        assert found[period].skills == {"Attack": 1, "Overall": 1}
        assert found[period].bosses == {"Zulrah": 1}
        assert found[period].ratings == {}
        assert found[period].flags == ["name_changed"]
        assert found[period].first == NEW_YEAR + timedelta(hours=24)
        assert [value for _, value in found[period].points] == [50, 51]


@pytest.mark.parametrize(
    ("before", "gained", "first", "flags"),
    [
        ([(-20, 100)], 50, -20, []),
        ([(-24, 100)], 50, -24, []),
        ([(-24.1, 100)], 50, -24.1, ["straddles"]),
        ([(-60 * 24, 100)], 50, -60 * 24, ["straddles"]),
        ([(-60 * 24 - 0.1, 100)], 20, 10, ["gap"]),
        ([(-90 * 24, 140), (-20, 100)], 10, -20, []),  # the highest known, however old, beside a recent one
        ([(-30, 100), (-20, 90)], 50, -20, []),
        ([(-20, 170)], 0, -20, []),  # a rise that is no new height
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
        ([(1, 100), (2, 150), (3, 75), (4, 90)], 50, 50),  # half is no new season
        ([(1, 100), (2, 0), (3, 60), (4, 10), (5, 30)], 90, 90),  # seasons of 60 and 30
        ([(-9, 100), (1, 150), (2, 60)], 110, 110),
        ([(-9, 400), (1, 80), (2, 90)], 90, 90),  # the season begins with the fall over New Year
        ([(-90, 400), (-9, 100), (1, 130)], 30, 130),  # December's share of a season is none of January's
        ([(-90 * 24, 400), (1, 80), (2, 90)], 10, 90),  # no one knows when that season began
    ],
)
def test_seasons_by_hand(values: list[tuple[float, int]], new_year: int, everything: int) -> None:
    for row in ("League Points", "Deadman Points", "Grid Points"):
        found = gains(*(snapshot(hours, others={row: value}) for hours, value in values))
        assert found["2026"].activities.get(row, 0) == new_year
        assert found["all"].activities.get(row, 0) == everything
        assert "name_changed" not in found["2026"].flags


def test_ratings_have_no_gain_and_stand_in_ratings_alone() -> None:
    found = gains(
        snapshot(-9, others={"LMS - Rank": 900}),
        snapshot(1, others={"LMS - Rank": 500, "PvP Arena - Rank": None}),
        snapshot(2, others={"LMS - Rank": 750}),
        snapshot(3, others={"LMS - Rank": 700, "Soul Wars Zeal": 5}),
        snapshot(4, others={"Soul Wars Zeal": 6}),
    )
    assert found["2026"].activities == {"Soul Wars Zeal": 1}
    assert found["2026"].first == NEW_YEAR + timedelta(hours=1)  # a rating makes no baseline
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


def test_a_row_that_turns_up_brings_no_gain_by_turning_up() -> None:
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


def test_older_documents_join_the_series_and_what_they_lack_is_not_unranked() -> None:
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
    Seen, at=hours.map(lambda n: NEW_YEAR.timestamp() + 3_600 * n), skills=skills, others=others, complete=st.booleans()
)


@given(st.lists(seen, max_size=9, unique_by=lambda one: one.at), st.randoms())
@settings(max_examples=300, deadline=None)
def test_gains_agree_with_the_naive_reference_in_any_order(snapshots: list[Seen], random: Any) -> None:
    taken = [
        Snapshot("bob", datetime.fromtimestamp(s.at, UTC), str(s.at), s.skills, s.others, frozenset(), s.complete)
        for s in snapshots
    ]
    random.shuffle(taken)
    found = gains_by_period(taken, lambda name: "boss" if name in BOSSES else "minigame")
    told = {period: gains_document("bob", period, one) for period, one in found.items()}
    parts = ("skills", "bosses", "activities", "ratings", "flags")
    assert {
        period: {
            "from": document["from"].timestamp(),
            "to": document["to"].timestamp(),
            "points": [(point["at"].timestamp(), point["overall_xp"]) for point in document["points"]],
            **{part: document[part] for part in parts},
        }
        for period, document in told.items()
    } == reference_gains(snapshots, BOSSES)
