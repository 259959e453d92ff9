"""How the worker reports to the command: calls of a `Reporter`, one JSON line each."""

import json
from typing import Any, Final, Protocol, TextIO


class Reporter(Protocol):
    """Shows the progress of runs."""

    def begun(self, title: str) -> None:
        """A run has started."""

    def progress(self, text: str) -> None:
        """The latest status of the current run."""

    def note(self, text: str) -> None:
        """Something worth one line: a warning, a failed check."""

    def failed(self, text: str) -> None:
        """A step, run or location has failed."""

    def done(self) -> None:
        """The current run succeeded."""


STOPPED: Final = "stopped"
"""The first word of the line with which the worker gives up; it is not a method of `Reporter`. The reason follows."""
_WORDS: Final = ("begun", "progress", "note", "failed", "done")


class Lines:
    """The worker's reporter."""

    def __init__(self, stream: TextIO) -> None:
        """Write to a stream that nothing else writes to."""
        self._stream = stream

    def begun(self, title: str) -> None:
        """A run has started."""
        self._say("begun", title)

    def progress(self, text: str) -> None:
        """The latest status of the current run."""
        self._say("progress", text)

    def note(self, text: str) -> None:
        """Something worth one line."""
        self._say("note", text)

    def failed(self, text: str) -> None:
        """A step, run or location has failed."""
        self._say("failed", text)

    def done(self) -> None:
        """The current run succeeded."""
        self._say("done")

    def stopped(self, text: str) -> None:
        """The worker gives up, for this reason."""
        self._say(STOPPED, text)

    def _say(self, *words: str) -> None:
        self._stream.write(json.dumps(words) + "\n")
        self._stream.flush()


def relay(line: str, reporter: Reporter) -> tuple[str, str]:
    """Pass a worker's line on to a reporter; return its first word and its text."""
    words: list[Any] = json.loads(line)
    if words[0] in _WORDS:
        getattr(reporter, words[0])(*words[1:])
    return words[0], words[1] if len(words) > 1 else ""
