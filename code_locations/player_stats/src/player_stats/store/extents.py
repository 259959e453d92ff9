"""Extents: the documents a reader is responsible for, including those that don't exist; reading and deleting them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from pymongo.database import Database
from wrapped_shared.bulk import batches
from wrapped_shared.documents import Document


@dataclass(frozen=True)
class Extent:
    """The documents a reader is responsible for, including those that don't exist: `field` is one of `values`.

    `field` is `_id` or has an index of its own.
    """

    field: str
    values: Collection[str]


def delete_below(analytics: Database[Document], collection: str, extent: Extent, revision: int) -> None:
    """Delete the documents of an extent that were written before a revision."""
    for chunk in batches(sorted(extent.values)):
        below = {extent.field: {"$in": chunk}, "revision": {"$not": {"$gte": revision}}}
        analytics[collection].delete_many(below)


def within(analytics: Database[Document], collection: str, extent: Extent, fields: Document) -> Iterator[Document]:
    """Yield the documents of an extent, with the given fields."""
    for chunk in batches(sorted(extent.values)):
        yield from analytics[collection].find({extent.field: {"$in": chunk}}, fields)
