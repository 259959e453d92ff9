"""500 runs in the queue: today's news start first, and the sensor asks for no second one."""

import time
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import yaml
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.utils import make_new_run_id
from dagster._daemon.run_coordinator.queued_run_coordinator_daemon import QueuedRunCoordinatorDaemon
from deploy_manifests import ROOT
from player_stats.defs.automation import wrapped_news_sensor
from player_stats.defs.news import wrapped_news
from stats_world import unopened
from wrapped_shared.mongo import MongoResource

from faults.scenes import Row, database

QUEUED = 500


def five_hundred_queued(uri: str, home: Path) -> Row:
    """Whether they are runs by hand or of a backfill, the coordinator takes the news among its first eight."""
    taken = []
    for kind in ({}, {"dagster/backfill": "abcdefgh"}):
        folder = home / (next(iter(kind), "by-hand").replace("/", "-"))
        folder.mkdir()
        deployed = yaml.safe_load((ROOT / "deploy" / "dagster.yaml").read_text())
        (folder / "dagster.yaml").write_text(yaml.safe_dump({"concurrency": deployed["concurrency"]}))
        with dg.DagsterInstance.from_config(str(folder)) as instance, database(uri) as mongo:
            for number in range(QUEUED):
                _queue(instance, "daily_wrapped", {**kind, "dagster/partition": f"day {number}"})
            assert isinstance(_look(instance, mongo), dg.RunRequest)  # however many others there are
            news = _queue(instance, wrapped_news.name, wrapped_news.tags)
            skipped = _look(instance, mongo)
            assert isinstance(skipped, dg.SkipReason)
            assert "is queued or in progress" in str(skipped.skip_message)
            chosen = _next_runs(instance)
            assert chosen[0] == news
            taken.append(len(chosen))
    rest = f"with {taken[0] - 1} runs by hand or {taken[1] - 1} of a backfill; the sensor skipped"
    seen = f"`wrapped_news` started first, {rest}"
    return Row(f"{QUEUED} runs in the queue", seen, 0)


def _queue(instance: dg.DagsterInstance, job: str, tags: Mapping[str, str]) -> str:
    location = RegisteredCodeLocationOrigin("player_stats")
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job)
    run = dg.DagsterRun(job, make_new_run_id(), status=dg.DagsterRunStatus.QUEUED, tags=tags, remote_job_origin=origin)
    return instance.add_run(run).run_id


def _next_runs(instance: dg.DagsterInstance) -> list[str]:
    with QueuedRunCoordinatorDaemon(interval_seconds=1) as coordinator:
        found = coordinator._get_runs_to_dequeue(instance, instance.get_concurrency_config(), time.time())
    return [run.run_id for run in found]


def _look(instance: dg.DagsterInstance, mongo: MongoResource) -> object:
    mongo.raw["game_ticks"].insert_one({"timestamp": int(time.time() * 1000)})
    with dg.build_sensor_context(instance=instance, resources={"mongo": unopened(mongo)}) as context:
        return wrapped_news_sensor(context)
