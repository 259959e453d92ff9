"""Markdown for the Dagster UI: untrusted text and tables.

Names come from telemetry and from the wiki: everything that a location shows as Markdown goes through here.
"""

from collections.abc import Iterable, Sequence
from typing import Final

_HARMLESS: Final = frozenset(" .,:;%-")
_LONGEST: Final = 120


def escaped(text: str) -> str:
    """Return untrusted text on one line, escaped so that Markdown shows it as it is; cut after 120 characters."""
    plain = " ".join(text[:_LONGEST].split())
    return "".join(char if char.isalnum() or char in _HARMLESS else f"&#{ord(char)};" for char in plain)


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a Markdown table; the cells are escaped."""
    lines = [header, ["---"] * len(header), *([escaped(str(cell)) for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
