"""`make dev` says in one line that its port cannot be used, before it starts anything; the UI has no pop-up."""

import socket
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[1]


def refused(port: object) -> str:
    command = ["make", "--no-print-directory", "-o", ".venv/.setup-stamp", "dev", f"PORT={port}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert done.stdout == "", "nothing was started"
    return done.stderr.splitlines()[0]


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused(port) == f"port {port} is in use or not a valid port: choose another, such as make dev PORT=3001"


@pytest.mark.parametrize("port", ["abc", 70_000])
def test_what_is_no_port_is_refused(port: object) -> None:
    assert f"port {port} is in use or not a valid port" in refused(port)


def test_the_instance_of_a_clone_has_neither_pop_up_nor_telemetry() -> None:
    settings = yaml.safe_load((ROOT / "deploy" / "local" / "dagster.yaml").read_text(encoding="utf-8"))
    assert settings["nux"] == settings["telemetry"] == {"enabled": False}
