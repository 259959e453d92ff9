"""The output of the command: it never fails what the command does.

A reader that goes away, as `head` does, ends the output and not the work; what a terminal cannot show becomes `?`.
"""

import io
import os
import sys
from typing import TextIO


class _Pipe(io.FileIO):
    """A file descriptor whose reader may go away: what is written from then on is dropped."""

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(data)


def forgive_output() -> None:
    """Make the output of this process as the module says, for stdout and stderr, where they are open."""
    if sys.stdout is not None:
        sys.stdout = _forgiving(sys.stdout)
    if sys.stderr is not None:
        sys.stderr = _forgiving(sys.stderr)


def _forgiving(stream: TextIO) -> TextIO:
    stream.flush()
    raw: io.RawIOBase = _Pipe(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors="replace",
        line_buffering=bool(stream.line_buffering),
    )
