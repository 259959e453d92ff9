"""The page `docs/contract.md`: the guide, the sample report, and a reference of every collection and field.

What a field means is said in its model, and how to use the documents in `guide.md`; here they only become Markdown.
"""

import inspect
from importlib.resources import files
from typing import Final

from dagster import TableColumn
from pydantic import BaseModel
from wrapped_shared.table_schema import table_schema

from wrapped_devkit.contract.collections import CHAPTERS, Models

_ONE_OF: Final = "one of "
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
    limits = [limit for limit in column.constraints.other if not limit.startswith(_ONE_OF)]
    return ", ".join([f"{column.type}{' or null' if column.constraints.nullable else ''}", *limits])


def _meaning(column: TableColumn) -> str:
    """Return what a field means, and the words it is one of where the meaning does not name all of them."""
    text = " ".join((column.description or "").split())
    for limit in column.constraints.other:
        words = [f"`{word}`" for word in limit.removeprefix(_ONE_OF).split(", ")]
        if limit.startswith(_ONE_OF) and not all(word in text for word in words):
            text += f" One of {', '.join(words)}."
    return text.replace("|", "\\|")
