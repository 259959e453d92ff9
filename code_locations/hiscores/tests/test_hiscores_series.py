"""Which account it is: the series of a player's snapshots and their gains, in a table worked out by hand."""

from datetime import timedelta

import pytest
from hiscores.domain.series import changed_hands
from hiscores.domain.snapshots import Snapshot
from snapshot_series import NEW_YEAR, M, attack, gains, rows, snapshot

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
        "a fall next to rows that were unknown in between",
        [rows(1, Attack=50 * M), rows(2, Magic=5), rows(3, Attack=10 * M), rows(4, Attack=11 * M)],
        {"Attack": M},
        ["name_changed"],
    ),
    (
        "a rollback of the previous account says nothing about the next one",
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


def test_bosses_that_fall_by_more_than_500_kills_in_total_are_another_accounts() -> None:
    before, after = {"Zulrah": 300, "Vorkath": 900}, {"Zulrah": 100, "Vorkath": 600}
    kept = gains(snapshot(1, others=before), snapshot(2, others=after), snapshot(3, others={"Vorkath": 910}))
    assert (kept["all"].bosses, kept["all"].flags) == ({"Vorkath": 10}, [])
    lost = {**after, "Zulrah": 99}
    changed = gains(snapshot(1, others=before), snapshot(2, others=lost), snapshot(3, others={"Vorkath": 910}))
    assert (changed["all"].bosses, changed["all"].flags) == ({"Vorkath": 310}, ["name_changed"])
    clues = {"Clue Scrolls (all)": 900}
    assert gains(snapshot(1, others=clues), snapshot(2, others={"Clue Scrolls (all)": 1}))["all"].flags == []


def test_an_observation_is_compared_only_with_the_last_snapshot() -> None:
    before = snapshot(0, {"Overall": 30 * M, "Attack": 10 * M}, {"Zulrah": 600, "LMS - Rank": 2_000})

    def changed(hours: float, attack: int, **others: int) -> bool:
        at = NEW_YEAR + timedelta(hours=hours)
        return changed_hands(before, {"Overall": 1, "Attack": attack, "Magic": 90 * M}, others, at)

    assert [changed(1, 17 * M), changed(1, 17 * M + 1), changed(2, 17 * M + 1)] == [False, True, False]
    assert [changed(1, 5 * M), changed(1, 5 * M - 1)] == [False, True]
    assert [changed(1, 10 * M, Zulrah=100), changed(1, 10 * M, Zulrah=99)] == [False, True]
    assert not changed(1, 10 * M, **{"LMS - Rank": 1})
    assert changed(-5, 15 * M + 1)  # a clock that went back never allows a negative rise
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
