"""How `wrapped run` shows its runs: one line per result, and a spinner on a terminal."""

import time

from rich.console import Console
from rich.status import Status

from wrapped_cli.text import shown


class ConsoleReporter:
    """Shows runs on a terminal, or line by line elsewhere."""

    def __init__(self) -> None:
        self._console = Console(highlight=False)
        self._status: Status | None = None
        self._begun = 0.0
        self._title: str | None = None

    def begun(self, title: str) -> None:
        """A run has started."""
        self.done()
        self._title, self._begun = title, time.monotonic()
        if self._console.is_terminal:
            self._status = self._console.status(shown(title))
            self._status.start()

    def progress(self, text: str) -> None:
        """The latest status of the current run."""
        if self._status is not None:
            self._status.update(shown(f"{self._title}: {text}"))

    def note(self, text: str) -> None:
        """Something worth one line."""
        self._console.print("  ", shown(text, 400), sep="", soft_wrap=True)

    def failed(self, text: str) -> None:
        """A step or run has failed."""
        self._title = None
        self._stop()
        self._console.print("[red]failed[/red]: ", shown(text, 600), sep="", soft_wrap=True)

    def done(self) -> None:
        """The current run succeeded."""
        self._stop()
        if self._title is not None:
            took = time.monotonic() - self._begun
            self._console.print("[green]done[/green] ", shown(self._title), f" ({took:.1f} s)", sep="")
            self._title = None

    def _stop(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None
