"""Names that may be one player's: the rules by hand, against comparing all pairs, and in MongoDB."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hiscores.domain.candidates import MOST_PER_NAME, Columns, Seen, find, linkable
from hiscores.domain.snapshots import Snapshot
from hiscores.domain.states import PlayerState, after_nothing
from hiscores.store.players import save_states
from hiscores_world import START, World, metadata_of, tracked
from hypothesis import given, settings
from hypothesis import strategies as st
from snapshot_series import M
from wrapped_devkit.contract.conformity import departures
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import forgotten_id
from wrapped_shared.tenures import Link, Tenures

OLD = {"Overall": 50 * M, "Attack": 20 * M, "Magic": 30 * M}


def taken(name: str, hours: float, skills: Any, others: Any = None) -> Snapshot:
    at = START + timedelta(hours=hours)
    return Snapshot(name, at, f"{name}{at}", skills, others or {}, frozenset(), complete=True)


def pairs(olds: Sequence[Snapshot], news: Sequence[Snapshot]) -> list[tuple[str, str]]:
    columns = Columns()

    def seen(snapshots: Sequence[Snapshot]) -> list[Seen]:
        return [one for snapshot in snapshots if (one := columns.seen(snapshot)) is not None]

    return [(one["old"], one["now"]) for one in find(seen(olds), seen(news), lambda old, new: True)]


ACCEPTED: list[tuple[str, float, dict[str, int | None], dict[str, int | None]]] = [
    ("the same figures an hour later", 1, OLD, {}),
    ("7,000,000 gained in an hour", 1, {**OLD, "Overall": 57 * M, "Magic": 37 * M}, {}),
    ("205,000,000 in a hundred hours", 100, {**OLD, "Overall": 255 * M, "Magic": 235 * M}, {}),
    ("a row that is unranked now", 1, {"Overall": 50 * M, "Attack": None, "Magic": 30 * M}, {}),
    ("a row that is absent now", 1, {"Overall": 50 * M, "Magic": 30 * M}, {}),
    ("only the total", 1, {"Overall": 50 * M}, {}),
    ("a row that was unknown", 1, {**OLD, "Sailing": 5}, {"Vorkath": 9}),
    ("the same kills", 1, OLD, {"Zulrah": 100}),
    ("a rating that fell and a new season", 1, OLD, {"Zulrah": 100, "LMS - Rank": 5, "League Points": 5}),
]
REFUSED: list[tuple[str, float, dict[str, int | None], dict[str, int | None]]] = [
    ("seen at the same time", 0, OLD, {}),
    ("seen before", -1, OLD, {}),
    ("a skill below", 1, {**OLD, "Attack": 20 * M - 1}, {}),
    ("the total below", 1, {**OLD, "Overall": 50 * M - 1}, {}),
    ("no total", 1, {"Overall": None, "Attack": 20 * M, "Magic": 30 * M}, {}),
    ("a boss below", 1, OLD, {"Zulrah": 99}),
    ("7,000,001 in an hour", 1, {**OLD, "Overall": 57 * M + 1}, {}),
    ("7,000,001 in an hour, by the skills", 1, {**OLD, "Attack": 22 * M + 1, "Magic": 35 * M}, {}),
]


@pytest.mark.parametrize(
    ("accepted", "hours", "skills", "others"),
    [(case in ACCEPTED, *case[1:]) for case in (*ACCEPTED, *REFUSED)],
    ids=[case[0] for case in (*ACCEPTED, *REFUSED)],
)
def test_a_pair_by_hand(accepted: bool, hours: float, skills: Any, others: Any) -> None:
    old = taken("old", 0, OLD, {"Zulrah": 100, "LMS - Rank": 900, "League Points": 9_000})
    assert (pairs([old], [taken("new", hours, skills, others)]) == [("old", "new")]) is accepted


def test_ties_are_all_proposed_the_hardest_to_fake_first() -> None:
    olds = [taken("small", 0, {"Overall": 5, "Attack": 5}), taken("bare", 0, {"Overall": 50 * M}), taken("big", 0, OLD)]
    news = [taken(name, 1, OLD) for name in ("twin b", "twin a")] + [taken("low", 1, {"Overall": 5, "Attack": 5})]
    assert pairs(olds, news) == [
        ("big", "twin a"),
        ("big", "twin b"),
        ("bare", "twin a"),
        ("bare", "twin b"),
        ("small", "low"),
    ]


def test_an_account_that_many_could_be_gets_few_proposals_the_closest_ones() -> None:
    crowd = [taken(f"new {n}", 1, {"Overall": 100 + n, "Attack": 5}) for n in range(50)]
    found = pairs([taken("old", 0, {"Overall": 100, "Attack": 5})], crowd)
    assert found == [("old", f"new {n}") for n in range(MOST_PER_NAME)]


def test_a_name_is_not_its_own_candidate() -> None:
    assert pairs([taken("old", 0, OLD)], [taken("old", 1, OLD)]) == []


values = st.one_of(st.none(), st.integers(0, 3), st.sampled_from([10 * M, 15 * M, 16 * M, 17 * M, 17 * M + 1]))
rows = st.fixed_dictionaries({}, optional=dict.fromkeys(("Overall", "Attack", "Magic"), values))
kills = st.fixed_dictionaries({}, optional={"Zulrah": st.integers(0, 3), "LMS - Rank": st.integers(0, 3)})


@given(
    st.lists(st.tuples(st.integers(-2, 2), rows, kills), max_size=5),
    st.lists(st.tuples(st.integers(-2, 2), rows, kills), max_size=MOST_PER_NAME),
)
@settings(max_examples=300, deadline=None)
def test_sorting_by_total_finds_what_comparing_all_pairs_finds(olds: list[Any], news: list[Any]) -> None:
    before = [taken(f"old {n}", *one) for n, one in enumerate(olds)]
    after = [taken(f"new {n}", *one) for n, one in enumerate(news)]
    wanted = [(old.key, new.key) for old in before for new in after if plainly_a_pair(old, new)]
    assert sorted(pairs(before, after)) == sorted(wanted)


def plainly_a_pair(old: Snapshot, new: Snapshot) -> bool:
    """The rule in the words of the contract, row by row."""
    earlier = {name: value for name, value in {**old.skills, **old.activities}.items() if value is not None}
    later = {name: value for name, value in {**new.skills, **new.activities}.items() if value is not None}
    both = (earlier.keys() & later.keys()) - {"LMS - Rank"}
    if "Overall" not in both or new.at <= old.at or any(later[name] < earlier[name] for name in both):
        return False
    skills = sum(later[name] - earlier[name] for name in both & {"Attack", "Magic"})
    most = 5 * M + 2 * M * (new.at - old.at).total_seconds() / 3_600
    return skills <= most and later["Overall"] - earlier["Overall"] <= most


def test_names_whose_links_contradict_a_proposal_are_left_out() -> None:
    columns = Columns()
    old, new = columns.seen(taken("old", 0, OLD)), columns.seen(taken("new", 24, OLD))
    assert old is not None
    assert new is not None
    assert linkable(old, new, Tenures([]))
    assert linkable(old, new, Tenures([Link("2026-01-01", "first", "old")]))
    assert not linkable(old, new, Tenures([Link("2026-03-02", "old", "new")]))
    assert not linkable(old, new, Tenures([Link("2026-03-01", "old", "third")]))
    assert not linkable(old, new, Tenures([Link("2026-02-01", "third", "new")]))


def scrape_document(name: str, hours: float, skills: dict[str, int]) -> Document:
    at = START + timedelta(hours=hours, minutes=20)
    slot = f"{at.replace(minute=0):%Y-%m-%dT%H:%M:%SZ}"
    return {
        "_id": f"{name}|{slot}", "player_key": name, "player": name, "slot": slot, "scraped_at": at,
        "schema_version": 2, "mode": "hiscore_oldschool", "account_type": "regular", "activities": {}, "bosses": {},
        "skills": {row: {"rank": 1, "level": 1, "experience": value} for row, value in skills.items()},
    }  # fmt: skip


@pytest.fixture
def renamed(world: World) -> World:
    """Two names that the hiscores do not list, last seen with the figures that two new names have later."""
    for scale in (1, 2):
        name, day = f"old {scale}", START + timedelta(days=1)
        documents = [
            scrape_document(name, hours, {row: scale * value - 24 + hours for row, value in OLD.items()})
            for hours in (0, 24)
        ]
        new = [scrape_document(f"new {scale}", hours, {row: scale * v for row, v in OLD.items()}) for hours in (30, 40)]
        world.mongo.raw["hiscores"].insert_many([*documents, *new])
        state = PlayerState(name, name, "ok", snapshot_slot=day, snapshot_at=documents[-1]["scraped_at"])
        vanished = after_nothing(state, slot=day + timedelta(days=1), at=day + timedelta(days=1), outcome="not_found")
        save_states(world.mongo.analytics, [(vanished, tracked(name))])
    world.materialize(selection=["hiscores_gains"])
    return world


def stored(world: World) -> dict[str, Document]:
    result = world.materialize(selection=["name_candidates"])
    assert metadata_of(result, "name_candidates") == {
        "candidates": world.mongo.analytics["name_candidates"].count_documents({})
    }
    return {document["_id"]: document for document in world.mongo.analytics["name_candidates"].find()}


def test_candidates_are_stored_kept_and_removed_when_they_no_longer_hold(renamed: World) -> None:
    found = stored(renamed)
    assert departures(renamed.mongo, aside=["player_groups", "hiscores"]) == []
    assert found["old 1|new 1"] == {
        "_id": "old 1|new 1", "schema_version": 1, "old": "old 1", "now": "new 1",
        "seen_from": "2026-03-02", "overall": 50 * M, "rows": 3, "gained": 0,
        "reason": "all 3 rows known for both are at least as high, 0 experience more after 6 hours",
    }  # fmt: skip
    assert found.keys() == {"old 1|new 1", "old 2|new 2"}
    assert stored(renamed) == found
    renamed.mongo.analytics["hiscores_players"].update_one({"_id": "old 1"}, {"$set": {"status": "ok"}})
    assert stored(renamed).keys() == {"old 2|new 2"}
    assert renamed.mongo.analytics["player_names"].count_documents({}) == 0, "candidates are never applied"


def test_linked_and_forgotten_names_are_no_candidates(renamed: World) -> None:
    names = {"_id": "old 1|2026-03-02", "old": "old 1", "now": "new 1", "from_day": "2026-03-02"}
    renamed.mongo.analytics["player_names"].insert_one(names)
    assert stored(renamed).keys() == {"old 2|new 2"}
    renamed.mongo.analytics["forgotten_players"].insert_one(
        {"_id": forgotten_id("new 2", None), "until": None, "at": START}
    )
    assert stored(renamed) == {}


def test_a_first_snapshot_outside_its_hour_is_found_too(renamed: World) -> None:
    raw = renamed.mongo.raw["hiscores"]
    raw.delete_many({"player_key": "new 1"})
    raw.insert_one({**scrape_document("new 1", 30, OLD), "_id": "new 1|2026-03-01T00:00:00Z"})
    assert "old 1|new 1" in stored(renamed)
