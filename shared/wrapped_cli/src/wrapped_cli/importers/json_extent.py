"""Where one JSON document ends in a text that arrives in pieces, and whether it can be one at all.

Brackets, quotes and lines are followed, nothing else: values are read by `json_row`. A JSON string holds no line
end, and a line that opens an object no deeper than the document itself begins another document. So one that was
cut off takes nothing of the next one with it.
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
    """It cannot be JSON; the position is at the end of the line that shows it."""
    MORE = "more"
    """It does not end in this text: go on from the position when there is more."""


class Extent:
    """Follows one document from its opening brace on."""

    def __init__(self, indent: int) -> None:
        """Begin at a document whose brace stands `indent` characters behind the start of its line."""
        self._indent = indent
        self._depth = 0
        self._quoted = False
        self._first_line = True
        self._flat = False  # a brace alone, and lines that are not indented: here indentation tells nothing

    def follow(self, text: str, at: int, *, last: bool) -> tuple[Verdict, int]:
        """Go on at a position of the text, the document's brace at first.

        Args:
            text: what there is of the document.
            at: where to go on.
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
        """Tell whether the line at `start`, whose first sign stands at `line`, begins another document."""
        sign = text[line : line + 1]
        if sign in ("", "\n", "\r"):
            return False
        outside = line - start <= self._indent
        if self._first_line:
            self._first_line = False
            alone = self._depth == 1 and text[max(0, start - 9) : start].rstrip().endswith("{")
            self._flat = outside and alone and sign == '"'
        return outside and sign == "{" and not self._flat
