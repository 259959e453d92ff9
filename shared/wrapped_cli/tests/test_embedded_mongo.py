"""The embedded MongoDB: one server per data folder, no matter who starts it, and nothing left behind."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from wrapped_cli import embedded
from wrapped_cli.errors import CommandError
from wrapped_shared.mongo import MongoResource, connect


def _wrapped(*arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", "from wrapped_cli.commands import main; main()", *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_two_commands_starting_at_once_get_one_server_which_keeps_its_data_and_stops(tmp_path: Path) -> None:
    folder = tmp_path / "mongo"
    both = [_wrapped("mongo", "start", "--data-dir", folder) for _ in range(2)]
    try:
        outputs = [process.communicate(timeout=90) for process in both]
        assert [process.returncode for process in both] == [0, 0], outputs
        server = embedded.running(folder)
        assert server is not None
        assert all(server.uri in output for output, _ in outputs)
        assert embedded.start(folder) == server
        with pytest.raises(CommandError, match=f"is running on port {server.port}"):
            embedded.start(folder, port=server.port + 1)
        with connect(server.uri) as client:
            client["kept"]["things"].insert_one({"_id": 1})
    finally:
        assert embedded.stop(folder)
    assert not psutil.pid_exists(server.pid)
    assert embedded.running(folder) is None
    assert not embedded.stop(folder)

    again = embedded.start(folder, tied=True)
    try:
        with connect(again.uri) as client:
            assert client["kept"]["things"].find_one() == {"_id": 1}
    finally:
        embedded.stop(folder)


def test_a_stale_state_file_means_no_server_and_the_process_with_its_pid_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        state = {"pid": stranger.pid, "port": 27017}
        (tmp_path / "server.json").write_text(json.dumps(state))
        assert embedded.running(tmp_path) is None
        assert not embedded.stop(tmp_path)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}'])
def test_a_damaged_state_file_means_no_server(tmp_path: Path, content: str) -> None:
    (tmp_path / "server.json").write_text(content)
    assert embedded.running(tmp_path) is None


def test_a_taken_port_is_an_error_and_nothing_is_started(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(CommandError, match=f"port {port} cannot be used"):
            embedded.start(tmp_path, port=port)
    assert embedded.running(tmp_path) is None


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a parent death signal")
def test_a_server_for_tests_dies_with_the_process_that_started_it(tmp_path: Path) -> None:
    code = f"""
import time
from pathlib import Path
from wrapped_cli import embedded
print(embedded.start(Path({str(tmp_path)!r}), tied=True).pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    os.kill(parent.pid, signal.SIGKILL)
    parent.communicate()
    deadline = time.monotonic() + 20
    while embedded.running(tmp_path) is not None and time.monotonic() < deadline:
        time.sleep(0.05)
    assert embedded.running(tmp_path) is None
    while not _is_gone(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _is_gone(pid)


def _is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_a_server_named_in_the_environment_is_used_and_nothing_is_started(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MONGO_URI", "mongodb://elsewhere:27017")
    assert embedded.resolve_uri() == "mongodb://elsewhere:27017"


def test_the_embedded_server_uses_an_index_for_a_range_of_ids(mongo: MongoResource) -> None:
    embedded.ensure_embedded_indexes(mongo.raw)
    embedded.ensure_embedded_indexes(mongo.raw)
    keys = [list(index["key"]) for index in mongo.raw["game_ticks"].list_indexes()]
    assert ["_id", "timestamp"] in keys
    mongo.raw["game_ticks"].insert_many([{"_id": n, "timestamp": n} for n in range(50)])
    plan = mongo.raw["game_ticks"].find({"_id": {"$gte": 40}}).explain()
    assert "IXSCAN" in str(plan)
