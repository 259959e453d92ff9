"""The location as Dagster runs it: alone, without a contact, with upstream failures, and its sensor."""

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import dagster as dg
import pytest
from image_map.definitions import defs
from image_map.defs.automation import new_subjects_sensor
from image_map.defs.checks import no_orphan_files, share_of_fallbacks, sprites_open
from image_map.store import watch
from image_map.store.watch import Position
from image_map_world import NOW, World
from wrapped_shared import markdown
from wrapped_shared.mongo import MongoResource
from wrapped_shared.run_config import PLAYERS, ChosenPlayers, players_config

JOB = "image_map_regeneration"
ASSETS = {
    "stat_subjects",
    "wiki_rows",
    "items",
    "stat_images",
    "sprite_sheet",
    "item_prices",
    "item_month_prices",
    "share_cards",
}
MOBS = [("Goblin", 5, [3045]), ("Zulrah", 725, [2042])]


def run(
    world: World,
    ops: dict[str, Any] | None = None,
    tags: dict[str, str] | None = None,
    name: str = JOB,
    players: Sequence[str] = (),
) -> dg.ExecuteInProcessResult:
    job = defs.resolve_job_def(name)
    with dg.DagsterInstance.ephemeral() as instance:
        return job.execute_in_process(
            instance=instance,
            resources={"mongo": world.mongo, PLAYERS: ChosenPlayers()},
            run_config={"ops": ops or {}, **players_config(players)},
            raise_on_error=False,
            tags=tags,
        )


