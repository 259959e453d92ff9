"""Reading and writing many documents in bounded queries and bulks.

What belongs here: what every location does the same way. What does not: any query of a single location.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from pymongo import DeleteOne, ReplaceOne, UpdateOne
from pymongo.collection import Collection

from wrapped_shared.documents import Document

Stored = TypeVar("Stored", bound=Mapping[str, Any])

BATCH: Final = 500
"""How many documents one bulk write takes."""
IDS_AT_ONCE: Final = 200
"""How many `_id`s one query takes; on the embedded server the cost of a query grows with their square."""


def batches(items: Iterable[Any], size: int = BATCH) -> Iterator[list[Any]]:
    """Yield the items in lists of at most `size`, taking no more of them than the next list needs."""
    left = iter(items)
    while batch := list(islice(left, size)):
        yield batch


def find_by_id(collection: Collection[Stored], ids: Iterable[Any], fields: Document | None = None) -> Iterator[Stored]:
    """Yield the documents with the given `_id`s, in bounded queries; an `_id` without a document is skipped."""
    for batch in batches(sorted(ids), IDS_AT_ONCE):
        yield from collection.find({"_id": {"$in": batch}}, fields, batch_size=IDS_AT_ONCE)


def delete_in_batches(collection: Collection[Document], query: Document) -> Iterator[tuple[list[Any], int]]:
    """Delete the documents that a query finds; yield the `_id`s of each batch and how many of them were deleted."""
    while ids := [found["_id"] for found in collection.find(query, {"_id": 1}).limit(IDS_AT_ONCE)]:
        yield ids, collection.delete_many({"_id": {"$in": ids}}).deleted_count


def write_all(collection: Collection[Any], writes: Sequence[ReplaceOne[Any] | UpdateOne | DeleteOne]) -> int:
    """Make the writes, in any order, in bounded bulks; return how many documents they found or inserted."""
    touched = 0
    for batch in batches(writes):
        result = collection.bulk_write(batch, ordered=False)
        touched += result.matched_count + result.upserted_count + result.deleted_count
    return touched


def replace_all(collection: Collection[Document], documents: Iterable[Mapping[str, Any]]) -> int:
    """Write whole documents by their `_id`; return how many."""
    return write_all(collection, [ReplaceOne({"_id": one["_id"]}, one, upsert=True) for one in documents])


def make_equal(
    collection: Collection[Document], stored: Mapping[str, Document], wanted: Mapping[str, Mapping[str, Any]]
) -> int:
    """Make the stored documents equal to the wanted ones, both by `_id`; return how many were touched."""
    written = replace_all(collection, [one for identity, one in wanted.items() if stored.get(identity) != one])
    return written + write_all(collection, [DeleteOne({"_id": identity}) for identity in stored.keys() - wanted])
