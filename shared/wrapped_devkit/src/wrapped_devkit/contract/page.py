"""The page `docs/contract.md`: the guide, the sample report, and a reference of every collection and field.

What a field means is said in its model, and how to use the documents in `guide.md`; here they only become Markdown.
"""

import inspect
from importlib.resources import files
from typing import Final

from dagster import TableColumn
from pydantic import BaseModel
from wrapped_shared.table_schema import MAY_BE_ABSENT, table_schema

from wrapped_devkit.contract.collections import CHAPTERS, Models

_SAMPLE_GOES_HERE: Final = "<!-- the sample report -->"


def sample_report() -> str:
    """Return the sample report as JSON text."""
    return (files(__package__) / "sample_report.json").read_text(encoding="utf-8")


def page() -> str:
    """Return the page as Markdown."""
    guide = (files(__package__) / "guide.md").read_text(encoding="utf-8")
    parts = [guide.replace(_SAMPLE_GOES_HERE, f"```json\n{sample_report()}```")]
    for chapter, collections in CHAPTERS.items():
        parts.append(f"## {chapter}\n")
        parts += [_section(collection, models) for collection, models in collections.items()]
    return "\n".join(parts)


def _section(collection: str, models: Models) -> str:
    link = f"JSON Schema: [{collection}.json](schemas/{collection}.json)\n"
    return "\n".join([f"### {collection}\n", *map(_described, models), link])


def _described(model: type[BaseModel]) -> str:
    rows = [f"| `{column.name}` | {_type(column)} | {_meaning(column)} |" for column in table_schema(model).columns]
    text = inspect.getdoc(model) or ""
    return "\n".join([f"{text}\n", "| field | type | meaning |", "|---|---|---|", *rows, ""])


def _type(column: TableColumn) -> str:
    absent = ", may be absent" if MAY_BE_ABSENT in column.constraints.other else ""
    return f"{column.type}{' or null' if column.constraints.nullable else ''}{absent}"


def _meaning(column: TableColumn) -> str:
    """Return what a field means and its limits, but for words that the meaning explains itself."""
    text = " ".join((column.description or "").split())
    for limit in column.constraints.other:
        words = limit.removeprefix("one of ").split(", ")
        if limit == MAY_BE_ABSENT or (limit.startswith("one of ") and all(f"`{word}`" in text for word in words)):
            continue
        shown = f"One of {', '.join(f'`{word}`' for word in words)}" if limit.startswith("one of ") else limit
        text += f" {shown}."
    return text.replace("|", "\\|")
