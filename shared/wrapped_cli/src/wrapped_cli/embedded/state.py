"""The recorded state of a running embedded MongoDB, and the lock against concurrent starts.

Files only; whether the process in the state file is really running is decided in `server.py`.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wrapped_cli.errors import CommandError

_LOCK_SECONDS: Final = 90.0


def read_state(data_dir: Path) -> tuple[int, int] | None:
    """Return the pid and port of a data folder's recorded server, or None if there is none or the file is damaged."""
    try:
        found = json.loads((data_dir / "server.json").read_text(encoding="utf-8"))
        return int(found["pid"]), int(found["port"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_state(data_dir: Path, pid: int, port: int) -> None:
    """Record a server; the file is replaced atomically, so nobody reads half of it."""
    half = data_dir / "server.json.new"
    half.write_text(json.dumps({"pid": pid, "port": port}), encoding="utf-8")
    half.replace(data_dir / "server.json")


def forget_state(data_dir: Path) -> None:
    """Remove the state file, if there is one."""
    (data_dir / "server.json").unlink(missing_ok=True)


@contextlib.contextmanager
def locked(data_dir: Path) -> Iterator[None]:
    """Hold the lock of a data folder: only one process at a time starts or stops its server.

    The system releases the lock when its holder dies, so it never goes stale.

    Raises:
        CommandError: the folder cannot be used, or another process holds the lock for more than 90 s.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = os.open(data_dir / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise CommandError(f"cannot use the data folder {data_dir}: {error.strerror}") from None
    try:
        deadline = time.monotonic() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise CommandError(
                        f"another command is starting or stopping the MongoDB in {data_dir}: try again later"
                    ) from None
                time.sleep(0.05)
        yield
    finally:
        os.close(handle)
