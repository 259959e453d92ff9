"""Alerts about failed runs: one line to a real webhook over loopback, nothing without one, and never a secret."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import dagster as dg
import pytest
from wrapped_shared.alerts import SETTING, failure_alerts, payload, send

SECRET = "mongodb://user:hunter2@db"


class Webhook(HTTPServer):
    """A webhook that records what it receives."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook-token"


class _Handler(BaseHTTPRequestHandler):
    server: Webhook

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append(json.loads(body))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    server = Webhook()
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


@dg.op
def break_down() -> None:
    raise RuntimeError(f"cannot reach {SECRET}")


@dg.job
def doomed() -> None:
    break_down()


def fail_and_look(location: str = "hiscores") -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        result = doomed.execute_in_process(
            instance=instance, raise_on_error=False, tags={"dagster/partition": "2024-05-01"}
        )
        context = dg.build_run_status_sensor_context(
            sensor_name="alerts",
            dagster_event=result.get_run_failure_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        ).for_run_failure()
        failure_alerts(location)(context)


def test_a_failed_run_is_one_line_that_names_owner_and_step_and_no_secret(
    webhook: Webhook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(SETTING, webhook.url)
    fail_and_look()
    (alert,) = webhook.got
    assert alert["text"].startswith("[team:hiscores] hiscores: doomed for 2024-05-01 failed at break_down (run ")
    assert len(alert["text"].splitlines()) == 1
    assert alert["owner"] == "team:hiscores"
    assert "hunter2" not in json.dumps(alert)
    assert "hook-token" not in json.dumps(alert)


def test_without_a_webhook_nothing_happens(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SETTING, raising=False)
    fail_and_look()
    assert webhook.got == []


def test_an_undelivered_alert_fails_nothing_and_shows_no_url(webhook: Webhook, monkeypatch: pytest.MonkeyPatch) -> None:
    webhook.status = 500
    monkeypatch.setenv(SETTING, webhook.url)
    fail_and_look()
    assert len(webhook.got) == 1
    assert send(webhook.url, {}) == "the webhook responded 500"
    for wrong in (
        "file:///etc/passwd", "nonsense", "http://127.0.0.1:1/token", "http://[/token", "http://me:token@127.0.0.1:1",
        "http://me:token/x@127.0.0.1:1", "http://127.0.0.1:1/to ken token",
    ):  # fmt: skip
        reason = send(wrong, {})
        assert reason
        assert "token" not in reason


def test_many_steps_are_counted_and_line_breaks_removed() -> None:
    alert = payload("player_stats", "team:x", "job\nname", "0123456789", None, [f"step_{n}" for n in range(8)])
    assert alert["text"].endswith("failed at step_0, step_1, step_2, step_3, step_4 and 3 more (run 01234567)")
    assert "\n" not in alert["text"]
