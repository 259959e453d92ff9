"""Item names and base ids.

The game uses several ids for one item: as a note, as a bank placeholder, and (for weight-reducing gear) while worn. The
wiki lists only the base id; `data/item_forms.tsv` has the pairs, as runs. `data/item_names.tsv` has the names of base
ids as known when it was made; the wiki and the price service, which are newer, take precedence. An id unknown to all of
them gets no document: no name is better than a guessed one.
"""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from wrapped_shared.collections import ITEMS
from wrapped_shared.stored.image_map import Item
from wrapped_shared.version import SCHEMA_VERSIONS
from wrapped_shared.vocabulary import ItemSource

from image_map.domain.bucket import WikiRow


def parse_forms(text: str) -> dict[int, int]:
    """Return {id: base id} from the table's runs: form, id, base id, length, step of ids, step of base ids."""
    forms: dict[int, int] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            first, base, length, step, base_step = map(int, line.split("\t")[1:])
            forms.update((first + turn * step, base + turn * base_step) for turn in range(length))
    return forms


@cache
def known_forms() -> Mapping[int, int]:
    """Return {id of a note, placeholder or worn form: base id} for those in the table."""
    return parse_forms(_table("item_forms.tsv").decode())


def parse_names(text: str) -> dict[int, str]:
    """Return {id: name} from the table's lines: a name, a tab, and its ids and ranges of ids, such as `2 5-7`."""
    names: dict[int, str] = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, _, ids = line.partition("\t")
            for first, _, last in (part.partition("-") for part in ids.split()):
                names.update(dict.fromkeys(range(int(first), int(last or first) + 1), name))
    return names


@cache
def static_names() -> Mapping[int, str]:
    """Return {base id: name} for those in the table."""
    return parse_names(_table("item_names.tsv").decode())


@cache
def static_digest() -> str:
    """Return a digest of both tables: another one means that items may have names that they lacked before."""
    return hashlib.sha256(_table("item_forms.tsv") + _table("item_names.tsv")).hexdigest()[:16]


def _table(name: str) -> bytes:
    return (files("image_map") / "data" / name).read_bytes()


def base_id(item_id: int, listed: Iterable[int] | Mapping[int, Any] = ()) -> int:
    """Return the un-noted, un-placeholder, un-worn id of an item.

    Args:
        item_id: an id as decoded or sent.
        listed: ids that the wiki lists as separate items. The game never changes the meaning of an id, but the wiki's
        list takes precedence over the table, which may be older.
    """
    if item_id in listed:
        return item_id
    return known_forms().get(item_id, item_id)


def item_documents(
    wiki: Iterable[WikiRow], prices: Iterable[WikiRow] = (), wanted: Iterable[int] = ()
) -> dict[int, Item]:
    """Return the documents of `items` by `_id`.

    Every id of the wiki's rows, then of the price service, then the base ids of wanted ids that both lack, then the
    notes, placeholders and worn forms of those.

    Args:
        wiki: rows of `infobox_item`; if two list the same id, the first wins.
        prices: rows of the price service's mapping, for ids that the wiki lacks.
        wanted: ids that need a name, from the static table if need be.
    """
    names: dict[int, tuple[str, ItemSource]] = {}
    sources: tuple[tuple[Iterable[WikiRow], ItemSource], ...] = ((wiki, "wiki"), (prices, "prices"))
    for rows, source in sources:
        for row in rows:
            for item_id in row.ids:
                names.setdefault(item_id, (row.name, source))
    for base in {base_id(item_id, names) for item_id in wanted} - names.keys():
        if base in static_names():
            names[base] = (static_names()[base], "static")
    documents: dict[int, Item] = {}
    for item_id, (name, source) in names.items():
        # A worn form that has an infobox with the same name is still a form of its base.
        known = known_forms().get(item_id)
        base = known if known is not None and names.get(known, ("", ""))[0] == name else item_id
        documents[item_id] = _document(item_id, name, base, source)
    for item_id, base in known_forms().items():
        if item_id not in documents and base in names:
            name, source = names[base]
            documents[item_id] = _document(item_id, name, base, source)
    return documents


def invalid_items(items: Mapping[int, tuple[Any, Any]]) -> list[int]:
    """Return the ids, ascending, of items without a name, or whose base id is unknown or not itself a base.

    Args:
        items: name and base id by item id.
    """
    return sorted(
        item_id
        for item_id, (name, base) in items.items()
        if not (isinstance(name, str) and name.strip()) or items.get(base, (None, None))[1] != base
    )


def _document(item_id: int, name: str, base: int, source: ItemSource) -> Item:
    return {"_id": item_id, "schema_version": SCHEMA_VERSIONS[ITEMS], "name": name, "base_id": base, "source": source}
