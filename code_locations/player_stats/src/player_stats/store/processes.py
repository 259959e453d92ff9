"""Identifying this process, and checking whether another one still exists.

Nothing is sent over the network: whether a process on another machine exists is unknown.
"""

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_STATE, _STARTED = 0, 19  # fields of /proc/<pid>/stat after the name, which may contain anything


@dataclass(frozen=True)
class Process:
    """Uniquely identifies a process, even if its pid is reused."""

    host: str
    pid: int
    started: str


def this_process() -> Process:
    """Return the current process."""
    return Process(_host(), os.getpid(), _started(os.getpid()) or "")


def is_gone(process: Process) -> bool:
    """Return whether a process has ended; False for one on another machine or in another container."""
    if process.host != _host():
        return False
    if process.started:
        return _started(process.pid) != process.started
    try:
        os.kill(process.pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        pass
    return False


@lru_cache
def _host() -> str:
    """Return the host name; on Linux also the boot id and process namespace, within which a pid is unique."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:  # not Linux, or no /proc
        pass
    return "/".join(parts)


def _started(pid: int) -> str | None:
    """Return when a process started, in ticks since boot; None if it does not exist or there is no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE] in "ZX" else fields[_STARTED]
