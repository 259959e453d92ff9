"""JSON files, gzipped or not: what `mongoexport`, Compass or a log writes."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from wrapped_cli.importers.events import collection_of_event, collection_of_name
from wrapped_cli.importers.json_text import JsonText
from wrapped_cli.importers.restore import RESTORED
from wrapped_cli.importers.rows import UNKNOWN_EVENT, Invalid, Row, Source
from wrapped_cli.importers.streams import CutOffError, Input


class JsonFile(Source):
    """A JSON file.

    A line of `wrapped export` names its collection. Otherwise, a file named after a collection or event
    (`game_ticks.jsonl.gz`) contains only that event, regardless of its documents' `event`; in any other file, the
    `event` of each document decides.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self.total = path.stat().st_size
        self._text: JsonText | None = None
        stem = path.name.removesuffix(".gz")
        self._collection = collection_of_name(stem.rsplit(".", 1)[0] if "." in stem else stem)

    def done(self) -> int:
        """Return the bytes read."""
        return self._text.position() if self._text else 0

    def where(self) -> str:
        """Return the line of the last document read, and its number if several begin on that line."""
        if self._text is None:
            return self.label
        number = f", document {self._text.number}" if self._text.number > 1 else ""
        return f"{self.label} line {self._text.line}{number}"

    def rows(self) -> Iterator[Row | Invalid]:
        """Read the documents."""
        with Input(self.path) as file:
            self._text = JsonText(file)
            try:
                for found in self._text.documents():
                    yield found if isinstance(found, Invalid) else self._row(found)
            except CutOffError as damage:
                yield Invalid(str(damage))
            finally:
                self._text = None  # many files may be known at once

    def _row(self, document: dict[str, Any]) -> Row | Invalid:
        if document.keys() == {"collection", "document"} and isinstance(document["document"], dict):  # wrapped export
            name = str(document["collection"])
            exported = name if name in RESTORED else collection_of_name(name)
            return Row(exported, document["document"]) if exported else Invalid(UNKNOWN_EVENT)
        collection = self._collection or collection_of_event(document.get("event"))
        return Row(collection, document) if collection else Invalid(UNKNOWN_EVENT)
