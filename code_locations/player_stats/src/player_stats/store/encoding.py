"""Documents that are encoded once: what was measured and hashed is what is sent.

Encoding a day costs about as much as building it. Which documents are written, and when, is `turns`' job.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import bson
from bson.raw_bson import RawBSONDocument

from player_stats.store.sizes import LARGEST_DOCUMENT


class EncodedDocument(RawBSONDocument):
    """An encoded document whose `_id` and digest can be read without decoding it."""

    __slots__ = ("_known",)

    def __init__(self, encoded: bytes, identity: Any, digest: str) -> None:
        """Take the BSON of a document, which includes its `_id` and digest."""
        super().__init__(encoded)
        self._known = {"_id": identity, "digest": digest}

    def __getitem__(self, field: str) -> Any:
        """Return a field's value."""
        return self._known[field] if field in self._known else super().__getitem__(field)


def digest_of(encoded: bytes) -> str:
    """Return the digest of encoded content: equal digests mean equal content."""
    return hashlib.blake2b(encoded, digest_size=16).hexdigest()


def with_digest(document: Mapping[str, Any]) -> EncodedDocument | None:
    """Return a document with the digest of its content, or None if it is too large to store."""
    encoded = bson.encode(document)
    if len(encoded) > LARGEST_DOCUMENT:
        return None
    digest = digest_of(encoded)
    return EncodedDocument(_appended(encoded, bson.encode({"digest": digest})), document["_id"], digest)


def with_revisions(documents: Mapping[Any, Mapping[str, Any]], revision: int) -> dict[Any, Mapping[str, Any]]:
    """Return documents with the field `revision`, encoded ones without encoding them again."""
    fields = {"revision": revision}
    encoded = bson.encode(fields)
    return {
        identity: RawBSONDocument(_appended(document.raw, encoded))
        if isinstance(document, EncodedDocument)
        else {**document, **fields}
        for identity, document in documents.items()
    }


def _appended(encoded: bytes | memoryview, fields: bytes) -> bytes:
    """Return the BSON of a document with the fields of another one: its length, the elements, a zero byte."""
    length = len(encoded) + len(fields) - 5
    return length.to_bytes(4, "little") + bytes(encoded[4:-1]) + fields[4:]
