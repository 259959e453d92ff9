"""Tables that lost rows: rejected until confirmed, and no picture is lost either way."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
import pytest
from image_map.definitions import defs
from image_map.domain.trust import Refused, judge
from image_map.store.tables import read_table, table_head
from image_map_world import NOW, World
from wrapped_shared.models.image_map import WikiTable
from wrapped_shared.run_config import PLAYERS, ChosenPlayers

DAY = timedelta(days=1)
TABLES = ["infobox_monster", "infobox_npc", "infobox_item", "mapping"]


def judged(stored: int, *fetches: tuple[int, int], least: int = 1_000) -> list[bool]:
    """Which of the fetches, each (rows, on which day), would be accepted after the earlier ones."""
    refused: Refused | None = None
    taken = []
    for rows, day in fetches:
        refused = judge(rows, stored, least, NOW + day * DAY, refused)
        taken.append(refused is None)
    return taken


@pytest.mark.parametrize(
    ("stored", "rows", "least", "taken"),
    [
        (100, 90, 0, True),
        (100, 89, 0, False),
        (3_333, 2_999, 0, False),
        (3_333, 3_000, 0, True),
        (100, 100_000, 0, True),
        (1, 0, 0, False),
        (0, 999, 1_000, False),
        (0, 1_000, 1_000, True),
        (0, 1, 0, True),
        (0, 0, -5, True),
    ],
)
def test_less_than_90_percent_or_a_first_table_that_is_too_small_is_rejected(
    stored: int, rows: int, least: int, taken: bool
) -> None:
    assert judged(stored, (rows, 0), least=least) == [taken]


def test_three_days_that_agree_are_accepted() -> None:
    assert judged(200, (40, 0), (42, 1), (40, 5)) == [False, False, True]
    assert judged(0, (400, 0), (400, 7), (390, 14)) == [False, False, True]


def test_one_day_counts_once_no_matter_how_often_it_fetches() -> None:
    assert judged(200, (40, 0), (40, 0), (40, 0), (40, 1), (40, 1)) == [False] * 5


def test_days_that_disagree_do_not_add_up() -> None:
    assert judged(200, (40, 0), (90, 1), (40, 2), (90, 3), (20, 4)) == [False] * 5
    assert judged(200, (40, 0), (90, 1), (40, 2), (40, 3), (40, 4)) == [False, False, False, False, True]


def cut(world: World, table: str, share: float = 0.2) -> Sequence[Any]:
    """Remove the last rows of a table; returns all the original rows."""
    rows = world.bestiary.prices if table == "mapping" else world.bestiary.tables[table]
    whole = list(rows)
    rows[:] = whole[: int(len(whole) * share)]
    return whole


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_lost_rows_is_rejected_and_the_old_one_stays_in_use(built: World, table: str) -> None:
    before = read_table(built.analytics, table)
    cut(built, table)
    report = built.tables(NOW + DAY)
    assert {name: found.outcome for name, found in report.items()} == {
        name: "refused" if name == table else "fetched" for name in TABLES
    }
    assert report[table].rows == len(before)
    assert "accept_smaller: true" in report[table].problem
    assert "the old table stays in use" in report[table].problem
    assert read_table(built.analytics, table) == before
    WikiTable.model_validate(built.analytics.wiki_rows.find_one({"_id": table}))


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_a_rejected_table_is_fetched_once_a_day_and_reported_in_every_run(built: World, table: str) -> None:
    cut(built, table)
    built.tables(NOW + DAY)
    built.server.log.clear()
    again = built.tables(NOW + DAY + timedelta(hours=23))[table]
    assert built.requested() == []
    assert (again.outcome, bool(again.problem)) == ("refused", True)


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_a_smaller_table_is_accepted_at_once_on_demand_or_after_three_days(built: World, table: str) -> None:
    whole = cut(built, table)
    outcomes = [built.tables(NOW + number * DAY)[table].outcome for number in (1, 2, 3)]
    assert outcomes == ["refused", "refused", "fetched"]
    (built.bestiary.prices if table == "mapping" else built.bestiary.tables[table])[:] = whole
    assert built.tables(NOW + 4 * DAY)[table].outcome == "fetched"
    cut(built, table)
    assert built.tables(NOW + 5 * DAY)[table].outcome == "refused"
    assert built.tables(NOW + 5 * DAY, accept_smaller=True)[table].outcome == "fetched"
    assert built.tables(NOW + 5 * DAY)[table].problem == ""


def test_a_complete_table_clears_earlier_rejections(built: World) -> None:
    whole = cut(built, "infobox_monster")
    for number in (1, 2):
        built.tables(NOW + number * DAY)
    built.bestiary.tables["infobox_monster"][:] = whole
    built.tables(NOW + 3 * DAY)
    head = table_head(built.analytics, "infobox_monster")
    assert head is not None
    assert head.refused is None
    cut(built, "infobox_monster")
    assert built.tables(NOW + 4 * DAY)["infobox_monster"].outcome == "refused"


def test_a_first_table_that_is_too_small_is_not_used_until_accepted(world: World) -> None:
    report = world.tables(least_rows=1_000)
    assert {table.outcome for table in report.values()} == {"refused"}
    assert all("WIKI_LEAST_ROWS" in table.problem for table in report.values())
    assert read_table(world.analytics, "infobox_monster") == []
    WikiTable.model_validate(world.analytics.wiki_rows.find_one({"_id": "infobox_monster"}))
    world.tables(NOW + timedelta(minutes=1), least_rows=1_000, accept_smaller=True)
    assert read_table(world.analytics, "infobox_monster")


@pytest.mark.slow
@pytest.mark.parametrize("table", TABLES)
def test_no_picture_is_lost_if_a_shorter_table_is_accepted(built: World, table: str) -> None:
    before = list(built.analytics.stat_images.find().sort("_id", 1))
    cut(built, table, 0.1)
    built.server.log.clear()
    report = built.build(NOW + DAY)
    assert (report.files_removed, list(built.downloads())) == (0, [])
    built.tables(NOW + DAY, accept_smaller=True)
    for choice in ({}, {"kinds": ["npc", "item", "boss", "place"]}):
        report = built.build(NOW + 9 * DAY, **choice)
        assert (report.files_removed, list(built.downloads())) == (0, [])
        after = list(built.analytics.stat_images.find().sort("_id", 1))
        parts = ("status", "resolved_by", "source", "sprite", "thumbnail")
        assert [[entry[part] for part in parts] for entry in after] == [
            [entry[part] for part in parts] for entry in before
        ]


def test_a_picture_without_row_and_file_is_removed(built: World) -> None:
    cut(built, "infobox_monster", 0)
    built.tables(NOW + DAY, accept_smaller=True)
    for name in list(built.bestiary.files):
        if name.startswith("Goblin"):
            built.bestiary.remove_file(name)
    built.bestiary.pages.clear()
    built.build(NOW + DAY)
    assert built.entry("npc:Goblin#5")["status"] == "fallback"
    assert built.entry("npc:Zulrah#725")["status"] == "found"


@pytest.mark.slow
def test_a_fault_for_some_days_only_fails_a_check_and_accept_smaller_resolves_it(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=world.bestiary.mobs(), items=[31_901])
    job = defs.resolve_job_def("image_map_regeneration")

    def run(config: dict[str, Any]) -> dict[str, dg.AssetCheckEvaluation]:
        with dg.DagsterInstance.ephemeral() as instance:
            result = job.execute_in_process(
                instance=instance,
                resources={"mongo": world.mongo, PLAYERS: ChosenPlayers()},
                run_config={"ops": {"image_map__wiki_rows": {"config": config}}},
            )
            found = result.get_asset_check_evaluations()
            return {f"{one.asset_key.path[-1]}:{one.check_name}": one for one in found}

    assert run({})["wiki_rows:upstream_answers"].passed
    found = world.analytics.stat_images.count_documents({"status": "found"})
    world.faults("short-table")
    checks = run({"refresh": True})
    failed = checks["wiki_rows:upstream_answers"]
    assert not failed.passed
    assert "accept_smaller: true" in str(failed.description)
    assert checks["stat_images:upstream_answers"].passed
    assert not run({})["wiki_rows:upstream_answers"].passed
    assert run({"accept_smaller": True})["wiki_rows:upstream_answers"].passed
    assert world.analytics.stat_images.count_documents({"status": "found"}) == found
