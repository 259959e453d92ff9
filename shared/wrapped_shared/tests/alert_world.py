"""A webhook that answers as instructed, and a location whose alert sensor is evaluated again and again."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any

import dagster as dg
import pytest
from dagster._core.storage.schedules import SqliteScheduleStorage
from wrapped_shared.alerts import Fault, alert_sensor
from wrapped_shared.mongo import MongoResource

SECRET = "mongodb://user:hunter2@db"
HOOK_TOKEN = "hook-token"


class Webhook(ThreadingHTTPServer):
    """A webhook that records what it receives, and answers as instructed: a status, or silence."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.answers: list[int | None] = []
        self.over = Event()
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{HOOK_TOKEN}"

    @property
    def texts(self) -> list[str]:
        return [message["text"] for message in self.got]


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status is None:
            self.server.over.wait(30)
            return
        self.send_response(status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


class Works(dg.Config):
    works: bool = True


@dg.op
def break_down(config: Works) -> None:
    if not config.works:
        raise RuntimeError(f"cannot reach {SECRET}")


@dg.job
def doomed() -> None:
    break_down()


@dg.asset(key=dg.AssetKey(["hiscores", "snapshots"]))
def snapshots() -> None:
    pass


@dg.asset_check(asset=snapshots)
def complete(config: Works) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=config.works, description=f"{SECRET} <script>")


@dg.asset_check(asset=snapshots)
def tidy(config: Works) -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=config.works, severity=dg.AssetCheckSeverity.WARN)


DEFS = dg.Definitions(assets=[snapshots], asset_checks=[complete, tidy], jobs=[doomed])


def _tags(partition: str | None, more: Mapping[str, str]) -> dict[str, str]:
    tags = {".dagster/repository": "__repository__@hiscores", **more}
    return tags | ({"dagster/partition": partition} if partition else {})


class World:
    """One location whose alert sensor is evaluated again and again, with its cursor kept as Dagster keeps it."""

    def __init__(self, mongo: MongoResource, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mongo = mongo
        self.instance = dg.DagsterInstance.ephemeral()
        schedules = SqliteScheduleStorage.from_local(str(home))  # an ephemeral instance has none
        schedules.register_instance(self.instance)
        self.instance._schedule_storage = schedules
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.cursor: str | None = None
        self.faults: list[Fault] = []
        self.sensor = alert_sensor("hiscores", upstreams=("hiscores",), look=lambda _: self.faults)
        for module in ("wrapped_shared.alerts", "wrapped_shared.alerts.book"):
            monkeypatch.setattr(f"{module}.utc_now", lambda: self.now)

    def run(self, works: bool, partition: str | None = None, **tags: str) -> str:
        """Store a run that has ended, without running it; return its id."""
        run = self.instance.create_run_for_job(doomed, status=dg.DagsterRunStatus.STARTED, tags=_tags(partition, tags))
        end = dg.DagsterEventType.RUN_SUCCESS if works else dg.DagsterEventType.RUN_FAILURE
        event = dg.DagsterEvent(event_type_value=end.value, job_name=run.job_name)
        self.instance.report_dagster_event(event, run.run_id)
        if tags:  # Dagster may have added to them
            self.instance.add_run_tags(run.run_id, tags)
        return run.run_id

    def execute(self, partition: str) -> str:
        """Run the job, which fails; return the run's id."""
        config = {"ops": {"break_down": {"config": {"works": False}}}}
        tags = _tags(partition, {})
        return doomed.execute_in_process(config, instance=self.instance, raise_on_error=False, tags=tags).run_id

    def check(self, works: bool) -> None:
        """Evaluate the checks."""
        ops = {f"hiscores__snapshots_{name}": {"config": {"works": works}} for name in ("complete", "tidy")}
        checks = dg.materialize(
            [snapshots, complete, tidy], instance=self.instance, run_config={"ops": ops}, raise_on_error=False
        )
        assert checks.get_asset_check_evaluations()

    def tick(self, minutes: float = 1) -> str:
        """Evaluate the sensor some minutes later; return what Dagster shows."""
        self.now += timedelta(minutes=minutes)
        fresh = MongoResource(**self.mongo.model_dump())  # each tick opens and closes its own client
        with dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, definitions=DEFS, resources={"mongo": fresh}
        ) as context:
            reason = self.sensor(context)
            self.cursor = context.cursor
        assert isinstance(reason, dg.SkipReason)
        assert HOOK_TOKEN not in f"{self.cursor} {reason.skip_message}"
        return str(reason.skip_message)
