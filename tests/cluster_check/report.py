"""What the test did, with timings: printed as it goes, written as Markdown at the end.

What belongs here: telling. What does not: doing.
"""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path


@dataclass
class Scene:
    """One thing that was tried."""

    title: str
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    failed: str = ""


@dataclass
class Report:
    """All that was tried."""

    cluster: str = ""
    scenes: list[Scene] = field(default_factory=list)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @contextmanager
    def scene(self, title: str) -> Iterator[Scene]:
        """Time a scene; a failure is noted and goes on upwards."""
        scene = Scene(title)
        self.scenes.append(scene)
        _say(f"{datetime.now(UTC):%H:%M:%S} {title}")
        started = time.monotonic()
        try:
            yield scene
        except BaseException as error:
            scene.failed = str(error) or type(error).__name__
            raise
        finally:
            scene.seconds = time.monotonic() - started
            for note in scene.notes:
                _say(f"           {note}")
            _say(f"           {'FAILED: ' + scene.failed if scene.failed else 'ok'} ({scene.seconds:.1f} s)")

    def write(self, path: Path, *, only: list[str]) -> None:
        """Write the report as Markdown; one of some scenes only goes below the one that is there."""
        total = sum(scene.seconds for scene in self.scenes)
        good = sum(1 for scene in self.scenes if not scene.failed)
        told = (
            f"`make test-cluster`, {self.began:%Y-%m-%d %H:%M} UTC, on {self.cluster}: {good} of {len(self.scenes)} "
            f"scenes passed in {total:.0f} s. Written by the test itself."
        )
        lines = [
            "# Scenes run again" if only else "# Report of the last cluster test",
            "",
            told,
            "",
            "| scene | seconds | what was seen |",
            "|---|---|---|",
        ]
        for scene in self.scenes:
            notes = [*scene.notes, *([f"**failed:** {scene.failed}"] if scene.failed else [])]
            cell = "<br>".join(_cell(note) for note in notes) or "as expected"
            lines.append(f"| {scene.title} | {scene.seconds:.1f} | {cell} |")
        above = path.read_text() + "\n" if only and path.exists() else ""
        path.write_text(above + "\n".join(lines) + "\n")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")[:900]


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
