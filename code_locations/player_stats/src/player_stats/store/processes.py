"""Which process this is, and whether another one is still there.

Nothing is asked over the network: what runs on another machine is simply not known.
"""

import os
import socket
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_STATE, _STARTED = 0, 19  # fields of /proc/<pid>/stat behind the name, which may hold anything


@dataclass(frozen=True)
class Process:
    """A process, told apart from all others, those that had the same number before included."""

    host: str
    pid: int
    started: str


def this_process() -> Process:
    """Return the process that asks."""
    return Process(_host(), os.getpid(), _started(os.getpid()) or "")


def is_gone(process: Process) -> bool:
    """Whether a process ended; one of another machine or container is never known to be gone."""
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
    """The machine's name; on Linux also its boot and the process namespace, beyond which a pid means nothing."""
    parts = [socket.gethostname()]
    try:
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
        parts.append(str(Path("/proc/self/ns/pid").readlink()))
    except OSError:  # no Linux, or no /proc
        pass
    return "/".join(parts)


def _started(pid: int) -> str | None:
    """When a process started, in ticks since the boot; None where there is none (any more), or no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[_STATE] in "ZX" else fields[_STARTED]
