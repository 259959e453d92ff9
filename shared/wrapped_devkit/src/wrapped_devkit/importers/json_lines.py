"""JSON lines, gzipped or not: one event a line, as `mongoexport` or a log writes them."""

from collections.abc import Iterator
from pathlib import Path

from wrapped_devkit.importers.events import collection_of_event, collection_of_name
from wrapped_devkit.importers.json_row import parse_row
from wrapped_devkit.importers.rows import (
    MAX_DOCUMENT_BYTES,
    TOO_LONG,
    UNKNOWN_EVENT,
    Bad,
    BadRowError,
    Row,
    Source,
)
from wrapped_devkit.importers.streams import CutOffError, Input

_BOM = b"\xef\xbb\xbf"


class JsonLines(Source):
    """A file of JSON lines.

    A file that is named after a collection or event (`game_ticks.jsonl.gz`) holds that kind only, whatever
    its rows say; in any other the `event` of each row decides.
    """

    def __init__(self, path: Path) -> None:
        self.label = path.name
        self.total = path.stat().st_size
        self._path = path
        self._done = 0
        self._line = 0
        stem = path.name.removesuffix(".gz")
        self._collection = collection_of_name(stem.rsplit(".", 1)[0] if "." in stem else stem)

    def done(self) -> int:
        """Return the bytes read."""
        return self._done

    def where(self) -> str:
        """Return the line read last."""
        return f"{self.label} line {self._line}"

    def rows(self) -> Iterator[Row | Bad]:
        """Read the lines; empty ones are passed over."""
        with Input(self._path) as file:
            try:
                for line in file.lines(MAX_DOCUMENT_BYTES):
                    self._line += 1
                    if self._line % 100 == 0:
                        self._done = file.position()
                    text = line.removeprefix(_BOM).strip() if self._line == 1 else line.strip()
                    if text:
                        yield self._row(text)
            except CutOffError as damage:
                yield Bad(str(damage))

    def _row(self, text: bytes) -> Row | Bad:
        if len(text) >= MAX_DOCUMENT_BYTES:
            return Bad(TOO_LONG)
        try:
            document = parse_row(text)
        except BadRowError as bad:
            return Bad(str(bad))
        collection = self._collection or collection_of_event(document.get("event"))
        return Row(collection, document) if collection else Bad(UNKNOWN_EVENT)
