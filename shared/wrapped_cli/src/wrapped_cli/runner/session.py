"""One `wrapped run` from the command's side: check the arguments, start one worker, show what it reports.

Dagster is never imported here: that takes longer than finding out that there is nothing to do.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path
from typing import Any, Final

from wrapped_cli.embedded import resolve_uri
from wrapped_cli.embedded.paths import state_dir
from wrapped_cli.errors import CommandError
from wrapped_cli.runner.home import dagster_home
from wrapped_cli.runner.report import Report, Word, read_line
from wrapped_cli.runner.request import Request
from wrapped_cli.runner.workspace import choose, location_modules

_PATIENCE_SECONDS: Final = 20
"""How long a stopped worker may take to mark its runs as failed."""


def run_session(
    report: Report,
    *,
    locations: Sequence[str] = (),
    first: str | None = None,
    last: str | None = None,
    players: Sequence[str] = (),
) -> list[str]:
    """Materialise everything the data in MongoDB requires; return the errors of failed steps.

    Args:
        report: shows the progress.
        locations: the locations to run, all by default.
        first: compute all days from this one on, owed or not.
        last: compute all days up to this one.
        players: names of the chosen players, all by default.

    Raises:
        CommandError: an argument is invalid, or MongoDB cannot be reached or rejects the request.
    """
    chosen = choose(location_modules(), list(locations))
    request = Request(chosen, _day(first, "--from"), _day(last, "--to"), list(players))
    if request.first and request.last and request.first > request.last:
        raise CommandError(f"--from {request.first} is after --to {request.last}: swap them")
    environment = {**os.environ, "MONGO_URI": resolve_uri(), "DAGSTER_HOME": str(dagster_home())}
    log = state_dir() / "logs" / "run.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    said: dict[Word, list[str]] = {}
    with _worker(request, environment, log) as worker:
        for line in worker.stdout or ():
            word, text = read_line(line)
            report(word, text)
            said.setdefault(word, []).append(text)
        code = worker.wait()
    if "stopped" in said:
        raise CommandError(said["stopped"][0])
    errors = said.get("failed", [])
    if code and not errors:
        errors.append(f"the worker ended with code {code}: run it again to continue; its last output is in {log}")
        report("failed", errors[0])
    return errors


@contextmanager
def _worker(request: Request, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[str]]:
    """Run the worker in its own session, so that Ctrl-C reaches it once, from here. It ends with the block."""
    with log.open("a") as output, _termination_interrupts():
        worker = subprocess.Popen(
            [sys.executable, "-m", "wrapped_cli.runner.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            env=environment,
            text=True,
            start_new_session=True,
        )
        try:
            # Standard input stays open: the worker ends when it closes, no matter how this process ends.
            if worker.stdin is not None:
                worker.stdin.write(request.text() + "\n")
                worker.stdin.flush()
            yield worker
        finally:
            _end(worker)


def _end(worker: subprocess.Popen[str]) -> None:
    worker.terminate()
    try:
        worker.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        worker.kill()
        worker.wait()
    for stream in (worker.stdin, worker.stdout):
        if stream is not None:
            with suppress(BrokenPipeError):
                stream.close()


@contextmanager
def _termination_interrupts() -> Iterator[None]:
    """Treat SIGTERM as Ctrl-C during the block, so that the worker is stopped as well."""
    try:
        before: Any = signal.signal(signal.SIGTERM, signal.default_int_handler)
    except ValueError:  # not in the main thread, so there are no signals to handle
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _day(text: str | None, option: str) -> str | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise CommandError(f"{option} needs a day such as 2024-12-31, not {text[:20]!r}") from None