def checks_of(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {
        f"{found.asset_key.path[-1]}:{found.check_name}": found.passed for found in result.get_asset_check_evaluations()
    }


def metadata_of(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (event,) = result.asset_materializations_for_node(f"image_map__{asset}")
    return {name: value.value for name, value in event.metadata.items()}


@pytest.mark.slow
def test_the_job_builds_the_whole_map_from_mongodb(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS, items=[6570], places=["Varrock"])
    result = run(world)
    assert result.success
    assert world.file("npc:Goblin#5") == "File:Goblin (level 5).png"
    assert all(checks_of(result).values())
    assert len(checks_of(result)) == 15
    assert metadata_of(result, "stat_images")["downloads"] == len(world.downloads())
    assert "data:image/png;base64," in metadata_of(result, "sprite_sheet")["sheet"]
    assert world.analytics["sprites.files"].count_documents({"filename": "sprite-sheet.png"}) == 1
    again = run(world)
    assert metadata_of(again, "stat_images")["entries_written"] == 0
    assert metadata_of(again, "sprite_sheet")["changed"] is False


@pytest.mark.slow
def test_without_a_contact_nothing_is_requested_and_one_line_says_so(
    wiki_environment: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = wiki_environment
    monkeypatch.delenv("WRAPPED_CONTACT")
    world.report(mobs=MOBS)
    world.analytics.loot_months.insert_one({"_id": "2024-08"})
    result = run(world)
    assert result.success
    assert world.requested() == []
    assert {entry["status"] for entry in world.analytics.stat_images.find()} == {"fallback"}
    failed = [found for found in result.get_asset_check_evaluations() if found.check_name == "upstream_answers"]
    assert {found.passed for found in failed} == {False}
    assert all("WRAPPED_CONTACT is not set" in str(found.description) for found in failed)


@pytest.mark.slow
def test_an_unreachable_wiki_fails_a_check_and_not_the_run(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS)
    world.faults("503")
    result = run(world)
    assert result.success
    assert checks_of(result)["stat_images:upstream_answers"] is False
    assert checks_of(result)["stat_images:sprites_open"] is True


@pytest.mark.slow
def test_run_config_restricts_a_run_and_invalid_values_are_one_clear_line(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS)
    config = {"config": {"subjects": ["npc:Goblin#5"]}}
    assert run(world, {"image_map__stat_subjects": config, "image_map__stat_images": config}).success
    assert [entry["_id"] for entry in world.analytics.stat_images.find()] == ["npc:Goblin#5"]
    for wrong in ({"kinds": ["pet"]}, {"subjects": ["Goblin"]}, {"since": "yesterday"}):
        result = run(world, {"image_map__stat_subjects": {"config": wrong}})
        assert not result.success
        (failure,) = [event for event in result.all_events if event.is_step_failure]
        assert "run config" in str(failure.step_failure_data.error_display_string)


@pytest.mark.slow
def test_a_run_for_chosen_players_leaves_out_those_without_a_report(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS)
    (player,) = {report["player_key"] for report in world.analytics.wrapped_reports.find()}
    result = run(world, players=[player.upper(), "Nobody Known"])
    assert result.success
    (made,) = result.asset_materializations_for_node("image_map__stat_subjects")
    assert made.metadata["unknown_names"].value == 1
    refused = run(world, players=["Nobody Known"])
    assert not refused.success
    failures = [event.step_failure_data.user_failure_data for event in refused.all_events if event.is_step_failure]
    assert ["unknown" in str(failure and failure.description) for failure in failures] == [True]


@pytest.mark.slow
def test_the_checks_see_what_is_wrong(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=[*MOBS, ("Nobody", 1, []), ("No one", 2, [])], places=[f"Nowhere {n}" for n in range(20)])
    world.build()
    assert share_of_fallbacks(world.mongo).passed is False
    assert sprites_open(world.mongo).passed
    sprite = world.entry("npc:Zulrah#725")["sprite"]["file_id"]
    world.analytics["sprites.chunks"].update_one({"files_id": sprite}, {"$set": {"data": b"<html>"}})
    world.analytics.stat_images.delete_one({"_id": "npc:Goblin#5"})
    assert sprites_open(world.mongo).passed is False
    assert no_orphan_files(world.mongo).passed is False


@pytest.mark.slow
def test_the_location_loads_alone_and_without_any_environment() -> None:
    code = (
        "import sys; from image_map.definitions import defs\n"
        "import dagster as dg\n"
        "dg.Definitions.validate_loadable(defs)\n"
        "print(sorted(k.path[-1] for k in defs.resolve_asset_graph().materializable_asset_keys))\n"
        "others = ('player_stats', 'hiscores', 'wrapped_cli', 'wrapped_devkit', 'polars')\n"
        "print([m for m in sys.modules if m.split('.')[0] in others])\n"
    )
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [str(sorted(ASSETS)), "[]"]


def test_schedules_and_sensors_are_on_and_the_pool_is_the_wikis() -> None:
    schedules = {schedule.name: schedule for schedule in defs.schedules or ()}
    sensors = [sensor for sensor in defs.sensors or () if sensor.name in ("new_subjects", "card_requests")]
    assert schedules.keys() == {JOB, "image_map_prices", "image_map_cards"}
    assert {schedule.default_status for schedule in schedules.values()} == {dg.DefaultScheduleStatus.RUNNING}  # type: ignore[union-attr]
    assert [sensor.default_status for sensor in sensors] == [dg.DefaultSensorStatus.RUNNING] * 2
    pools = {node.name: node.definition.pool for node in defs.resolve_job_def(JOB).nodes_in_topological_order}
    calling = {name.removeprefix("image_map__") for name, pool in pools.items() if pool == "osrs_wiki"}
    assert calling == {"wiki_rows", "stat_images", "item_prices"}


def tick(mongo: MongoResource, cursor: str | None = None) -> tuple[list[Any], str | None]:
    fresh = MongoResource(uri=mongo.uri, raw_database=mongo.raw_database, analytics_database=mongo.analytics_database)
    with (
        dg.DagsterInstance.ephemeral() as instance,
        dg.build_sensor_context(instance=instance, cursor=cursor, resources={"mongo": fresh}) as context,
    ):
        found = list(new_subjects_sensor(context))  # type: ignore[call-overload]
        return found, context.cursor


def requests_of(found: list[Any]) -> list[dg.RunRequest]:
    return [one for one in found if isinstance(one, dg.RunRequest)]


@pytest.mark.slow
def test_the_sensor_requests_only_the_new_subjects(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS)
    world.build()
    found, cursor = tick(world.mongo)
    assert requests_of(found) == []
    world.report(id="all/new", player="new", mobs=[("Cow", 2, [2790]), *MOBS], at=NOW + timedelta(hours=1))
    world.server.log.clear()
    (request,), after = tick(world.mongo, cursor)
    assert world.requested() == []
    assert request.run_config["ops"]["image_map__stat_images"]["config"]["subjects"] == ["npc:Cow#2"]
    assert [again.run_key for again in tick(world.mongo, after)[0]] == [request.run_key]
    assert run(world, request.run_config["ops"]).success
    assert world.file("npc:Cow#2") == "File:Cow.png"
    assert world.entry("npc:Cow#2")["npc_ids"] == [2790]
    assert requests_of(tick(world.mongo, after)[0]) == []


def test_the_sensor_requests_pending_subjects_again(wiki_environment: World) -> None:
    world = wiki_environment
    world.report(mobs=MOBS)
    world.faults("503")
    world.build(kinds=["npc"])
    (request,), _ = tick(world.mongo)
    assert set(request.run_config["ops"]["image_map__stat_images"]["config"]["subjects"]) == {
        "npc:Goblin#5",
        "npc:Zulrah#725",
    }
    assert request.tags["image_map/why"] == "pending"


def test_without_mongodb_the_sensors_tick_fails_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MONGO_URI", raising=False)
    with pytest.raises(dg.Failure, match=r"^MONGO_URI is not set"):
        tick(MongoResource())


def test_every_report_is_read_once_no_matter_how_many_share_a_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "REPORTS_A_TICK", 4)
    for number in range(30):
        at = NOW + timedelta(seconds=number // 10)
        world.report(id=f"all/{number}", player=str(number), mobs=[(f"Mob {number}", 1, [])], at=at)
    seen: set[str] = set()
    position = Position()
    for _ in range(60):
        found = watch.new_subjects(world.analytics, position, NOW + timedelta(days=1))
        seen.update(found.unknown)
        position = Position.read(found.position.text())
        for _id in found.unknown:
            world.analytics.stat_images.insert_one({"_id": _id})
    assert seen == {f"npc:Mob {number}#1" for number in range(30)}
    assert position.at == NOW + timedelta(seconds=2)


def test_late_reports_within_the_overlap_are_seen_and_invalid_cursors_start_over(world: World) -> None:
    world.report(mobs=[], at=NOW)
    position = watch.new_subjects(world.analytics, Position.read("junk"), NOW).position
    world.report(id="all/late", player="late", mobs=[("Late", 1, [])], at=NOW - timedelta(minutes=10))
    assert watch.new_subjects(world.analytics, position, NOW).unknown == ["npc:Late#1"]


def test_a_subject_that_never_gets_an_entry_does_not_block_the_sensor(world: World) -> None:
    world.report(mobs=[("Stuck", 1, [])])
    position = Position()
    for _ in range(watch.PATIENCE):
        found = watch.new_subjects(world.analytics, position, NOW + timedelta(days=1))
        assert found.unknown
        position = found.position
    assert watch.new_subjects(world.analytics, position, NOW + timedelta(days=1)).unknown == []


def test_names_from_telemetry_are_shown_as_text_only() -> None:
    shown = markdown.escaped("npc:[x](javascript:alert(1))<img src=x>|`#3\n# head")
    assert not set(shown) & set("[]<>|`")
    assert "\n" not in shown
