"""No part of a password is printed or stored, whatever it contains and however MongoDB fails; no form accepts one."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus

import dagster as dg
import httpx
import pytest
from definitions_text import definitions
from password_leaks import leaks, plain, stored
from wrapped_cli.embedded import process
from wrapped_devkit.processes import Process, webserver
from wrapped_shared.mongo import MongoResource

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-c", "from wrapped_cli.commands import main; main()"]
NASTY = 's3cr@t/x#?&%:"\\'
PASSWORDS = ("p#w[~]", "12/34", "s3cr@t/x", NASTY, quote_plus(NASTY))
HARMLESS = ("x", "/", "%")
"""Too short to leak; they fail like a plain, an ambiguous and an unescaped password."""
JOBS: list[tuple[str, str, str | None]] = [
    ("player_stats", "daily_wrapped", "2024-08-13"),
    ("player_stats", "make_reports", None),
    ("player_stats", "wrapped_news", None),
    ("player_stats", "check_telemetry", None),
    ("hiscores", "hiscores_scrape", None),
    ("image_map", "image_map_regeneration", None),
]
FAILING = [JOBS[0], *JOBS[3:]]
TYPED = "zq7#k@w/9"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that requires a login but has no users; yields its address."""
    port, folder = process.free_port(), tmp_path_factory.mktemp("guarded")
    command = [sys.executable, "-m", "secantus", "--host", process.HOST, "--port", str(port), "--standalone", "--auth"]
    server = Process([*command, "--storage-path", str(folder / "data")], folder / "log", os.environ, folder)
    try:
        server.wait_until(lambda: process.listens(server.process.pid, port))
        yield f"{process.HOST}:{port}"
    finally:
        server.end(signal.SIGKILL)


@pytest.fixture(params=["unreachable", "refused", "invalid"])
def place(request: pytest.FixtureRequest) -> str:
    """The part after the last @ of a URI that cannot work."""
    if request.param == "refused":
        return f"{request.getfixturevalue('guarded')}/"
    return "127.0.0.1:1/?serverSelectionTimeoutMS=100" if request.param == "unreachable" else "127.0.0.1:port/"


def jobs(chosen: Sequence[tuple[str, str, str | None]] = JOBS) -> Iterator[tuple[dg.JobDefinition, str | None]]:
    for location, name, partition in chosen:
        yield definitions(location).resolve_job_def(name), partition


