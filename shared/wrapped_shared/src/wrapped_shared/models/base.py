"""What the contract's models have in common: strictness, aliases and BSON types that JSON lacks.

What a field means is said in its own model.
"""

from datetime import datetime
from typing import Annotated, Any, Final

from bson import ObjectId
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from wrapped_shared.version import OLDER_DOCUMENTS

BsonDate = Annotated[datetime, WithJsonSchema({"bsonType": "date"})]
"""A point in time, stored as a BSON date (UTC, milliseconds)."""

BsonId = Annotated[Any, WithJsonSchema({})]
"""An `_id` of any BSON type, as the ingestor chose it."""

BsonBinary = Annotated[bytes, WithJsonSchema({"bsonType": "binData"})]
"""Bytes."""

FileId = Annotated[ObjectId, WithJsonSchema({"bsonType": "objectId"})]
"""The `_id` of a GridFS file, or a token."""

Count = Annotated[int, Field(ge=0)]
"""A number of things, exact, at most 2^63 - 1."""

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", json_schema_extra={"form": "YYYY-MM-DD"})]
"""A UTC calendar day, "YYYY-MM-DD"."""

Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$", json_schema_extra={"form": "YYYY-MM"})]
"""A UTC calendar month, "YYYY-MM"."""

Period = Annotated[str, Field(pattern=r"^(\d{4}|all)$", json_schema_extra={"form": "YYYY or all"})]
"""A calendar year "YYYY" (UTC, half-open), or "all"."""

TOLERANT: Final = Field(json_schema_extra={"tolerant": True})
"""MongoDB's validator checks only the BSON type of such a field, whatever its model says.

For words of a list that grows, and for parts that another location makes: locations deploy one by one, and the
validator of the one that deploys last must not refuse what a newer one writes. The type of such a word is
`Words | str`: readers accept one that they do not know yet, and the schemas name the known ones and allow others.
"""

REVISION: Final = "The turn that wrote the document; an earlier turn can no longer replace it. Not a result."
"""The meaning of `revision`."""


def schema_version_of(collection: str, *, optional: bool = False) -> Any:
    """Return the field `schema_version` of a collection's documents, which says what becomes of older ones.

    Args:
        collection: a key of `SCHEMA_VERSIONS`.
        optional: whether people may write such documents by hand, without a version.
    """
    lacking = " A document made by hand may lack it." if optional else ""
    meaning = f"Schema version of the document; {OLDER_DOCUMENTS[collection]}.{lacking}"
    return Field(0, description=meaning) if optional else Field(description=meaning)


class Part(BaseModel):
    """A part of a document."""

    model_config = ConfigDict(populate_by_name=True, arbitrary_types_allowed=True, extra="allow", defer_build=True)


class StoredDocument(Part):
    """A document that carries a schema version."""

    schema_version: int = Field(description="Schema version of the document.")


class TurnDocument(StoredDocument):
    """A document that is written in turns: of two writers the one that read later wins."""

    revision: Count = Field(0, description=REVISION)
