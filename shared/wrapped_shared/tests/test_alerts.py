"""Alerts to a real webhook over loopback: once for each fault, until delivered, and never a secret."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import dagster as dg
import pytest
from wrapped_shared import collections as names
from wrapped_shared.alerts import Fault, alert_sensor, book, webhook
from wrapped_shared.alerts.webhook import SETTING, send
from wrapped_shared.mongo import MongoResource

SECRET = "mongodb://user:hunter2@db"
HOOK_TOKEN = "hook-token"


class Webhook(ThreadingHTTPServer):
    """A webhook that records what it receives, and answers as told: a status, or silence."""

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


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Webhook]:
    server = Webhook()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    monkeypatch.setenv(SETTING, server.url)
    yield server
    server.over.set()
    server.shutdown()
    server.server_close()


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


class World:
    """One location whose alert sensor is evaluated again and again, with its cursor kept as Dagster keeps it."""

    def __init__(self, mongo: MongoResource, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.mongo = mongo
        self.instance = dg.DagsterInstance.local_temp(str(home))
        self.now = datetime.now(UTC).replace(microsecond=0)
        self.cursor: str | None = None
        self.faults: list[Fault] = []
        self.sensor = alert_sensor("hiscores", upstreams=("hiscores",), look=lambda _: self.faults)
        for module in ("wrapped_shared.alerts", "wrapped_shared.alerts.book"):
            monkeypatch.setattr(f"{module}.utc_now", lambda: self.now)

    def run(self, works: bool, partition: str | None = None, **tags: str) -> str:
        """Run the job; return the run's id."""
        tags = {".dagster/repository": "__repository__@hiscores", **tags}
        tags |= {"dagster/partition": partition} if partition else {}
        config = {"ops": {"break_down": {"config": {"works": works}}}}
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


