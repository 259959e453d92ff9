"""Without PostgreSQL, webserver and daemon are not ready, but alive: nothing restarts them, and they recover."""

import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import pytest
import yaml
from dagster import DagsterInstance
from dagster._daemon.types import DaemonHeartbeat
from deploy_manifests import KUBERNETES, LOCATIONS, ROOT
from deployed_processes import PASSWORD, Addresses, restart_postgres, start_postgres
from wrapped_devkit.processes import Process
from wrapped_launcher.daemon_probe import probe

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="needs many loopback addresses, which only Linux has"),
]
SYSTEM: Final = KUBERNETES / "base" / "system"


def probes(file: str) -> dict[str, Any]:
    """The probes of a manifest's container."""
    deployment = next(yaml.safe_load_all((SYSTEM / file).read_text()))
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    return {name: probe for name, probe in container.items() if name.endswith("Probe")}


@dataclass
class System:
    """A webserver and its PostgreSQL, which can be stopped and started again."""

    folder: Path
    address: str
    web: str
    postgres: Process

    def stop(self) -> None:
        self.postgres.end(signal.SIGINT)

    def start(self) -> None:
        self.postgres = restart_postgres(self.folder / "postgres", self.address)

    def answers(self, kind: str) -> bool:
        """Ask one of the webserver's probes as the kubelet does: any status below 400 within its timeout."""
        found = probes("webserver.yaml")[kind]
        try:
            path = f"http://{self.web}:3000{found['httpGet']['path']}"
            return httpx.get(path, timeout=found["timeoutSeconds"], trust_env=False).status_code < 400
        except httpx.TransportError:
            return False


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[System]:
    # Not in pytest's own folder: another pytest makes that private again, and PostgreSQL runs as another user.
    folder = Path(tempfile.mkdtemp(prefix="wrapped-readiness-"))
    addresses = Addresses()
    address = addresses.next()
    running = System(folder, address, addresses.next(), start_postgres(folder / "postgres", address))
    home = folder / "home"
    home.mkdir()
    shutil.copy(ROOT / "deploy" / "dagster.yaml", home)
    instance = {"HOST": running.address, "PORT": "5432", "DB": "dagster", "USERNAME": "dagster", "PASSWORD": PASSWORD}
    for name, value in instance.items():
        monkeypatch.setenv(f"DAGSTER_PG_{name}", value)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    for name in LOCATIONS:
        monkeypatch.setenv(f"{name.upper()}_HOST", addresses.next())  # no location is there
    yield running
    running.stop()
    shutil.rmtree(folder)


def within(seconds: float, holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.5)
    return True


def test_a_webserver_without_postgresql_is_alive_but_not_ready_and_recovers(system: System) -> None:
    workspace = str(ROOT / "deploy" / "workspace.yaml")
    command = ["dagster-webserver", "-h", system.web, "-p", "3000", "-w", workspace]
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    webserver = Process(command, system.folder / "webserver.log", env, system.folder)
    try:
        assert within(180, lambda: system.answers("startupProbe")), webserver.words()
        assert within(30, lambda: system.answers("readinessProbe")), webserver.words()
        system.stop()
        assert not system.answers("readinessProbe")
        assert system.answers("livenessProbe")
        assert not system.answers("readinessProbe")
        system.start()
        assert within(60, lambda: system.answers("readinessProbe")), webserver.words()
        assert webserver.process.poll() is None
    finally:
        webserver.end(signal.SIGKILL)


def test_a_daemon_without_postgresql_is_alive_but_not_ready(system: System) -> None:
    of_daemon = probes("daemon.yaml")
    for kind, question in (("readinessProbe", "ready"), ("livenessProbe", "alive")):
        assert of_daemon[kind]["exec"]["command"] == ["python", "-m", "wrapped_launcher.daemon_probe", question]
    with DagsterInstance.get() as instance:
        assert (probe("ready"), probe("alive")) == (1, 1)  # it has never run
        for daemon in instance.get_required_daemon_types():
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), daemon, "this", []))
        assert (probe("ready"), probe("alive")) == (0, 0)
        for daemon in instance.get_required_daemon_types():
            instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - 7_200, daemon, "this", []))
        assert (probe("ready"), probe("alive")) == (1, 1)  # its threads hang
    system.stop()
    assert (probe("ready"), probe("alive")) == (1, 0)
    system.start()
