"""The deployment as processes: deploy/dagster.yaml and deploy/workspace.yaml unchanged, on loopback.

What belongs here: starting its parts, querying its GraphQL. What does not: expectations (the tests).
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final, TypeVar

import httpx
from deploy_manifests import LOCATIONS, ROOT
from deployed_processes import PASSWORD, Addresses, start_postgres
from older_tables import make_older_tables
from wrapped_devkit.processes import Process

Answer = TypeVar("Answer")

STATES: Final = """{ workspaceOrError { ... on Workspace { locationEntries { name loadStatus
  locationOrLoadError { __typename ... on PythonError { message className causes { message className } } } } } } }"""
LAUNCH: Final = """mutation($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message }
  ... on RunConfigValidationInvalid { errors { message } } ... on PipelineNotFoundError { message } } }"""
RUN: Final = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } ... on PythonError { message } } }"
FAILURES: Final = """query($id: ID!) { logsForRun(runId: $id, limit: 2000) { ... on EventConnection { events {
  __typename ... on ExecutionStepFailureEvent { stepKey error { message className causes { message className } } }
  ... on RunFailureEvent { message } } } } }"""


class Deployment:
    """PostgreSQL, webserver, daemon and a gRPC server for each location; every part can be stopped separately."""

    def __init__(self, folder: Path, settings: Mapping[str, str]) -> None:
        self.folder = folder
        addresses = Addresses()
        self.hosts = {name: addresses.next() for name in LOCATIONS}
        self.postgres_host, self._web = addresses.next(), addresses.next()
        self.settings = dict(settings)
        self.processes: dict[str, Process] = {}
        self.older_run = ""
        self.boot_seconds = 0.0
        home = folder / "home"
        home.mkdir()
        shutil.copy(ROOT / "deploy" / "dagster.yaml", home / "dagster.yaml")
        self._shared = {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(folder),
            "DAGSTER_HOME": str(home),
            "DAGSTER_PG_HOST": self.postgres_host,
            "DAGSTER_PG_PORT": "5432",
            "DAGSTER_PG_DB": "dagster",
            "DAGSTER_PG_USERNAME": "dagster",
            "DAGSTER_PG_PASSWORD": PASSWORD,
            "DAGSTER_DISABLE_TELEMETRY": "true",
            "PYTHONUNBUFFERED": "1",
        }
        self._client = httpx.Client(base_url=f"http://{self._web}:3000", timeout=60, trust_env=False)

    def start_system(self) -> None:
        """Start PostgreSQL with an older Dagster's tables, migrate them, then start webserver and daemon."""
        self.processes["postgres"] = start_postgres(self.folder / "postgres", self.postgres_host)
        self.older_run = make_older_tables(self.folder / "older", self.postgres_host)
        hosts = {f"{name.upper()}_HOST": host for name, host in self.hosts.items()}
        env = {**self._shared, **hosts}
        migrate = Process(["dagster", "instance", "migrate"], self.folder / "migrate.log", env, self.folder)
        assert migrate.process.wait(90) == 0, migrate.words()
        workspace = ["-w", str(ROOT / "deploy" / "workspace.yaml")]
        self._start("webserver", ["dagster-webserver", "-h", self._web, "-p", "3000", *workspace], env)
        self._start("daemon", ["dagster-daemon", "run", *workspace], env)

    def start_location(self, name: str, **settings: str | None) -> None:
        """Start a location's server as its image does; a setting of None is omitted."""
        chosen = {**self._shared, **self.settings, **settings}
        env = {key: value for key, value in chosen.items() if value is not None and key != "DAGSTER_HOME"}
        command = ["dagster", "api", "grpc", "-h", self.hosts[name], "-p", "4000", "-m", f"{name}.definitions"]
        self._start(name, [*command, "--location-name", name], env)

    def start_dev(self, location: str) -> None:
        """Start `dagster dev` with one location, on a clone's instance, instead of all other parts."""
        shutil.copy(ROOT / "deploy" / "local" / "dagster.yaml", self._shared["DAGSTER_HOME"])
        workspace = self.folder / "workspace.yaml"
        module = {"module_name": f"{location}.definitions", "location_name": location}
        workspace.write_text(json.dumps({"load_from": [{"python_module": module}]}))
        command = ["dagster", "dev", "-h", self._web, "-p", "3000", "-w", str(workspace)]
        self._start("dev", command, {**self._shared, **self.settings})

    def kill_location(self, name: str) -> None:
        """Kill a location's server at once, without a graceful shutdown."""
        self.processes.pop(name).end(signal.SIGKILL)

    def stop(self) -> None:
        """Stop everything that is running, PostgreSQL last."""
        self._client.close()
        for name in sorted(self.processes, key=lambda name: name == "postgres"):
            self.processes[name].end(signal.SIGINT if name == "postgres" else signal.SIGKILL)

    def _start(self, name: str, command: list[str], env: Mapping[str, str]) -> None:
        self.processes[name] = Process(command, self.folder / f"{name}.log", env, self.folder)

    def query(self, query: str, **variables: Any) -> dict[str, Any]:
        """Query the webserver's GraphQL."""
        answer = self._client.post("/graphql", json={"query": query, "variables": variables}).json()
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    def states(self) -> dict[str, str]:
        """Return what the UI says about each location: "loaded", or its error."""
        try:
            entries = self.query(STATES)["workspaceOrError"]["locationEntries"]
        except httpx.TransportError:
            return {}
        return {entry["name"]: _state(entry) for entry in entries}

    def launch(self, location: str, job: str, *, tags: Mapping[str, str] | None = None, **params: Any) -> str:
        """Launch a run as the Launchpad does; return its id."""
        selector: dict[str, Any] = {
            "repositoryLocationName": location,
            "repositoryName": "__repository__",
            "pipelineName": job,
        }
        selector |= {"assetSelection": [{"path": path.split("/")} for path in params.pop("assets", [])]}
        metadata = {"tags": [{"key": key, "value": value} for key, value in (tags or {}).items()]}
        parameters = {"selector": selector, "mode": "default", "executionMetadata": metadata, "runConfigData": params}
        result = self.query(LAUNCH, params=parameters)["launchPipelineExecution"]
        assert result["__typename"] == "LaunchRunSuccess", result
        return str(result["run"]["runId"])

    def status(self, run: str) -> str:
        """Return the status of a run."""
        return str(self.query(RUN, id=run)["runOrError"]["status"])

    def finished(self, run: str, patience: float = 120) -> str:
        """Wait for the end of a run; return its status."""
        ends = ("SUCCESS", "FAILURE", "CANCELED")
        return wait_for(lambda: (status := self.status(run)) in ends and status, patience, self.report) or ""

    def failures(self, run: str) -> list[str]:
        """Return what the UI shows about a run's failed steps: the error and its causes, one line each."""
        events = self.query(FAILURES, id=run)["logsForRun"]["events"]
        errors = [event["error"] for event in events if event["__typename"] == "ExecutionStepFailureEvent"]
        return [part["message"].strip() for error in errors for part in (error, *error["causes"])]

    def report(self) -> str:
        """Return the last output of every process, for a failed assertion."""
        words = {name: process.words()[-1500:] for name, process in self.processes.items()}
        return "\n".join(f"--- {name}\n{text}" for name, text in words.items())


def _state(entry: dict[str, Any]) -> str:
    found = entry["locationOrLoadError"]
    if found is None:
        return str(entry["loadStatus"])
    if found["__typename"] == "RepositoryLocation":
        return "loaded"
    return f"{found['className']}: {found['message']}"


def wait_for(check: Callable[[], Answer], patience: float, report: Callable[[], str]) -> Answer:
    """Poll until the result is true, at most `patience` seconds; return it."""
    deadline = time.monotonic() + patience
    while not (answer := check()):
        assert time.monotonic() < deadline, report()
        time.sleep(0.25)
    return answer


@contextmanager
def deployed(folder: Path, settings: Mapping[str, str]) -> Iterator[Deployment]:
    """A running deployment with all three locations loaded; stopped afterwards."""
    system = Deployment(folder, settings)
    began = time.monotonic()
    try:
        for name in LOCATIONS:
            system.start_location(name)
        system.start_system()
        wait_for(lambda: set(system.states().values()) == {"loaded"}, 120, system.report)
        system.boot_seconds = time.monotonic() - began
        yield system
    finally:
        system.stop()
