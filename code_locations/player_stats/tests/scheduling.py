"""Runs programs against a real server in a schedule that a test chooses, command by command; any may be killed.

A killed program's next command never leaves, and none after it, as if its process were gone.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product
from typing import Any

from pymongo import monitoring
from pymongo.database import Database
from wrapped_shared.mongo import connect

PATIENCE = 60
Command = tuple[str, str]
"""The name of a command, and its collection."""
Advance = int | Command | None
"""How far a program runs: a number of commands, up to the next one like this, or to its end."""
KILL = -1
Step = tuple[int, Advance]
"""A program, and how far it runs."""


class Killed(BaseException):
    """Not an Exception: pymongo swallows those of a listener."""


class _Gate(monitoring.CommandListener):
    def __init__(self) -> None:
        self.go = threading.Semaphore(0)
        self.waits = threading.Semaphore(0)
        self.killed = False
        self.thread: threading.Thread | None = None
        self.next: Command = ("", "")

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        if threading.current_thread() is self.thread:
            self.next = event.command_name, str(event.command[event.command_name])
            self.waits.release()
            if not self.go.acquire(timeout=PATIENCE):
                raise Killed
            if self.killed:
                raise Killed

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        pass

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        pass


class Program:
    """A program with its own client, which outlives it."""

    def __init__(self, uri: str, database: str) -> None:
        self._gate = _Gate()
        self._client = connect(uri, event_listeners=[self._gate])
        self._database: Database[dict[str, Any]] = self._client[database]
        self._database.command("ping")
        self.running = False
        self.error: BaseException | None = None

    def close(self) -> None:
        self._client.close()

    def start(self, body: Callable[[Database[dict[str, Any]]], None]) -> None:
        """Run up to the first command."""
        self._gate.killed = False
        self.error = None
        self.running = True
        self._gate.thread = threading.Thread(target=self._run, args=(body,), daemon=True)
        self._gate.thread.start()
        self._wait()

    def _run(self, body: Callable[[Database[dict[str, Any]]], None]) -> None:
        try:
            body(self._database)
        except Killed as error:
            if not self._gate.killed:
                self.error = error
        except BaseException as error:  # noqa: BLE001 - shown by whoever steps
            self.error = error
        finally:
            self.running = False
            self._gate.waits.release()

    def _wait(self) -> None:
        assert self._gate.waits.acquire(timeout=PATIENCE), "a program neither sends a command nor ends"
        if self.error is not None:
            raise self.error

    def go(self, how_far: Advance) -> None:
        """Let it send commands and run up to the next one."""
        sent = 0
        while self.running and how_far not in (sent, self._gate.next):
            self._gate.go.release()
            self._wait()
            sent += 1

    def kill(self) -> None:
        """Stop all its further commands."""
        self._gate.killed = True
        while self.running:
            self._gate.go.release()
            self._wait()


def play(programs: Sequence[Program], schedule: Sequence[Step]) -> None:
    """Run started programs as scheduled, then the remaining ones to their end, in order."""
    for which, how_far in schedule:
        if how_far == KILL:
            programs[which].kill()
        else:
            programs[which].go(how_far)
    for program in programs:
        program.go(None)


def merges(lengths: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Every order of a number of steps of each program."""
    if not any(lengths):
        yield ()
    for which, length in enumerate(lengths):
        if length:
            for rest in merges([*lengths[:which], length - 1, *lengths[which + 1 :]]):
                yield which, *rest


def preemptions(programs: int, commands: int, switches: int) -> Iterator[list[Step]]:
    """Every schedule with that many switches between programs, each after 1 to `commands` commands.

    The first is always program 0: the others are the same with their names changed.
    """
    for order in product(range(programs), repeat=switches):
        if order[0] == 0 and all(a != b for a, b in pairwise(order)):
            for lengths in product(range(1, commands + 1), repeat=switches):
                yield list(zip(order, lengths, strict=True))
