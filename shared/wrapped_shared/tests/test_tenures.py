"""Chains of names: who held which name on which day, against a day-by-day retelling."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wrapped_shared.tenures import Link, LinkError, Tenure, Tenures

DAYS = [f"2024-01-{day:02d}" for day in range(1, 13)]


def links(*texts: str) -> list[Link]:
    """Links written as "old>now@day of January"."""
    found = []
    for text in texts:
        names, day = text.split("@")
        old, now = names.split(">")
        found.append(Link(f"2024-01-{int(day):02d}", old, now))
    return found


def owners(tenures: Tenures, name: str) -> str:
    """Whose each of the twelve days of a name is, "-" for nobody's."""
    return "".join(tenures.owner(name, day) or "-" for day in DAYS)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        pytest.param([], {"a": "aaaaaaaaaaaa"}, id="no links"),
        pytest.param(["a>b@4"], {"a": "bbbbaaaaaaaa", "b": "---bbbbbbbbb"}, id="one change"),
        pytest.param(
            ["a>b@4", "b>a@8"], {"a": "aaaa---aaaaa", "b": "---aaaaabbbb"}, id="back to the first name after a while"
        ),
        pytest.param(
            ["a>b@4", "b>c@6"],
            {"a": "ccccaaaaaaaa", "b": "---cccbbbbbb", "c": "-----ccccccc"},
            id="two changes",
        ),
        pytest.param(
            ["a>b@4", "b>c@4"],
            {"a": "ccccaaaaaaaa", "b": "---cbbbbbbbb", "c": "---ccccccccc"},
            id="two changes in one day",
        ),
        pytest.param(
            ["a>b@4", "a>c@8"],
            {"a": "bbbbccccaaaa", "b": "---bbbbbbbbb", "c": "-------ccccc"},
            id="a stranger takes the old name and leaves it",
        ),
        pytest.param(
            ["a>b@4", "x>a@6"],
            {"a": "bbbb-aaaaaaa", "x": "aaaaaaxxxxxx", "b": "---bbbbbbbbb"},
            id="a linked stranger takes the old name",
        ),
        pytest.param(
            ["b>c@3", "a>b@6"],
            {"b": "ccc--bbbbbbb", "a": "bbbbbbaaaaaa", "c": "--cccccccccc"},
            id="a name that its first holder left",
        ),
    ],
)
def test_every_day_of_a_name_has_one_owner(made: list[str], expected: dict[str, str]) -> None:
    tenures = Tenures(links(*made))
    assert {name: owners(tenures, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("made", "message"),
    [
        pytest.param(["a>a@4"], "circle", id="a name and itself"),
        pytest.param(["a>a@4", "a>b@4"], "circle", id="a name and itself beside another link"),
        pytest.param(["a>b@4", "b>a@4"], "circle", id="there and back in one day"),
        pytest.param(["a>b@4", "c>b@6"], "b would have two holders on 2024-01-06: a and c", id="a name that is held"),
        pytest.param(["a>b@4", "c>b@6", "b>d@8"], "two holders on 2024-01-06", id="a name that is left later"),
        pytest.param(["a>b@4", "c>b@6", "b>d@6"], "two holders on 2024-01-06", id="a name that is left that day"),
    ],
)
def test_links_that_contradict_each_other_are_refused(made: list[str], message: str) -> None:
    with pytest.raises(LinkError, match=message):
        Tenures(links(*made))


def test_a_left_name_leads_to_who_left_it_until_somebody_plays_under_it_again() -> None:
    tenures = Tenures(links("a>b@4", "b>c@6"))
    assert [tenures.resolve(name) for name in "abcd"] == ["c", "c", "c", "d"]
    assert tenures.left == {"a": "2024-01-04", "b": "2024-01-06"}
    assert tenures.resolve("a", held_again={"a"}) == "a"
    assert tenures.tenures("a") == (Tenure("a", "2024-01-05"),)


def test_tenures_come_oldest_first_and_share_the_day_of_the_change() -> None:
    assert Tenures(links("a>b@4", "b>a@8")).tenures("a") == (
        Tenure("a", None, "2024-01-04"),
        Tenure("b", "2024-01-04", "2024-01-08"),
        Tenure("a", "2024-01-08", None),
    )


@st.composite
def some_links(draw: st.DrawFn) -> list[Link]:
    names = st.sampled_from("abcd")
    return draw(
        st.lists(st.builds(Link, st.sampled_from(DAYS), names, names), max_size=6, unique_by=lambda one: one.id)
    )


@given(some_links())
def test_whatever_the_links_each_day_is_read_by_the_one_player_that_owns_it(made: list[Link]) -> None:
    try:
        tenures = Tenures(made)
    except LinkError:
        return
    for name in "abcd":
        for day in DAYS:
            readers = [
                key for key in "abcd" if any(one.name == name and one.covers(day) for one in tenures.tenures(key))
            ]
            owner = tenures.owner(name, day)
            assert readers == ([] if owner is None else [owner])


@given(some_links())
def test_a_player_holds_no_name_twice_at_once_and_their_days_go_on_without_a_gap(made: list[Link]) -> None:
    try:
        tenures = Tenures(made)
    except LinkError:
        return
    for key in "abcd":
        chain = tenures.tenures(key)
        assert chain[-1].name == key
        assert chain[-1].last is None
        for before, after in pairwise(chain):
            assert before.last == after.first
            assert before.name != after.name
