"""Alerts to a real webhook over loopback: once for each fault, until delivered, and never a secret."""

import json
import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from alert_world import HOOK_TOKEN, Webhook, World
from wrapped_shared import collections as names
from wrapped_shared.alerts import Fault, book, webhook
from wrapped_shared.alerts.webhook import SETTING, send
from wrapped_shared.mongo import MongoResource


def test_a_failed_run_is_one_line_with_owner_partition_step_and_link_and_no_secret(
    world: World, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRAPPED_UI_URL", "https://dagster.example/")
    run = world.execute("2024-05-01")
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


@pytest.mark.slow
def test_without_mongodb_the_fault_is_told_and_what_is_known_of_it_stays(
    world: World, hook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wrapped_shared.alerts._MONGO_SECONDS", 3)
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
def test_a_process_killed_between_sending_and_recording_loses_nothing(hook: Webhook) -> None:
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
