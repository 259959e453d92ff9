"""Finds where a JSON document ends in a text that arrives in chunks, and whether it can be JSON at all.

Only brackets, quotes and lines are tracked; values are read by `json_row`. A JSON string contains no line break, and
a line that opens an object no deeper than the document itself starts another document. So a truncated document does
not swallow part of the next one.
"""

import re
from enum import Enum
from typing import Final

_OUTSIDE: Final = re.compile(r'[^"{}\[\]\n]*+')
_QUOTED: Final = re.compile(r'[^"\\\n]*+(?:\\[^\n][^"\\\n]*+)*+')
_INDENT: Final = re.compile(r"[ \t]*+")


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


class Verdict(Enum):
    """What `Extent.follow` found."""

    WHOLE = "whole"
    """The document ends at the position."""
    BROKEN = "broken"
    """It cannot be JSON; the position is at the end of the line that proves it."""
    MORE = "more"
    """It does not end in this text: continue from the position when there is more."""


class Extent:
    """Tracks one document from its opening brace on."""

    def __init__(self, indent: int) -> None:
        """Start at a document whose brace is `indent` characters after the start of its line."""
        self._indent = indent
        self._depth = 0
        self._quoted = False
        self._first_line = True
        self._flat = False  # a brace alone, and unindented lines: indentation means nothing here

    def follow(self, text: str, at: int, *, last: bool) -> tuple[Verdict, int]:
        """Continue at a position in the text, at first the document's brace.

        Args:
            text: the part of the document read so far.
            at: where to continue.
            last: whether nothing comes after the text.
        """
        size = len(text)
        while True:
            at = _end(_QUOTED if self._quoted else _OUTSIDE, text, at)
            if at >= size or (text[at] == "\\" and at + 1 == size):
                return Verdict.MORE, at
            sign = text[at]
            if self._quoted and sign != '"':  # a line end, or a backslash before one
                return Verdict.BROKEN, at
            if sign == "\n":
                line = _end(_INDENT, text, at + 1)
                if line >= size and not last:
                    return Verdict.MORE, at
                if self._next_document(text, at + 1, line):
                    return Verdict.BROKEN, at
            elif sign == '"':
                self._quoted = not self._quoted
            else:
                self._depth += 1 if sign in "{[" else -1
                if self._depth == 0:
                    return Verdict.WHOLE, at + 1
            at += 1

    def _next_document(self, text: str, start: int, line: int) -> bool:
        """Return whether the line at `start`, whose first non-blank character is at `line`, begins another document."""
        sign = text[line : line + 1]
        if sign in ("", "\n", "\r"):
            return False
        outside = line - start <= self._indent
        if self._first_line:
            self._first_line = False
            alone = self._depth == 1 and text[max(0, start - 9) : start].rstrip().endswith("{")
            self._flat = outside and alone and sign == '"'
        return outside and sign == "{" and not self._flat
