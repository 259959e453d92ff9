"""The page `docs/contract.md`, written from the models: `python -m wrapped_devkit.contract_page > docs/contract.md`.

A test holds the page to the models. What a field means is told in its model and nowhere else.
"""

import inspect
from collections.abc import Mapping
from typing import Final

from pydantic import BaseModel
from wrapped_shared import collections as names
from wrapped_shared.models import VALIDATED_MODELS
from wrapped_shared.models.hiscores import CatalogueRow, HiscoresSnapshot, RosterEntry
from wrapped_shared.models.image_map import SheetFile, WikiRows
from wrapped_shared.models.raw import RawEvent
from wrapped_shared.table_schema import table_schema

RAW: Final[Mapping[str, type[BaseModel]]] = {
    **dict.fromkeys(names.RAW_EVENT_COLLECTIONS, RawEvent),
    names.HISCORES: HiscoresSnapshot,
}
ANALYTICS: Final[Mapping[str, type[BaseModel]]] = {
    **VALIDATED_MODELS,
    names.HISCORES_ROSTER: RosterEntry,
    names.ACTIVITY_CATALOGUE: CatalogueRow,
    names.WIKI_ROWS: WikiRows,
    f"{names.SPRITES_BUCKET}.files": SheetFile,
}

_INTRODUCTION: Final = """\
# The documents

Every collection that the three code locations read or write, a section each. The page is written from the pydantic
models in `shared/wrapped_shared/src/wrapped_shared/models`; after a change there run
`.venv/bin/python -m wrapped_devkit.contract_page > docs/contract.md`.

Days and months are UTC. A game tick lasts 0.6 seconds. A path such as `places[].name` is a field of a list's entries,
`skills{}.gained` one of a map's values. Fields may be added; none changes its meaning while `schema_version` stays.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [_INTRODUCTION]
    for database, models in ((names.RAW_DATABASE, RAW), (names.ANALYTICS_DATABASE, ANALYTICS)):
        parts.append(f"## Database `{database}`\n")
        parts += [_section(collection, model) for collection, model in models.items()]
    return "\n".join(parts)


def _section(collection: str, model: type[BaseModel]) -> str:
    rows = [
        f"| `{column.name}` | {column.type}{' or null' if column.constraints.nullable else ''} "
        f"| {_cell(column.description or '')} |"
        for column in table_schema(model).columns
    ]
    told = inspect.getdoc(model) or ""
    return "\n".join([f"### {collection}\n", f"{told}\n", "| field | type | meaning |", "|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")  # noqa: T201
