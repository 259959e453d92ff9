"""One player under several names: their gains by hand, and against the naive reference."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hiscores.domain.chains import behind, of_chain, stored_tenures
from hiscores.domain.gains import Gains, gains_by_period
from hiscores.domain.snapshots import Snapshot
from hiscores.store.gains import gains_document
from hiscores_reference import Seen, reference_chains
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from snapshot_series import BOSSES, NEW_YEAR, M
from test_hiscores_gains import others, skills
from wrapped_shared.forgotten import Forgotten, forgotten_id
from wrapped_shared.tenures import Link, LinkError, Tenures

NOBODY = Forgotten(())
DAYS = [f"{NEW_YEAR + timedelta(days=n):%F}" for n in range(-5, 6)]


def attack(name: str, *values: tuple[float, int]) -> list[Snapshot]:
    """Snapshots of a name, by hours after New Year 2026."""
    return [
        Snapshot(name, NEW_YEAR + timedelta(hours=hours), str(hours), {"Attack": value}, {}, frozenset(), complete=True)
        for hours, value in values
    ]


def gains(key: str, snapshots: list[Snapshot], *links: Link, forgotten: Forgotten = NOBODY) -> dict[str, Gains]:
    return gains_by_period(of_chain(snapshots, Tenures(links).tenures(key), forgotten), lambda name: None)


ANN_TO_BEA = Link("2026-01-03", "ann", "bea")


def test_a_link_continues_the_series_under_the_new_name_whatever_the_values() -> None:
    snapshots = [*attack("ann", (1, 90 * M), (50, 91 * M)), *attack("bea", (60, 300 * M), (90, 301 * M))]
    found = gains("bea", snapshots, ANN_TO_BEA)["2026"]
    assert (found.skills, found.flags) == ({"Attack": 211 * M}, [])
    assert gains("ann", snapshots, ANN_TO_BEA) == {}
    assert gains("bea", snapshots)["2026"].skills == {"Attack": M}


def test_a_fall_at_the_link_is_a_rollback_and_no_other_account() -> None:
    snapshots = [*attack("ann", (1, 90 * M), (50, 91 * M)), *attack("bea", (60, 5 * M), (90, 6 * M))]
    found = gains("bea", snapshots, ANN_TO_BEA)["2026"]
    assert (found.skills, found.flags) == ({"Attack": M}, ["rollback"])
    dip = [*attack("ann", (1, 50_000), (50, 60_000)), *attack("bea", (60, 40_000), (90, 61_000))]
    found = gains("bea", dip, ANN_TO_BEA)["2026"]
    assert (found.skills, found.flags) == ({"Attack": 11_000}, ["rollback"])


def test_the_old_name_begins_a_new_series_the_day_after_whatever_the_values() -> None:
    snapshots = attack("ann", (1, 100), (71.9, 150), (72, 151), (90, 160))
    assert gains("ann", snapshots, ANN_TO_BEA)["2026"].skills == {"Attack": 9}
    assert gains("ann", snapshots, ANN_TO_BEA)["2026"].flags == []
    assert gains("bea", snapshots, ANN_TO_BEA)["2026"].skills == {"Attack": 50}


def test_an_earlier_holder_of_the_new_name_counts_for_nobody() -> None:
    snapshots = [*attack("bea", (1, 9 * M), (47, 10 * M), (49, 105)), *attack("ann", (1, 100))]
    assert gains("bea", snapshots, ANN_TO_BEA)["2026"].skills == {"Attack": 5}


def test_a_year_that_only_the_old_name_saw_belongs_to_the_new_one() -> None:
    snapshots = [*attack("ann", (-30, 100), (-20, 110)), *attack("bea", (60, 120))]
    found = gains("bea", snapshots, ANN_TO_BEA)
    assert {period: one.skills for period, one in found.items()} == {
        "2025": {"Attack": 10},
        "2026": {"Attack": 10},
        "all": {"Attack": 20},
    }


def test_returning_to_an_earlier_name_stays_one_series() -> None:
    back = Link("2026-01-05", "bea", "ann")
    snapshots = [*attack("ann", (1, 100), (97, 90 * M)), *attack("bea", (60, 200))]
    assert gains("ann", snapshots, ANN_TO_BEA, back)["2026"].skills == {"Attack": 90 * M - 100}
    without_bea = attack("ann", (1, 100), (97, 90 * M), (98, 95 * M))
    assert gains("ann", without_bea, ANN_TO_BEA, back)["2026"].flags == []


def test_snapshots_of_a_forgotten_name_count_nowhere() -> None:
    snapshots = attack("ann", (1, 100), (50, 150), (90, 160), (100, 170))
    until = Forgotten([{"_id": forgotten_id("ann", "2026-01-03"), "until": "2026-01-03"}])
    assert gains("ann", snapshots, forgotten=until)["all"].skills == {"Attack": 10}
    assert gains("ann", snapshots, forgotten=Forgotten([{"_id": forgotten_id("ann", None), "until": None}])) == {}


names = st.sampled_from(["ann", "bea", "cat"])
links = st.lists(
    st.builds(Link, st.sampled_from(DAYS), names, names), max_size=4, unique_by=lambda one: (one.old, one.from_day)
)
times = st.integers(-6 * 24, 6 * 24)
seen = st.builds(
    Seen, at=times.map(lambda n: NEW_YEAR.timestamp() + 3_600 * n), skills=skills, others=others, complete=st.booleans()
)


@pytest.mark.slow
@given(st.lists(st.tuples(names, seen), max_size=9, unique_by=lambda one: one[1].at), links)
@settings(max_examples=300, deadline=None)
def test_gains_of_linked_names_agree_with_the_naive_reference(taken: list[tuple[str, Seen]], made: list[Link]) -> None:
    try:
        tenures = Tenures(made)
    except LinkError:
        assume(False)
        raise
    snapshots = [
        Snapshot(name, datetime.fromtimestamp(s.at, UTC), str(s.at), s.skills, s.others, frozenset(), s.complete)
        for name, s in taken
    ]
    by_name: dict[str, list[Seen]] = {}
    for name, one in taken:
        by_name.setdefault(name, []).append(one)
    expected = reference_chains(by_name, [(one.from_day, one.old, one.now) for one in set(made)], BOSSES)
    found = {
        key: gains_by_period(
            of_chain(snapshots, tenures.tenures(key), NOBODY), lambda name: "boss" if name in BOSSES else "minigame"
        )
        for key in expected
    }
    assert {
        key: {period: comparable(period, one) for period, one in parts.items()} for key, parts in found.items()
    } == (expected)


def comparable(period: str, gains: Gains) -> dict[str, Any]:
    """Gains in the form of the reference."""
    document = gains_document("bob", period, gains)
    return {
        "from": document["from"].timestamp(),
        "to": document["to"].timestamp(),
        "points": [(point["at"].timestamp(), point["overall_xp"]) for point in document["points"]],
        **{part: document[part] for part in ("skills", "bosses", "activities", "ratings", "flags")},
    }


def test_only_players_whose_links_changed_are_behind_and_those_without_gains_come_first() -> None:
    linked = Tenures([ANN_TO_BEA, Link("2026-01-03", "cat", "dan")])
    current = [{"player_key": key, "tenures": stored_tenures(linked.tenures(key))} for key in ("bea", "dan", "eve")]
    assert behind(current, linked) == []
    assert behind(current, Tenures([ANN_TO_BEA])) == ["cat", "dan"]
    assert behind([{"player_key": "ann"}, {"player_key": "eve"}], linked) == ["bea", "ann"]
