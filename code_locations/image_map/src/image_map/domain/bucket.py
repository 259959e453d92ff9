"""Rows of the wiki's Bucket tables (`infobox_monster`, `infobox_npc`, `infobox_item`), normalised.

The API leaves out empty fields, sends numbers as strings and single values instead of lists; this module gives every
row the same shape. Requesting rows belongs to `upstream`, choosing among them to `resolution`.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from wrapped_shared.stored.image_map import WikiRow as StoredRow

from image_map.domain.titles import clean_text, file_titles

MONSTERS: Final = "infobox_monster"
NPCS: Final = "infobox_npc"
ITEMS_TABLE: Final = "infobox_item"
MAPPING: Final = "mapping"
"""The price service's own list of items, stored alongside the wiki's tables."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    MONSTERS: ("page_name", "page_name_sub", "name", "id", "image", "combat_level"),
    NPCS: ("page_name", "page_name_sub", "name", "npc_id", "image"),
    ITEMS_TABLE: ("page_name", "page_name_sub", "item_name", "item_id", "image"),
}
"""The fields requested from each table; a field that a query sorts by must be selected."""

FEWEST_FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    MONSTERS: ("page_name", "page_name_sub", "id", "image"),
    NPCS: ("page_name", "page_name_sub", "npc_id"),
    ITEMS_TABLE: ("page_name", "page_name_sub", "item_id", "image"),
}
"""The minimum, for when the wiki no longer has some field; the page's title then serves as the name."""

_ID: Final = re.compile(r"\d{1,9}")
_ID_FIELDS: Final = ("id", "npc_id", "item_id")
_NAME_FIELDS: Final = ("name", "item_name")


@dataclass(frozen=True, slots=True)
class WikiRow:
    """One infobox (or one version of it) of one page."""

    page: str
    """Title of the page."""
    version: str | None
    """The version's label, which is the section of the page; None if the infobox has one version."""
    name: str
    """Name in the game; the page's title may differ."""
    ids: tuple[int, ...]
    """Ids in the game, in the wiki's order, without those of old or test servers (`hist11249`, `beta…`)."""
    images: tuple[str, ...]
    """`File:…` titles, one or several."""
    level: int | None = None
    """Combat level, if the table has one."""

    def stored(self) -> StoredRow:
        """Return the row as stored in MongoDB; `WikiRow.read` is the inverse."""
        return {
            "page": self.page,
            "version": self.version,
            "name": self.name,
            "ids": list(self.ids),
            "images": list(self.images),
            "level": self.level,
        }

    @classmethod
    def read(cls, stored: StoredRow) -> "WikiRow":
        """Return the row from a document made by `stored`."""
        return cls(
            page=stored["page"],
            version=stored["version"],
            name=stored["name"],
            ids=tuple(stored["ids"]),
            images=tuple(stored["images"]),
            level=stored["level"],
        )


def parse_row(row: object) -> WikiRow | None:
    """Return one row of a Bucket response, normalised, or None if it names no page (as in `{}`)."""
    if not isinstance(row, Mapping):
        return None
    sub = clean_text(row.get("page_name_sub"))
    page, _, version = sub.partition("#")
    page = clean_text(row.get("page_name")) or page
    if not page:
        return None
    name = next((text for field in _NAME_FIELDS if (text := clean_text(_first(row.get(field))))), page)
    ids = [value for field in _ID_FIELDS for value in _ids(row.get(field))]
    return WikiRow(
        page=page,
        version=version.strip() or None,
        name=name,
        ids=tuple(dict.fromkeys(ids)),
        images=tuple(file_titles(row.get("image"))),
        level=_level(row.get("combat_level")),
    )


def parse_mapping_row(row: object) -> WikiRow | None:
    """Return one entry of the price service's item list (`{id, name, …}`) as a row, or None."""
    if not isinstance(row, Mapping):
        return None
    name, ids = clean_text(row.get("name")), _ids(row.get("id"))
    if not name or not ids:
        return None
    return WikiRow(page=name, version=None, name=name, ids=tuple(ids), images=())


def bucket_query(table: str, limit: int, offset: int, names: Sequence[str] = ()) -> str:
    """Return the Lua expression that requests one page of a table in a fixed order; no names = its `FIELDS`."""
    fields = ",".join(f"'{name}'" for name in names or FIELDS[table])
    page = f"limit({limit}).offset({offset})"
    return f"bucket('{table}').select({fields}).{page}.orderBy('page_name_sub','asc').run()"


def _first(value: object) -> object:
    return value[0] if isinstance(value, list) and value else value


def _ids(value: object) -> list[int]:
    """Ids from a field that may be a number, a string, a comma-separated string or a list of those."""
    found: list[int] = []
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, int) and not isinstance(one, bool):
            found += [one] if 0 <= one < 10**9 else []
        elif isinstance(one, str):
            parts = (part.strip() for part in clean_text(one).split(","))
            found += [int(part) for part in parts if part.isascii() and _ID.fullmatch(part)]
    return found


def _level(value: object) -> int | None:
    text = clean_text(_first(value)).replace(",", "")
    try:
        level = float(text)
    except ValueError:
        return None
    return int(level) if level.is_integer() and 0 <= level < 100_000 else None
