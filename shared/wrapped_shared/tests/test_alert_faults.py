"""What is a fault, of each kind, and what is none: as a real instance and a real MongoDB show it."""

import json
import time

import dagster as dg
import pytest
from alert_world import DEFS, Webhook, World, doomed, snapshots
from dagster._core.definitions.freshness import FreshnessState, FreshnessStateChange
from dagster._core.execution.backfill import BulkActionStatus, PartitionBackfill
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteInstigatorOrigin, RemoteRepositoryOrigin
from dagster._core.scheduler.instigation import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
    TickData,
    TickStatus,
)
from dagster._utils.error import SerializableErrorInfo
from wrapped_shared import collections as names


def test_a_run_that_dagster_will_retry_is_not_a_fault_yet_and_ends_none(world: World, hook: Webhook) -> None:
    world.run(False, **{"dagster/will_retry": "true"})
    world.tick()
    assert hook.got == []
    world.run(False)
    world.tick()
    world.run(False, **{"dagster/will_retry": "true"})
    world.tick()
    world.run(False)
    world.tick()
    assert len(hook.got) == 1


def test_a_backfill_that_fails_everywhere_is_a_few_lines(world: World, hook: Webhook) -> None:
    for day in range(1, 13):
        world.run(False, f"2024-05-{day:02}", **{"dagster/backfill": "abc"})
    world.tick()
    world.tick()
    assert len(hook.got) == 6
    assert "doomed failed for 7 more partitions, last for 2024-05-12" in hook.texts[-1]


def test_runs_of_other_locations_are_for_their_own_sensors(world: World, hook: Webhook) -> None:
    world.run(False, **{".dagster/repository": "__repository__@image_map"})
    world.tick()
    assert hook.got == []


def test_a_failed_check_of_severity_error_is_a_fault_and_a_warning_is_not(world: World, hook: Webhook) -> None:
    for works in (True, False, False, True):
        world.check(works)
        world.tick()
    (alert,) = hook.got
    assert "hiscores: the check complete of hiscores/snapshots failed" in alert["text"]
    assert "hunter2" not in json.dumps(alert)


def test_a_hold_is_told_until_the_upstream_answers(world: World, hook: Webhook) -> None:
    hold = {"_id": "hiscores", "schema_version": 2, "not_before": world.now, "reason": "HTTP 429", "breaker_seconds": 0}
    holds = world.mongo.analytics[names.UPSTREAM_HOLDS]
    holds.insert_many([hold, {**hold, "_id": "wiki"}])
    for _ in range(3):
        world.tick(30)
    assert len(hook.got) == 1
    assert "hiscores is on hold until" in hook.texts[0]
    assert "HTTP 429" in hook.texts[0]
    holds.delete_one({"_id": "hiscores"})
    world.tick()
    holds.insert_one(hold)
    world.tick()
    assert len(hook.got) == 2


def test_a_location_that_falls_silent_is_reported_to_its_own_owner_by_its_neighbour(
    world: World, hook: Webhook
) -> None:
    alerts = world.mongo.analytics[names.ALERTS]
    alerts.insert_one({"_id": "image_map", "schema_version": 1, "looked_at": world.now, "faults": []})
    world.tick(14)
    assert hook.got == []
    world.tick(2)
    (alert,) = hook.got
    assert (alert["owner"], alert["location"]) == ("team:image-map", "image_map")


