"""The documents of a JSON text that is read in chunks: one per line, over several lines, or in arrays.

Brackets and commas between documents are skipped, so all of these are read the same way. Memory holds one document
and one chunk. Broken text costs its own document, or everything up to the next line that may begin one.
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, Final

from wrapped_cli.importers.json_extent import Extent, Verdict
from wrapped_cli.importers.json_row import parse_row, row_at
from wrapped_cli.importers.rows import CUT_OFF, MAX_DOCUMENT_BYTES, NOT_JSON, TOO_LONG, Invalid, InvalidRowError
from wrapped_cli.importers.streams import Input

_PIECE: Final = 256 * 1024
_DEEPEST_INDENT: Final = 1000
_BETWEEN: Final = re.compile(r"[\s,\[\]\x1e\ufeff]*+")  # also the record separator of JSON text sequences
_LINE_END: Final = re.compile(r"\n")
_LINE_END_OR_ELEMENT: Final = re.compile(r"\n|(?<=[,\[])[ \t]*\{")
_INVALID_UTF8: Final = re.compile("[\udc80-\udcff]")  # what `surrogateescape` turns such bytes into


class JsonText:
    """The documents of one file. `line` and `number` are the place of the last one read, counted from 1."""

    def __init__(self, file: Input, piece: int = _PIECE) -> None:
        self.line = 1
        self.number = 0
        self._file, self._piece = file, piece
        self._decoder: codecs.IncrementalDecoder | None = None
        self._text = ""
        self._at = 0
        self._last = False
        self._now = 1  # the line at `_at`, where it starts in `_text`, and how many documents began on it
        self._line_start = 0
        self._begun = 0
        self._open = 0  # arrays that were opened between documents and not closed

    def position(self) -> int:
        """Return how many bytes of the file have been read."""
        return self._file.position()

    def documents(self) -> Iterator[dict[str, Any] | Invalid]:
        """Read the documents.

        Raises:
            CutOffError: the gzip stream is damaged.
        """
        found: dict[str, Any] | Invalid | None = None
        while self._pass_between():
            self._begun += 1
            self.line, self.number = self._now, self._begun
            found = self._document() if self._text[self._at] == "{" else self._junk()
            yield found
        if self._open > 0 and found != Invalid(CUT_OFF):
            yield Invalid(CUT_OFF)

    def _pass_between(self) -> bool:
        """Advance to the next character that is not white space or array punctuation; False at the end."""
        while True:
            found = _BETWEEN.match(self._text, self._at)
            end = found.end() if found else self._at
            between = self._text[self._at : end]
            self._open += between.count("[") - between.count("]")
            self._advance(end)
            if end < len(self._text):
                return True
            if not self._more():
                return False

    def _document(self) -> dict[str, Any] | Invalid:
        start = self._at
        try:
            document, end = row_at(self._text, start)
        except InvalidRowError as invalid:
            return self._incomplete(str(invalid))
        self._advance(end)
        if not self._text.isascii() and _INVALID_UTF8.search(self._text, start, end):
            return Invalid(NOT_JSON)
        return document

    def _incomplete(self, reason: str) -> dict[str, Any] | Invalid:
        """Find the end of a document that is invalid or not yet complete."""
        indent = min(self._at - self._line_start, _DEEPEST_INDENT)
        extent, at, grown = Extent(indent), self._at, False
        while True:
            verdict, at = extent.follow(self._text, at, last=self._last)
            if verdict is not Verdict.MORE:
                break
            if at - self._at > MAX_DOCUMENT_BYTES or reason == TOO_LONG:
                reason = TOO_LONG
                self._advance(at)
            at -= self._at
            if not self._more():
                self._advance(len(self._text))
                return Invalid(CUT_OFF)
            grown = True
        if verdict is Verdict.WHOLE and grown and reason != TOO_LONG:
            return self._document_until(at)
        self._advance(at)
        if verdict is Verdict.BROKEN:
            self._pass_lines(indent)
        return Invalid(reason)

    def _document_until(self, end: int) -> dict[str, Any] | Invalid:
        text = self._text[self._at : end]
        self._advance(end)
        try:
            return Invalid(NOT_JSON) if _INVALID_UTF8.search(text) else parse_row(text)
        except InvalidRowError as invalid:
            return Invalid(str(invalid))

    def _pass_lines(self, indent: int) -> None:
        """Advance to the next line that may begin a document or end an array, past the rest of a broken one."""
        line = re.compile(rf"\n[ \t]{{0,{indent}}}(?=[\[\]{{,])")
        while (found := line.search(self._text, self._at)) is None and not self._last:
            start = self._text.rfind("\n", self._at)
            undecided = start >= 0 and len(self._text) - start <= indent + 1
            self._advance(start if undecided else len(self._text))
            self._more()
        self._advance(found.end() if found else len(self._text))

    def _junk(self) -> Invalid:
        """Skip text that is not a document: up to the end of its line, in an array up to the next object."""
        end = _LINE_END_OR_ELEMENT if self._open > 0 else _LINE_END
        whole = True
        while (found := end.search(self._text, self._at)) is None and not self._last:
            if len(self._text) - self._at > self._piece:
                whole = False
                self._advance(len(self._text))
            self._more()
        text = self._text[self._at : found.start() if found else len(self._text)]
        self._advance(self._at + len(text))
        try:
            parse_row(text.rstrip(", \t\r]") if whole else "")
        except InvalidRowError as invalid:
            return Invalid(str(invalid))
        return Invalid(NOT_JSON)

    def _advance(self, end: int) -> None:
        lines = self._text.count("\n", self._at, end)
        if lines:
            self._now += lines
            self._line_start = self._text.rindex("\n", self._at, end) + 1
            self._begun = 0
        self._at = end

    def _more(self) -> bool:
        """Append a chunk to the unused text; False at the end of the file."""
        if self._last:
            return False
        raw = self._file.read(self._piece, up_to=True) if self._decoder else self._file.read(64)
        if self._decoder is None:
            encoding = json.detect_encoding(raw)
            errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
            self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self._last = not raw
        self._text = self._text[self._at :] + self._decoder.decode(raw, final=self._last)
        self._line_start -= self._at
        self._at = 0
        return True
