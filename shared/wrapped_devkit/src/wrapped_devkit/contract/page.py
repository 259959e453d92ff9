"""The page `docs/contract.md`: the guide, the sample report, and a reference of every collection and field.

What a field means is said in its model, and how to use the documents in `guide.md`; here they only become Markdown. The
stats and their titles are those of the vocabulary, and so are slides that the guide says nothing more of.
"""

import inspect
from importlib.resources import files
from itertools import pairwise
from typing import Final, get_args

from dagster import TableColumn
from pydantic import BaseModel
from wrapped_shared.table_schema import table_schema
from wrapped_shared.vocabulary import STAT_WORDS, SlideStat

from wrapped_devkit.contract.collections import CHAPTERS, Models

_ONE_OF: Final = "one of "
_SAMPLE_GOES_HERE: Final = "<!-- the sample report -->"
_STATS_GO_HERE: Final = "<!-- the stats -->"


def sample_report() -> str:
    """Return the sample report as JSON text."""
    return (files(__package__) / "sample_report.json").read_text(encoding="utf-8")


def page() -> str:
    """Return the page as Markdown."""
    guide = _with_every_slide((files(__package__) / "guide.md").read_text(encoding="utf-8"))
    guide = guide.replace(_STATS_GO_HERE, _stats())
    parts = [guide.replace(_SAMPLE_GOES_HERE, f"```json\n{sample_report()}```")]
    for chapter, collections in CHAPTERS.items():
        parts.append(f"## {chapter}\n")
        parts += [_section(collection, models) for collection, models in collections.items()]
    return "\n".join(parts)


def _with_every_slide(guide: str) -> str:
    """Return the guide with a row for each slide that its table lacks."""
    lines = guide.splitlines()
    for before, stat in pairwise(get_args(SlideStat)):
        if not any(line.startswith(f"| `{stat}` |") for line in lines):
            place = next(place for place, line in enumerate(lines) if line.startswith(f"| `{before}` |"))
            lines.insert(place + 1, f"| `{stat}` | its data | see its `text` | see `image_key` | see its `text` |")
    return "\n".join(lines) + "\n"


def _stats() -> str:
    """Return the table of stats; one without a unit is a count."""
    units = {"": "count", "XP": "experience points"}
    rows = [
        f"| `{stat}{'<name>' if stat.endswith(':') else ''}` | {title.format('…')} | {units.get(unit, unit + 's')} |"
        for stat, (title, unit) in STAT_WORDS.items()
    ]
    return "\n".join(["| `stat` | in words | unit |", "|---|---|---|", *rows])


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