def test_a_run_that_never_ends_is_a_fault(world: World, hook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WRAPPED_LONG_RUN_HOURS", "2")
    tags = {".dagster/repository": "__repository__@hiscores"}
    world.instance.create_run_for_job(doomed, status=dg.DagsterRunStatus.STARTED, tags=tags)
    world.tick(119)
    assert hook.got == []
    world.tick(2)
    world.tick(600)
    (alert,) = hook.got
    assert "a run of doomed of" in alert["text"]
    assert "has not ended in 2 h: STARTED" in alert["text"]


class Instigator:
    """A sensor or schedule of a location, with ticks that the test makes."""

    def __init__(self, world: World, kind: InstigatorType, location: str = "hiscores") -> None:
        self.world, self.kind, self.name = world, kind, f"some_{kind.value.lower()}"
        repository = RemoteRepositoryOrigin(RegisteredCodeLocationOrigin(location), "__repository__")
        sensor = kind is InstigatorType.SENSOR
        data = SensorInstigatorData() if sensor else ScheduleInstigatorData("* * * * *")
        origin = RemoteInstigatorOrigin(repository, self.name)
        self.state = InstigatorState(origin, kind, InstigatorStatus.RUNNING, data)
        world.instance.add_instigator_state(self.state)

    def ticks(self, *statuses: TickStatus) -> None:
        for status in statuses:
            origin, selector = self.state.instigator_origin_id, self.state.selector_id
            now = time.time()
            error = SerializableErrorInfo("x", [], None) if status is TickStatus.FAILURE else None
            tick = TickData(
                origin, self.name, self.kind, status, now, selector_id=selector, end_timestamp=now, error=error
            )
            self.world.instance.create_tick(tick)


def test_a_sensor_is_a_fault_after_three_failed_ticks_and_a_schedule_after_one(world: World, hook: Webhook) -> None:
    failed, fine = TickStatus.FAILURE, TickStatus.SKIPPED
    sensor = Instigator(world, InstigatorType.SENSOR)
    Instigator(world, InstigatorType.SENSOR, "image_map").ticks(failed, failed, failed)
    sensor.ticks(fine, failed, failed)
    world.tick()
    assert hook.got == []
    sensor.ticks(failed)
    world.tick()
    sensor.ticks(failed, TickStatus.STARTED)
    world.tick()
    assert [message["fault"] for message in hook.got] == ["tick/sensor/some_sensor"]
    assert "/locations/__repository__@hiscores/sensors/some_sensor" in hook.texts[0]
    sensor.ticks(fine)
    Instigator(world, InstigatorType.SCHEDULE).ticks(fine, failed)
    world.tick()
    assert [message["fault"] for message in hook.got][1:] == ["tick/schedule/some_schedule"]


def test_a_switched_off_sensor_is_no_fault(world: World, hook: Webhook) -> None:
    sensor = Instigator(world, InstigatorType.SENSOR)
    sensor.ticks(*[TickStatus.FAILURE] * 3)
    world.instance.update_instigator_state(sensor.state.with_status(InstigatorStatus.STOPPED))
    world.tick()
    assert hook.got == []


def test_an_asset_is_overdue_when_its_freshness_policy_fails(world: World, hook: Webhook) -> None:
    for key, state in (
        (snapshots.key, FreshnessState.WARN),
        (snapshots.key, FreshnessState.FAIL),
        (dg.AssetKey(["image_map", "items"]), FreshnessState.FAIL),
    ):
        change = FreshnessStateChange(
            key=key, new_state=state, previous_state=FreshnessState.PASS, state_change_timestamp=time.time()
        )
        world.instance._report_runless_asset_event(change)
        world.tick()
    (alert,) = hook.got
    assert "hiscores/snapshots is overdue" in alert["text"]


def test_a_failed_backfill_is_a_fault_of_the_location_of_its_assets(world: World, hook: Webhook) -> None:
    for name, key, status in (
        ("ours", snapshots.key, BulkActionStatus.FAILED),
        ("running", snapshots.key, BulkActionStatus.REQUESTED),
        ("theirs", dg.AssetKey(["image_map", "items"]), BulkActionStatus.FAILED),
    ):
        world.instance.add_backfill(PartitionBackfill(name, status, False, {}, time.time(), asset_selection=[key]))
    world.tick()
    assert [message["fault"] for message in hook.got] == ["backfill/ours"]


def test_a_run_of_chosen_assets_is_named_by_them(world: World, hook: Webhook) -> None:
    tags = {
        ".dagster/repository": "__repository__@hiscores",
        "dagster/asset_partition_range_start": "2024-05-01",
        "dagster/asset_partition_range_end": "2024-05-09",
    }
    run = world.instance.create_run_for_job(
        DEFS.get_repository_def().get_job("__ASSET_JOB"),
        tags=tags,
        asset_selection=frozenset([snapshots.key]),
        status=dg.DagsterRunStatus.STARTED,
    )
    world.instance.report_run_failed(run)
    world.tick()
    assert "hiscores: hiscores/snapshots for 2024-05-01 to 2024-05-09 failed" in hook.texts[0]