@pytest.fixture
def world(mongo: MongoResource, hook: Webhook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    found = World(mongo, tmp_path, monkeypatch)
    with found.instance:
        yield found


def test_a_failed_run_is_one_line_with_owner_partition_step_and_link_and_no_secret(
    world: World, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_UI_URL", "https://dagster.example/")
    run = world.run(False, "2024-05-01")
    world.tick()
    (alert,) = hook.got
    assert alert["text"] == (
        f"[team:hiscores] hiscores: doomed for 2024-05-01 failed at break_down – see https://dagster.example/runs/{run}"
    )
    assert (alert["owner"], alert["location"], alert["kind"]) == ("team:hiscores", "hiscores", "run")
    assert "hunter2" not in json.dumps(alert)
    assert HOOK_TOKEN not in json.dumps(alert)


def test_a_fault_is_told_once_while_it_goes_on_and_again_when_it_comes_back(world: World, hook: Webhook) -> None:
    for works in (False, False, True, False):
        world.run(works, "2024-05-01")
        world.tick()
        world.tick()
    assert len(hook.got) == 2
    world.run(False, "2024-05-02")
    world.tick()
    assert [text.partition(" failed")[0][-10:] for text in hook.texts] == ["2024-05-01"] * 2 + ["2024-05-02"]


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


def test_a_webhook_that_refuses_fails_and_hangs_gets_it_later_with_growing_waits(
    world: World, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "PATIENCE_SECONDS", 0.3)
    hook.answers = [500, 403, None]
    world.run(False)
    assert "the webhook responded 500" in world.tick()
    assert "1 known faults" in world.tick(0.5)
    assert len(hook.got) == 1  # not before a minute
    assert "the webhook responded 403" in world.tick(1)
    world.tick(1)
    assert len(hook.got) == 2  # not before two minutes
    assert "the webhook cannot be reached (TimeoutError)" in world.tick(1)
    assert "1 known faults" in world.tick(4)
    assert len(hook.got) == 4
    world.tick(60)
    assert len(hook.got) == 4
    assert len(set(hook.texts)) == 1


def test_a_fault_that_ended_undelivered_is_still_told(world: World, hook: Webhook) -> None:
    hook.answers = [500]
    world.run(False)
    world.tick()
    world.run(True)
    assert "1 known faults" in world.tick(0.2)
    assert "0 known faults" in world.tick(2)
    assert len(hook.got) == 2


def test_without_a_webhook_faults_are_recorded_and_nothing_is_sent(
    world: World, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, "")
    world.run(False)
    assert world.tick() == f"1 known faults; {SETTING} is not set"
    stored = world.mongo.analytics[names.ALERTS].find_one({"_id": "hiscores"})
    assert stored is not None
    assert [fault["fault"] for fault in stored["faults"]] == ["run/doomed/"]
    world.run(True)
    assert world.tick().startswith("0 known faults")
    assert hook.got == []


def test_an_undelivered_alert_shows_no_url(hook: Webhook) -> None:
    hook.answers = [500]
    assert send(hook.url, {}) == "the webhook responded 500"
    for wrong in (
        "file:///etc/passwd", "nonsense", "http://127.0.0.1:1/token", "http://[/token", "http://me:token@127.0.0.1:1",
        "http://me:token/x@127.0.0.1:1", "http://127.0.0.1:1/to ken token",
    ):  # fmt: skip
        reason = send(wrong, {})
        assert reason
        assert "token" not in reason


def test_hostile_text_becomes_one_harmless_line(world: World, hook: Webhook) -> None:
    hostile = "<!channel> [x](http://evil)\n\x1b[31m\u202e@everyone `rm`" + "x" * 500
    world.faults = [Fault("data/hostile", hostile, "<https://evil|look>")]
    world.tick()
    (text,) = hook.texts
    assert not set("<>@[]`\n\x1b\u202e|") & set(text.removeprefix("[team:hiscores]"))
    assert "://" not in text
    assert len(text) < 400


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


def test_without_mongodb_the_fault_is_told_and_what_is_known_of_it_stays(world: World, hook: Webhook) -> None:
    world.faults = [Fault("data/owed", "3 days owed")]
    world.tick()
    there = world.mongo
    world.mongo = MongoResource(uri="mongodb://user:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=100")
    world.run(False)
    world.tick()
    world.tick()
    world.mongo = there
    world.tick()
    assert [message["fault"] for message in hook.got] == ["data/owed", "run/doomed/", "mongo/away"]
    assert "hunter2" not in json.dumps(hook.got)


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


def test_the_heartbeat_is_off_by_default_and_comes_as_often_as_set(
    world: World, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.tick(600)
    assert hook.got == []
    monkeypatch.setenv("WRAPPED_HEARTBEAT_MINUTES", "60")
    for _ in range(13):
        world.tick(10)
    assert [message["kind"] for message in hook.got] == ["heartbeat"] * 3
    assert hook.texts[0] == "[team:hiscores] hiscores: alive, 0 known faults"


def test_an_older_cursor_is_no_hindrance(world: World, hook: Webhook) -> None:
    world.cursor = '{"__class__": "RunStatusSensorCursor", "record_id": 7}'
    world.run(False)
    world.tick()
    world.tick()
    assert len(hook.got) == 1


def test_at_most_a_hundred_faults_are_known_at_a_time(world: World) -> None:
    world.faults = [Fault(f"data/{number}", "x") for number in range(150)]
    assert world.tick().startswith("100 known faults")
    assert len(world.cursor or "") < 30_000


def test_a_tick_that_is_killed_after_sending_sends_again(world: World, hook: Webhook) -> None:
    """At least once: the cursor of a killed tick is not stored, so that no fault is lost with it."""
    world.run(False)
    before = world.cursor
    world.tick()
    world.cursor = before
    world.tick()
    world.tick()
    assert len(hook.got) == 2


KILLED = """
import os, signal, sys
import wrapped_shared.alerts as alerts
from datetime import timedelta
from wrapped_shared.alerts.book import Book, utc_now
from wrapped_shared.alerts.faults import Fault
book = Book.read(sys.stdin.read())
book.observe([Fault("data/x", "x")], (), utc_now(), tell=True)
sent = alerts.send
def send_and_die(*arguments):
    sent(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[1] == "die":
    alerts.send = send_and_die
alerts._deliver(book, "hiscores", alerts.AlertSettings.load())
print(book.text())
"""


@pytest.mark.slow
def test_a_process_killed_between_sending_and_recording_loses_nothing(hook: Webhook, tmp_path: Path) -> None:
    def process(how: str, cursor: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", KILLED, how]
        return subprocess.run(
            command, input=cursor, capture_output=True, text=True, timeout=120, env={**os.environ, SETTING: hook.url}
        )

    killed = process("die", "")
    assert killed.returncode == -signal.SIGKILL
    assert len(hook.got) == 1
    again = process("live", killed.stdout)
    assert again.returncode == 0, again.stderr
    assert len(hook.got) == 2
    process("live", again.stdout)
    assert len(hook.got) == 2


def test_waits_double_up_to_half_an_hour() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    notes = book.Book()
    notes.observe([Fault("data/x", "x")], (), now, tell=True)
    waits = []
    for _ in range(40):
        (known,) = notes.due(now)
        notes.note(known, now, delivered=False)
        assert known.not_before is not None
        waits.append((known.not_before - now).total_seconds() / 60)
        now = known.not_before
    assert waits[:7] == [1, 2, 4, 8, 16, 30, 30]
    assert waits[-1] == 30
