"""Metrics, alert rules and dashboard agree: read by Prometheus' own client, tried by promtool and a real Prometheus."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from bson import ObjectId
from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from typer.testing import CliRunner
from wrapped_cli.commands.app import app
from wrapped_devkit.processes import Process
from wrapped_shared import collections as names
from wrapped_shared import metrics
from wrapped_shared.mongo import MongoResource

OBSERVABILITY = Path(__file__).parents[1] / "deploy" / "observability"
NAME = re.compile(r"\bwrapped_\w+")
COUNTS = {"duplicates": 0, "documents_left_out": 0, "left_out": {}, "examples": [], "revision": 0, "schema_version": 2}


@pytest.fixture
def stored(mongo: MongoResource) -> MongoResource:
    """Documents that give every metric a value; event times are relative to now."""
    now = datetime.now(UTC).replace(microsecond=0)
    today = now.strftime("%Y-%m-%d")
    arrived = [ObjectId.from_datetime(now - timedelta(minutes=minutes)) for minutes in (90, 50, 20)]
    mongo.raw["game_ticks"].insert_many([{"_id": one} for one in arrived])
    base = mongo.analytics
    base[names.WATERMARKS].insert_one({"_id": "game_ticks", "newest": arrived[0]})
    owed = [(today, ["03", "04:05", "04:10"], 10), ("2024-05-01", ["*"], 300), ("2999-01-01", ["*"], 9_999)]
    base[names.DAY_LEDGER].insert_many(
        [
            {"_id": day, "day": day, "owed": True, "owed_cells": cells, "since": now - timedelta(minutes=minutes)}
            for day, cells, minutes in owed
        ]
    )
    base[names.DATA_QUALITY].insert_many(
        [{"_id": f"game_ticks|{day}", "collection": "game_ticks", "day": day, "read": 1, **COUNTS} for day in "ab"]
    )
    reading = {"at": now, "events": 5_000, "seconds": 2.5}
    base[names.PLAN_STATE].insert_one({"_id": "plan", "last_reading": reading})
    base[names.UPSTREAM_REQUESTS].insert_one({"_id": "wiki", "schema_version": 1, "requests": 40, "refusals": 3})
    holds = {"wiki": now + timedelta(hours=1), "prices": now - timedelta(hours=1)}
    base[names.UPSTREAM_HOLDS].insert_many([{"_id": name, "not_before": until} for name, until in holds.items()])
    base[names.HISCORES_PLAYERS].insert_many(
        [{"_id": name, "status": status} for name, status in zip("abc", ("ok", "ok", "blocked"), strict=True)]
    )
    base[names.WRAPPED_REPORTS].insert_one({"_id": "2024|a"})
    faults = [{"fault": "run/x/", "since": now, "delivered_at": at, "attempts": 0} for at in (None, now)]
    base[names.ALERTS].insert_one({"_id": "hiscores", "schema_version": 1, "looked_at": now, "faults": faults})
    return mongo


def parsed(text: str) -> dict[str, Metric]:
    """The metrics by name, as Prometheus' own client reads them."""
    return {family.name: family for family in text_string_to_metric_families(text)}


def value(found: dict[str, Metric], name: str, **labels: str) -> float:
    (sample,) = [sample for sample in found[name].samples if sample.labels == labels]
    return float(sample.value)


def test_metrics_say_what_is_stored(stored: MongoResource) -> None:
    found = parsed(metrics.text(stored))
    assert value(found, "wrapped_mongodb_up") == 1
    assert value(found, "wrapped_owed", unit="day") == 2
    assert value(found, "wrapped_owed", unit="hour") == 26
    assert 18_000 <= value(found, "wrapped_owed_oldest_seconds") < 18_100
    assert 3_000 <= value(found, "wrapped_behind_seconds") < 3_100  # unread for 50 minutes, owed for ten
    seen, computed = (value(found, f"wrapped_newest_event_{what}_timestamp_seconds") for what in ("seen", "computed"))
    assert seen - computed == pytest.approx(30 * 60, abs=2)
    assert value(found, "wrapped_events_stored", collection="game_ticks") == 3
    assert value(found, "wrapped_events_counted", collection="game_ticks") == 2
    assert value(found, "wrapped_last_reading_events") / value(found, "wrapped_last_reading_seconds") == 2_000
    assert value(found, "wrapped_upstream_requests", upstream="wiki") == 40
    assert value(found, "wrapped_upstream_refusals", upstream="wiki") == 3
    assert value(found, "wrapped_upstream_hold_seconds", upstream="prices") == 0
    assert 3_500 < value(found, "wrapped_upstream_hold_seconds", upstream="wiki") <= 3_600
    assert (value(found, "wrapped_players", status="ok"), value(found, "wrapped_players", status="blocked")) == (2, 1)
    assert value(found, "wrapped_reports", kind="player") == 1
    assert (value(found, "wrapped_faults", location="hiscores"), value(found, "wrapped_reports", kind="group")) == (
        2,
        0,
    )
    assert value(found, "wrapped_faults_undelivered", location="hiscores") == 1
    assert all(family.documentation for family in found.values())


def test_nothing_is_behind_when_all_that_arrived_is_read(stored: MongoResource) -> None:
    newest = max(one["_id"] for one in stored.raw["game_ticks"].find({}))
    stored.analytics[names.WATERMARKS].update_one({"_id": "game_ticks"}, {"$set": {"newest": newest}})
    stored.analytics[names.DAY_LEDGER].update_many({}, {"$set": {"owed": False}})
    found = parsed(metrics.text(stored))
    assert value(found, "wrapped_behind_seconds") == value(found, "wrapped_owed_oldest_seconds") == 0
    computed = value(found, "wrapped_newest_event_computed_timestamp_seconds")
    assert computed == value(found, "wrapped_newest_event_seen_timestamp_seconds")


