"""Documents that are encoded once are stored like any other."""

import bson
from bson import ObjectId
from player_stats.store.encoding import with_digest, with_revisions
from player_stats.store.sizes import LARGEST_DOCUMENT

DOCUMENT = {"_id": "bob|2024-01-01", "tiles": b"\x00\x01", "days": ["2024-01-01"], "last": {"at": 5}, "none": None}


def test_an_encoded_document_has_the_content_its_digest_and_a_revision() -> None:
    encoded = with_digest(DOCUMENT)
    assert encoded is not None
    assert (encoded["_id"], encoded["days"]) == (DOCUMENT["_id"], DOCUMENT["days"])
    plain = {"_id": ObjectId(), "digest": "x"}
    sent = with_revisions({"encoded": encoded, "plain": plain}, 2**40)
    assert bson.decode(bson.encode(sent["encoded"])) == {**DOCUMENT, "digest": encoded["digest"], "revision": 2**40}
    assert bson.decode(bson.encode(sent["plain"])) == {**plain, "revision": 2**40}


def test_the_digest_depends_on_every_field_and_on_nothing_else() -> None:
    digests = {
        with_digest(document)["digest"]  # type: ignore[index]
        for document in (DOCUMENT, dict(DOCUMENT), {**DOCUMENT, "none": 0}, {**DOCUMENT, "last": {"at": 6}})
    }
    assert len(digests) == 3


def test_a_document_beyond_the_limit_is_not_encoded() -> None:
    assert with_digest({"_id": "a", "tiles": bytes(LARGEST_DOCUMENT - 100)}) is not None
    assert with_digest({"_id": "a", "tiles": bytes(LARGEST_DOCUMENT)}) is None
