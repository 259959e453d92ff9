"""The server process: starting it detached, checking that it is ours, ending it.

A process is identified by its command line (which names our data folder and port), never by its pid alone: pids are
reused. Which server belongs to which folder is recorded by `server.py`.
"""

import contextlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import psutil

HOST: Final = "127.0.0.1"
_LAUNCH_TIED: Final = (
    "import ctypes, os, signal, sys\n"
    "ctypes.CDLL(None).prctl(1, signal.SIGKILL)\n"  # 1 = PR_SET_PDEATHSIG: the server dies with its parent
    "os.execv(sys.argv[1], sys.argv[1:])\n"
)
_started: dict[int, subprocess.Popen[bytes]] = {}  # children of this process, kept to be reaped


def storage_path(data_dir: Path) -> Path:
    """Return the folder with the database files inside a data folder."""
    return data_dir / "db"


def free_port() -> int:
    """Return a port on 127.0.0.1 that nothing is listening on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Return whether nothing is listening on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def spawn(data_dir: Path, port: int, *, tied: bool = False) -> int:
    """Start the server in the background and return its pid; it does not accept connections yet.

    Args:
        data_dir: its data folder, which must exist; its output goes to `server.log` there.
        port: a port on 127.0.0.1.
        tied: end the server when the calling process ends, even by SIGKILL (for tests; Linux only).
    """
    config = data_dir / "secantusd.toml"
    config.touch()  # named below, so that a file in the current or home folder changes nothing
    command = [*_executable(), "--config", str(config), "--host", HOST, "--port", str(port)]
    command += ["--storage-path", str(storage_path(data_dir)), "--standalone"]
    if tied and sys.platform == "linux":
        command = [sys.executable, "-c", _LAUNCH_TIED, *command]
    with (data_dir / "server.log").open("wb") as log:
        child = subprocess.Popen(
            command, cwd=data_dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
    _started[child.pid] = child
    return child.pid


def _executable() -> list[str]:
    beside = Path(sys.executable).with_name("secantusd-py")
    if beside.is_file():
        return [str(beside)]
    found = shutil.which("secantusd-py")
    return [found] if found else [sys.executable, "-m", "secantus"]


def is_ours(pid: int, data_dir: Path, port: int) -> bool:
    """Return whether process `pid` is alive and is the server of this data folder and port."""
    try:
        process = psutil.Process(pid)
        command = process.cmdline()
        alive = process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return alive and str(storage_path(data_dir)) in command and str(port) in command


def listens(pid: int, port: int) -> bool:
    """Return whether process `pid` itself holds the listening socket of `port`.

    Without this check, whatever answers on the port could be mistaken for a server of ours that died because the
    port was taken.
    """
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port for c in connections)


def end(pid: int, *, patience: float = 30.0) -> None:
    """End a process: SIGTERM, `patience` seconds to flush its data, then SIGKILL. It may already be gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        if patience > 0:
            process.terminate()
        try:
            process.wait(timeout=patience)
        except psutil.TimeoutExpired:
            process.kill()
            process.wait(timeout=30)
    child = _started.pop(pid, None)
    if child is not None:
        child.wait(timeout=30)


def last_words(data_dir: Path) -> str:
    """Return the server's last line of output, for an error message; empty if there is none."""
    try:
        with (data_dir / "server.log").open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""