@pytest.mark.slow
def test_a_failed_run_of_any_location_stores_no_part_of_a_password(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def after_failures(name: str, passwords: Sequence[str]) -> str:
        """Everything an instance stored, compute logs too, after each location's jobs failed with each password."""
        home = tmp_path / name
        home.mkdir()
        with dg.DagsterInstance.local_temp(str(home)) as instance:
            for password, (job, partition) in product(passwords, jobs(FAILING)):
                monkeypatch.setenv("MONGO_URI", f"mongodb://bob:{password}@{place}")
                result = job.execute_in_process(instance=instance, partition_key=partition, raise_on_error=False)
                assert not result.success
        return stored(home)

    harmless = after_failures("harmless", HARMLESS)
    text = after_failures("nasty", PASSWORDS)
    assert ("MongoDB at mongodb://***@" in text) is ("port" not in place)
    assert "MONGO_URI" in text
    for password in PASSWORDS:
        assert not leaks(password, text, harmless), password


def commands(uri: str, project: Path) -> str:
    """What the commands print and leave behind if this URI's server cannot be used."""
    for entry in ROOT.iterdir():
        if entry.name not in (".wrapped", ".git"):
            (project / entry.name).symlink_to(entry)
    events = project.parent / f"{project.name}.jsonl"
    events.write_text('{"timestamp": 1723507200000, "username": "Zezima", "event": "game-tick", "data": {}}\n')
    environment = {**os.environ, "MONGO_URI": uri, "COLUMNS": "300", "NO_COLOR": "1"}
    environment.pop("DAGSTER_HOME", None)
    printed = ""
    for arguments in (["doctor"], ["import", str(events)], ["report", "zezima"], ["run", "--location", "hiscores"]):
        done = subprocess.run(
            [*COMMAND, *arguments], cwd=project, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 1, done.stdout
        assert "Traceback" not in done.stdout + done.stderr
        printed += done.stdout + done.stderr
    return plain(printed) + stored(project / ".wrapped")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("place", "harmless", "nasty"),
    [
        ("unreachable", ["x", "/"], ["p#w[~]", "12/34", "s3cr@t/x"]),
        ("refused", ["x"], ["p#w[~]", quote_plus(NASTY)]),
    ],
    indirect=["place"],
)
def test_no_command_prints_or_stores_a_part_of_a_password(
    place: str, harmless: list[str], nasty: list[str], tmp_path: Path
) -> None:
    def after_failures(password: str) -> str:
        project = tmp_path / password.encode().hex()
        project.mkdir()
        return commands(f"mongodb://bob:{password}@{place}", project)

    with ThreadPoolExecutor(2) as pool:
        texts = list(pool.map(after_failures, [*harmless, *nasty]))
    known = "".join(texts[: len(harmless)])
    for password, text in zip(nasty, texts[len(harmless) :], strict=True):
        assert not leaks(password, text, known), password


@pytest.mark.parametrize("field", ["uri", "raw_database", "analytics_database"])
def test_run_config_accepts_no_uri_and_no_database(field: str) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        for job, partition in jobs():
            config: dict[str, Any] = {"resources": {"mongo": {"config": {field: f"mongodb://bob:{TYPED}@h"}}}}
            with pytest.raises(dg.DagsterInvalidConfigError, match=f'unexpected config entry "{field}"') as caught:
                dg.validate_run_config(job, config)
            assert TYPED not in str(caught.value)
            with pytest.raises(dg.DagsterInvalidConfigError):
                job.execute_in_process(instance=instance, run_config=config, partition_key=partition)
        assert instance.get_runs_count() == 0


LAUNCH = """mutation($config: RunConfigData!) { launchRun(executionParams: {runConfigData: $config, selector: {
repositoryLocationName: "hiscores.definitions", repositoryName: "__repository__", jobName: "hiscores_scrape"}}) {
__typename ... on RunConfigValidationInvalid { errors { message } } ... on LaunchRunSuccess { run { runId } } } }"""


@pytest.mark.slow
def test_a_uri_typed_in_the_launchpad_is_rejected_in_one_line_and_stored_nowhere(tmp_path: Path) -> None:
    def launch(address: str, config: object) -> dict[str, Any]:
        body = {"query": LAUNCH, "variables": {"config": json.dumps(config)}}
        answer = httpx.post(f"{address}/graphql", json=body, timeout=60).json()
        found: dict[str, Any] = answer["data"]["launchRun"]
        return found

    with webserver(tmp_path, "-m", "hiscores.definitions", cwd=tmp_path) as address:
        typed: list[object] = [
            {"config": {"uri": f"mongodb://bob:{TYPED}@h"}}, {"config": {"analytics_database": TYPED}},
            {"uri": f"mongodb://bob:{TYPED}@h"}, {"config": f"mongodb://bob:{TYPED}@h"},
        ]  # fmt: skip
        for mongo in typed:
            answer = launch(address, {"resources": {"mongo": mongo}})
            (error,) = answer["errors"]
            assert "root:resources:mongo" in error["message"]
            assert TYPED not in error["message"]
        assert TYPED not in stored(tmp_path)
        assert launch(address, {"resources": {"mongo": {"config": {}}}})["__typename"] == "LaunchRunSuccess"


def test_the_resource_gets_its_server_from_python_or_from_the_environment(mongo: MongoResource) -> None:
    found = []

    @dg.asset
    def looks(mongo: MongoResource) -> None:
        found.append((mongo.server, mongo.raw.name, mongo.analytics.name))

    assert dg.materialize([looks], resources={"mongo": mongo.model_copy()}).success
    assert found == [(mongo.uri, mongo.raw_database, mongo.analytics_database)]