def test_an_empty_deployment_and_one_without_mongodb_have_metrics(
    mongo: MongoResource, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert value(parsed(metrics.text(mongo)), "wrapped_owed", unit="day") == 0
    monkeypatch.setattr(metrics, "_SECONDS", 0.3)
    away = MongoResource(uri="mongodb://user:hunter2@127.0.0.1:1/?serverSelectionTimeoutMS=100")
    metrics.write(away, tmp_path / "wrapped.prom")
    text = (tmp_path / "wrapped.prom").read_text()
    assert value(parsed(text), "wrapped_mongodb_up") == 0
    assert len(parsed(text)) == 1
    assert "hunter2" not in text
    away.close()


def test_the_command_prints_and_writes_them(
    stored: MongoResource, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MONGO_URI", stored.uri)
    printed = CliRunner().invoke(app, ["metrics"])
    assert value(parsed(printed.stdout), "wrapped_mongodb_up") == 1
    file = tmp_path / "wrapped.prom"
    assert CliRunner().invoke(app, ["metrics", "--out", str(file)]).exit_code == 0
    assert parsed(file.read_text()).keys() == parsed(printed.stdout).keys()
    for wrong in (["--out", str(tmp_path / "absent" / "x.prom")], ["--out", str(file), "--serve", "9464"]):
        failed = CliRunner().invoke(app, ["metrics", *wrong])
        assert type(failed.exception).__name__ == "CommandError"


def dashboard() -> list[str]:
    panels = json.loads((OBSERVABILITY / "grafana-dashboard.json").read_text())["panels"]
    return [target["expr"] for panel in panels for target in panel["targets"]]


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((OBSERVABILITY / "alert-rules.yaml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_dashboard_and_rules_name_exported_metrics_and_the_dashboard_shows_all(stored: MongoResource) -> None:
    families = text_string_to_metric_families(metrics.text(stored))
    exported = {sample.name for family in families for sample in family.samples}
    shown = {name for expression in dashboard() for name in NAME.findall(expression)}
    assert shown == exported
    assert {name for rule in rules() for name in NAME.findall(rule["expr"])} <= exported


def test_every_rule_is_tried_and_says_where_to_look() -> None:
    tried = set(re.findall(r"alertname: (\w+)", (OBSERVABILITY / "alert-rules.test.yaml").read_text()))
    assert tried == {rule["alert"] for rule in rules()}
    assert all(rule["annotations"].keys() == {"summary", "look"} for rule in rules())


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("promtool") is None, reason="promtool is not installed")
def test_promtool_accepts_rules_metrics_and_expressions(stored: MongoResource, tmp_path: Path) -> None:
    expressions = [{"record": f"dashboard:{at}", "expr": expr} for at, expr in enumerate(dashboard())]
    checked = tmp_path / "dashboard.yaml"
    checked.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": expressions}]}))
    commands: list[tuple[list[str], str]] = [
        (["check", "rules", str(OBSERVABILITY / "alert-rules.yaml"), str(checked)], ""),
        (["test", "rules", str(OBSERVABILITY / "alert-rules.test.yaml")], ""),
        (["check", "metrics"], metrics.text(stored)),
    ]
    for command, text in commands:
        done = subprocess.run(["promtool", *command], input=text, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def prometheus(contract_mongo: MongoResource, tmp_path: Path) -> Iterator[str]:
    """A real Prometheus that scrapes the metrics of a real process; yields its address."""
    contract_mongo.analytics[names.HISCORES_PLAYERS].insert_one({"_id": "a", "status": "blocked"})
    ports = [free_port(), free_port()]
    serving = [sys.executable, "-m", "wrapped_shared.metrics", str(ports[0])]
    served = Process(serving, tmp_path / "served.log", {**os.environ, "MONGO_URI": contract_mongo.uri}, tmp_path)
    config = {
        "global": {"scrape_interval": "1s"},
        "rule_files": [str(OBSERVABILITY / "alert-rules.yaml")],
        "scrape_configs": [{"job_name": "wrapped", "static_configs": [{"targets": [f"127.0.0.1:{ports[0]}"]}]}],
    }
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump(config))
    address = f"127.0.0.1:{ports[1]}"
    command = ["prometheus", f"--config.file={tmp_path / 'prometheus.yml'}", f"--storage.tsdb.path={tmp_path / 'data'}"]
    watching = Process(
        [*command, f"--web.listen-address={address}"], tmp_path / "prometheus.log", dict(os.environ), tmp_path
    )
    try:
        yield f"http://{address}"
    finally:
        watching.end(signal.SIGKILL)
        served.end(signal.SIGTERM)
        assert served.process.returncode == 0, served.words()  # on SIGTERM it ends by itself


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("prometheus") is None, reason="prometheus is not installed")
def test_a_real_prometheus_scrapes_them_and_loads_the_rules(prometheus: str) -> None:
    def answer(path: str) -> Any:
        return httpx.get(prometheus + path, timeout=10, trust_env=False).json()["data"]

    deadline = time.monotonic() + 90
    found: list[Any] = []
    while not found and time.monotonic() < deadline:
        time.sleep(1)
        try:
            found = answer("/api/v1/query?query=wrapped_players%7Bstatus%3D%22blocked%22%7D")["result"]
        except httpx.TransportError:  # not up yet
            continue
    assert [one["value"][1] for one in found] == ["1"]
    loaded = [rule["name"] for group in answer("/api/v1/rules")["groups"] for rule in group["rules"]]
    assert set(loaded) == {rule["alert"] for rule in rules()}
