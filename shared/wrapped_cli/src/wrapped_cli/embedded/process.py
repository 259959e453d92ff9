"""The server process: starting it detached, telling that it is ours, ending it.

A process is known by what it runs (its command line names our data folder and port), never by its number
alone: numbers are used again. Which server belongs to which folder is remembered in `server.py`.
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
_started: dict[int, subprocess.Popen[bytes]] = {}  # children of this process, kept so that they are reaped


def storage_path(data_dir: Path) -> Path:
    """Return the folder of the database files inside a data folder."""
    return data_dir / "db"


def free_port() -> int:
    """Return a port of 127.0.0.1 that nothing listens on right now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def port_is_free(port: int) -> bool:
    """Tell whether nothing listens on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def spawn(data_dir: Path, port: int, *, tied: bool = False) -> int:
    """Start the server in the background and return its process number; it does not answer yet.

    Args:
        data_dir: its data folder, made beforehand; its output goes to `server.log` there.
        port: a port of 127.0.0.1.
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
    """Tell whether process `pid` is alive and is the server of this data folder and port."""
    try:
        process = psutil.Process(pid)
        command = process.cmdline()
        alive = process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
    return alive and str(storage_path(data_dir)) in command and str(port) in command


def listens(pid: int, port: int) -> bool:
    """Tell whether process `pid` itself holds the listening socket of `port`.

    Without this a server that died on a taken port would pass for the stranger that answers there.
    """
    try:
        connections = psutil.Process(pid).net_connections(kind="tcp")
    except psutil.Error:
        return False
    return any(c.status == psutil.CONN_LISTEN and c.laddr and c.laddr.port == port for c in connections)


def end(pid: int, *, patience: float = 30.0) -> None:
    """End a process: SIGTERM, `patience` seconds to write all out, then SIGKILL. Gone already is fine."""
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
    """Return the last line that the server wrote, for an error message; empty when there is none."""
    try:
        with (data_dir / "server.log").open("rb") as log:
            log.seek(max(0, log.seek(0, os.SEEK_END) - 4096))
            lines = log.read().decode("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1][:200] if lines else ""
