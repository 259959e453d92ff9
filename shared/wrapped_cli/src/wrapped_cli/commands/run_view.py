"""How `wrapped run` shows its runs: one line per result, and a spinner on a terminal."""

import time

from rich.console import Console
from rich.status import Status

from wrapped_cli.runner.report import Word
from wrapped_cli.text import shown


class ConsoleReport:
    """Shows runs on a terminal, or line by line elsewhere: a `Report` of `wrapped_cli.runner.report`."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._status: Status | None = None
        self._begun = 0.0
        self._title: str | None = None

    def __call__(self, word: Word, text: str) -> None:
        """Show an event."""
        if word == "begun":
            self._begin(text)
        elif word == "progress" and self._status is not None:
            self._status.update(shown(f"{self._title}: {text}"))
        elif word == "note":
            self._console.print("  ", shown(text, 400), sep="", soft_wrap=True)
        elif word == "failed":
            self._title = None
            self._stop()
            self._console.print("[red]failed[/red]: ", shown(text, 600), sep="", soft_wrap=True)
        elif word == "done":
            self._end()

    def _begin(self, title: str) -> None:
        self._end()
        self._title, self._begun = title, time.monotonic()
        if self._console.is_terminal:
            self._status = self._console.status(shown(title))
            self._status.start()

    def _end(self) -> None:
        self._stop()
        if self._title is not None:
            took = time.monotonic() - self._begun
            self._console.print("[green]done[/green] ", shown(self._title), f" ({took:.1f} s)", sep="")
            self._title = None

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
