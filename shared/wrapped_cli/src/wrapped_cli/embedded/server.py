"""Start, find and stop the embedded MongoDB of a data folder.

The rules for "one server per folder" live here; the process is handled in `process.py`, its files in `state.py`.
"""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wrapped_cli.embedded import process
from wrapped_cli.embedded.paths import default_data_dir
from wrapped_cli.embedded.state import forget_state, locked, read_state, write_state
from wrapped_cli.errors import CommandError

_READY_SECONDS: Final = 60.0
_ATTEMPTS: Final = 5


@dataclass(frozen=True)
class EmbeddedMongo:
    """A running embedded MongoDB."""

    pid: int
    """Its pid."""
    port: int
    """Its port on 127.0.0.1."""
    data_dir: Path
    """Its data folder: the database files in `db`, its output in `server.log`."""

    @property
    def uri(self) -> str:
        """Its MongoDB connection string."""
        return f"mongodb://{process.HOST}:{self.port}/?directConnection=true"


def start(data_dir: Path | None = None, port: int | None = None, *, tied: bool = False) -> EmbeddedMongo:
    """Start the embedded MongoDB, or return the one already running on this data folder.

    Args:
        data_dir: its data folder; `.wrapped/mongo` in the project by default.
        port: its port on 127.0.0.1; a free one by default.
        tied: end it with the calling process, even if that is killed (for tests; Linux only).

    Raises:
        CommandError: the port is taken, the folder cannot be used, the server is already running on a different
        port, or it does not respond within a minute.
    """
    folder = _folder(data_dir)
    with locked(folder):
        found = _remembered(folder)
        if found is not None:
            if port not in (None, found.port):
                raise CommandError(
                    f"the MongoDB of {folder} is running on port {found.port}: stop it first (wrapped mongo stop)"
                )
            _wait_until_ready(found)
            return found
        if port is not None:
            if not process.port_is_free(port):
                raise CommandError(f"port {port} cannot be used (in use, or not allowed): choose another with --port")
            return _launch(folder, port, tied=tied)
        for _ in range(_ATTEMPTS - 1):
            with suppress(_PortLostError):
                return _launch(folder, process.free_port(), tied=tied)
        return _launch(folder, process.free_port(), tied=tied)


def stop(data_dir: Path | None = None, *, patience: float = 30.0) -> bool:
    """Stop the embedded MongoDB of a data folder and wait until it is gone.

    Args:
        data_dir: its data folder; `.wrapped/mongo` in the project by default.
        patience: seconds to flush its data after SIGTERM before SIGKILL; 0 kills at once.

    Returns:
        True if one was running, False if there was nothing to stop.
    """
    folder = _folder(data_dir)
    if not folder.is_dir():
        return False
    with locked(folder):
        found = _remembered(folder)
        if found is not None:
            process.end(found.pid, patience=patience)
        forget_state(folder)
    return found is not None


def running(data_dir: Path | None = None) -> EmbeddedMongo | None:
    """Return the embedded MongoDB that is running on a data folder and holds its port, or None."""
    found = _remembered(_folder(data_dir))
    return found if found is not None and process.listens(found.pid, found.port) else None


def resolve_uri() -> str:
    """Return the server that commands use: `MONGO_URI`, else the embedded one, started if it is not running.

    Raises:
        CommandError: the embedded MongoDB cannot be started.
    """
    return configured_uri() or (running() or start()).uri


def configured_uri() -> str:
    """Return `MONGO_URI`, or an empty text if it is not set."""
    return os.environ.get("MONGO_URI", "").strip()


class _PortLostError(CommandError):
    """Another program took the port after we chose it and before the server bound it."""


def _folder(data_dir: Path | None) -> Path:
    return (data_dir or default_data_dir()).expanduser().resolve()


def _remembered(folder: Path) -> EmbeddedMongo | None:
    state = read_state(folder)
    if state is None or not process.is_ours(state[0], folder, state[1]):
        return None
    return EmbeddedMongo(*state, folder)


def _launch(folder: Path, port: int, *, tied: bool) -> EmbeddedMongo:
    pid = process.spawn(folder, port, tied=tied)
    write_state(folder, pid, port)
    server = EmbeddedMongo(pid, port, folder)
    try:
        _wait_until_ready(server)
    except BaseException:
        process.end(pid)
        forget_state(folder)
        raise
    return server


def _wait_until_ready(server: EmbeddedMongo) -> None:
    """Wait until the process holds its port and responds to a ping."""
    deadline = time.monotonic() + _READY_SECONDS
    missed = False
    while time.monotonic() < deadline:
        ours = process.is_ours(server.pid, server.data_dir, server.port)
        if not ours and not missed:
            missed = True  # during exec a process briefly shows no command line
        elif not ours:
            reason = process.last_words(server.data_dir)
            error_type = _PortLostError if "in use" in reason.lower() else CommandError
            raise error_type(f"the embedded MongoDB did not start (see {server.data_dir / 'server.log'}): {reason}")
        elif process.listens(server.pid, server.port) and _answers(server.uri):
            return
        time.sleep(0.05)
    log = server.data_dir / "server.log"
    raise CommandError(f"the embedded MongoDB did not respond within {_READY_SECONDS:.0f} s (see {log})")


def _answers(uri: str) -> bool:
    from pymongo import MongoClient
    from pymongo.errors import PyMongoError

    client: MongoClient[dict[str, object]] = MongoClient(uri, serverSelectionTimeoutMS=2000)
    try:
        client.admin.command("ping")
    except PyMongoError:
        return False
    finally:
        client.close()
    return True
