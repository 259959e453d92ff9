"""The command's output: writing it never makes the command fail.

A reader that goes away, as `head` does, ends the output but not the work; characters that a terminal cannot show
become `?`.
"""

import io
import os
import sys
from typing import TextIO


class _Pipe(io.FileIO):
    """A file descriptor whose reader may go away; anything written after that is dropped."""

    def write(self, data: "bytes | bytearray | memoryview") -> int:  # type: ignore[override]
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            return len(data)


def forgive_output() -> None:
    """Set up stdout and stderr of this process as described above, where they are open."""
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
