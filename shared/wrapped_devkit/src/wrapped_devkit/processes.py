"""The processes that tests start: each has a log, ends with its test, and dies with the test process.

What belongs here: starting, waiting, ending. What does not: which processes a deployment has.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, Self

from wrapped_cli import embedded
from wrapped_cli.embedded import process
from wrapped_cli.embedded.server import EmbeddedMongo

_LAUNCH_TIED: Final = (
    "import ctypes, os, signal, sys\n"
    "user = int(sys.argv[1])\n"
    "if user: os.setgroups([]), os.setgid(user), os.setuid(user)\n"
    "signal.signal(signal.SIGINT, signal.SIG_DFL)\n"  # ignored in a shell's background, and Dagster's SIGTERM with it
    "ctypes.CDLL(None).prctl(1, signal.SIGKILL)\n"  # 1 = PR_SET_PDEATHSIG: the process dies with its parent
    "os.execv(sys.argv[2], sys.argv[2:])\n"
)


class Process:
    """One process with its log, in its own process group; it dies with the process that started it."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str], cwd: Path, user: int = 0) -> None:
        self.log = log
        executable = shutil.which(command[0], path=env.get("PATH"))
        if executable is None:
            raise FileNotFoundError(f"{command[0]} is not installed")
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-c", _LAUNCH_TIED, str(user), executable, *command[1:]],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(env),
                cwd=cwd,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def words(self) -> str:
        """Return its log so far."""
        return self.log.read_text(errors="replace")

    def end(self, sign: signal.Signals = signal.SIGTERM, patience: float = 15) -> None:
        """End the process and its children."""
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(sign)
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(patience)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """End the process and its children at once, wherever they are."""
        self.end(signal.SIGKILL)

    def wait(self, seconds: float) -> int:
        """Wait for its end; return its exit code."""
        return self.process.wait(seconds)

    def wait_until(self, ready: Callable[[], bool], seconds: float = 300, pause: float = 0.1) -> None:
        """Wait for a condition, which is checked every `pause` seconds.

        Raises:
            RuntimeError: the process ended before, or it took too long; the message is its log.
        """
        deadline = time.monotonic() + seconds
        while not ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(self.words())
            time.sleep(pause)


@contextlib.contextmanager
def mongo_process() -> Iterator[EmbeddedMongo]:
    """Run an embedded MongoDB in a folder of its own; neither outlives the block, nor this process (Linux)."""
    with tempfile.TemporaryDirectory(prefix="wrapped-mongo-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        try:
            yield embedded.start(folder, tied=True)
        finally:
            embedded.stop(folder, patience=0)


@contextlib.contextmanager
def webserver(home: Path, *workspace: str, cwd: Path) -> Iterator[str]:
    """Run the Dagster UI on the instance in a folder; yields its URL once it answers.

    Args:
        home: the instance's folder, which also gets the log.
        workspace: arguments that name the code locations, such as `-m hiscores.definitions`.
        cwd: where it runs.
    """
    port = process.free_port()
    command = [sys.executable, "-m", "dagster_webserver", "-h", process.HOST, "-p", str(port), *workspace]
    env = {**os.environ, "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1"}
    with Process(command, home / "webserver.log", env, cwd) as server:
        server.wait_until(lambda: process.listens(server.process.pid, port))
        yield f"http://{process.HOST}:{port}"
