"""Gains of linked names in MongoDB: linking, undoing, and runs that are killed or late."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hiscores.store import gains as store
from hiscores.store.due import due
from hiscores.work.gains import GainsWork
from hiscores_world import GAINS_OP, World, checks_of, metadata_of
from wrapped_shared.documents import Document
from wrapped_shared.forgotten import forgotten_id

CHANGED = {GAINS_OP: {"changed_only": True}}
START = datetime(2025, 12, 28, 10, tzinfo=UTC)


def link(world: World, old: str, now: str, day: str) -> None:
    world.mongo.analytics["player_names"].insert_one({"_id": f"{old}|{day}", "old": old, "now": now, "from_day": day})


@pytest.fixture
def scraped(world: World) -> World:
    """Ann until January 3, then Bea, who was somebody else before; a stranger takes the name Ann; Cat has no links."""
    for name, days, first in (("ann", range(7), 100), ("ann", range(8, 11), 9_000), ("bea", range(6, 11), 300),
                              ("bea", range(2), 50), ("cat", range(11), 70)):  # fmt: skip
        for day in days:
            at = START + timedelta(days=day)
            slot = f"{at:%Y-%m-%dT%H:%M:%SZ}"
            row = {"rank": 1, "level": 1, "experience": first + 10 * day}
            world.mongo.raw["hiscores"].insert_one(
                {"_id": f"{name}|{slot}", "player_key": name, "player": name, "slot": slot, "scraped_at": at,
                 "mode": "hiscore_oldschool", "account_type": "regular", "skills": {"Overall": row},
                 "activities": {}, "bosses": {}}
            )  # fmt: skip
    world.materialize(selection=["hiscores_gains"])
    return world


def skills(world: World) -> dict[str, int]:
    return {name: document["skills"].get("Overall", 0) for name, document in world.gains().items()}


def test_gains_follow_a_link_and_undoing_it_restores_all_documents(scraped: World) -> None:
    before = scraped.gains()
    link(scraped, "ann", "bea", "2026-01-03")
    result = scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert metadata_of(result, "hiscores_gains")["players"] == 2, "Cat's gains are not computed again"
    assert skills(scraped) == {
        "2025/bea": 30, "2026/bea": 270, "all/bea": 300,  # from 100 on December 28 to 400 on January 7
        "2026/ann": 20, "all/ann": 20,
        "2025/cat": 30, "2026/cat": 70, "all/cat": 100,
    }  # fmt: skip
    assert scraped.gains()["all/bea"]["tenures"] == [
        {"name": "ann", "first": None, "last": "2026-01-03"},
        {"name": "bea", "first": "2026-01-03", "last": None},
    ]
    again = scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert metadata_of(again, "hiscores_gains")["documents_written"] == 0
    linked = scraped.gains()
    everyone = scraped.materialize(selection=["hiscores_gains"])
    assert metadata_of(everyone, "hiscores_gains")["documents_written"] == 0
    assert scraped.gains() == linked

    scraped.mongo.analytics["player_names"].delete_one({})
    scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert scraped.gains() == before


def test_a_name_without_snapshots_of_its_own_takes_over_and_the_old_names_gains_go(scraped: World) -> None:
    before = scraped.gains()
    link(scraped, "cat", "dan", "2026-01-09")
    scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert {name for name in scraped.gains() if "cat" in name or "dan" in name} == {"2025/dan", "2026/dan", "all/dan"}
    scraped.mongo.analytics["player_names"].delete_one({})
    scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert scraped.gains() == before


def test_gains_of_a_year_whose_snapshots_are_gone_outlive_a_link_and_its_undoing(scraped: World) -> None:
    before = scraped.gains()
    scraped.mongo.raw["hiscores"].delete_many({"slot": {"$lt": "2026"}})
    link(scraped, "ann", "bea", "2026-01-03")
    scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert skills(scraped)["2025/ann"] == 30
    result = scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert metadata_of(result, "hiscores_gains")["players"] == 0, "what cannot be computed again is not owed"
    scraped.mongo.analytics["player_names"].delete_one({})
    scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert scraped.gains()["2025/ann"] == before["2025/ann"]
    assert scraped.gains()["2025/bea"] == before["2025/bea"]


@pytest.mark.slow
@pytest.mark.parametrize("undo", [False, True])
def test_a_run_killed_before_any_of_its_writes_leaves_the_rest_owed(
    scraped: World, monkeypatch: pytest.MonkeyPatch, undo: bool
) -> None:
    links = scraped.mongo.analytics["player_names"]
    if undo:
        link(scraped, "ann", "bea", "2026-01-03")
        compute(scraped)
    before = scraped.gains()
    if undo:
        links.delete_one({})
    else:
        link(scraped, "ann", "bea", "2026-01-03")
    compute(scraped)
    expected = scraped.gains()
    killed = 0
    for survived in range(8):
        scraped.mongo.analytics["hiscores_gains"].drop()
        scraped.mongo.analytics["hiscores_gains"].insert_many(before.values())
        with monkeypatch.context() as patch:
            patch.setattr(store, "write_all", dies_after(survived, store.write_all))
            try:
                compute(scraped)
            except RuntimeError:
                killed += 1
        compute(scraped)
        assert scraped.gains() == expected
    assert killed > 3


def compute(world: World) -> None:
    """What the hourly run computes."""
    work = GainsWork(world.mongo, lambda name: None)
    work.some([*work.behind_links, *store.players_behind(world.mongo.analytics, work.tenures, work.forgotten)])


def dies_after(survived: int, write: Callable[..., int]) -> Callable[..., int]:
    """A bulk write that fails once this many documents were written, one at a time."""
    left = survived

    def dying(collection: Any, writes: list[Any]) -> int:
        nonlocal left
        for one in writes:
            if left == 0:
                raise RuntimeError("killed")
            left -= 1
            write(collection, [one])
        return len(writes)

    return dying


def test_what_a_late_run_wrote_by_the_links_of_before_is_owed(scraped: World) -> None:
    late = GainsWork(scraped.mongo, lambda name: None)
    link(scraped, "ann", "bea", "2026-01-03")
    scraped.materialize(CHANGED, selection=["hiscores_gains"])
    expected = scraped.gains()
    late.some(["ann", "bea"])
    assert scraped.gains() != expected
    assert due_for_links(scraped)
    scraped.materialize(CHANGED, selection=["hiscores_gains"])
    assert scraped.gains() == expected
    assert not due_for_links(scraped)


def due_for_links(world: World) -> bool:
    world.materialize(selection=["tracked_players"])
    return due(world.mongo) == "links of names are newer than the gains"


@pytest.mark.slow
@pytest.mark.parametrize(
    "invalid",
    [
        {"_id": 1},
        {"_id": 2, "old": "cat", "now": 7, "from_day": "2026-01-03"},
        {"_id": 3, "old": "cat", "now": "dan", "from_day": "2026-02-30"},
        {"_id": 4, "old": "cat", "now": "bea", "from_day": "2026-01-05"},
    ],
)
def test_while_links_are_invalid_gains_follow_those_that_reports_were_last_made_by(
    scraped: World, invalid: Document
) -> None:
    link(scraped, "ann", "bea", "2026-01-03")
    assert checks_of(scraped.materialize(CHANGED, selection=["hiscores_gains"]))["valid_links"].passed
    linked = scraped.gains()
    applied = {"old": "ann", "now": "bea", "from_day": "2026-01-03"}
    scraped.mongo.analytics["applied_names"].insert_one({"_id": "links", "links": [applied], "digest": ""})
    scraped.mongo.analytics["player_names"].insert_one(invalid, bypass_document_validation=True)
    assert not checks_of(scraped.materialize(CHANGED, selection=["hiscores_gains"]))["valid_links"].passed
    assert scraped.gains() == linked


def test_a_link_of_a_forgotten_name_does_not_count(scraped: World) -> None:
    link(scraped, "ann", "cat", "2026-01-03")
    scraped.mongo.analytics["forgotten_players"].insert_one(
        {"_id": forgotten_id("cat", None), "until": None, "at": START}
    )
    compute(scraped)
    assert {name for name in scraped.gains() if "tenures" in scraped.gains()[name]} == set()


def test_a_chosen_player_is_found_by_a_former_name(scraped: World) -> None:
    link(scraped, "ann", "bea", "2026-01-03")
    scraped.materialize(selection=["hiscores_gains"])
    expected = scraped.gains()
    scraped.mongo.analytics["hiscores_gains"].delete_many({"player_key": "bea"})
    scraped.materialize(players=["Ann"], selection=["hiscores_gains"])
    assert scraped.gains() == expected


def test_gains_of_a_forgotten_player_go_and_do_not_come_back(scraped: World) -> None:
    scraped.mongo.analytics["forgotten_players"].insert_one(
        {"_id": forgotten_id("cat", None), "until": None, "at": START}
    )
    for config, players in ((CHANGED, []), ({}, []), ({}, ["cat"])):
        scraped.materialize(config, players=players, selection=["hiscores_gains"])
        assert {name.split("/")[1] for name in scraped.gains()} == {"ann", "bea"}
