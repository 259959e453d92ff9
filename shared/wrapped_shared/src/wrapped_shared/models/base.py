"""What the contract's models have in common: strictness, aliases and BSON types that JSON lacks."""

from datetime import datetime
from typing import Annotated, Any

from bson import ObjectId
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

BsonDate = Annotated[datetime, WithJsonSchema({"bsonType": "date"})]
"""A point in time, stored as a BSON date (UTC, milliseconds)."""

BsonId = Annotated[Any, WithJsonSchema({})]
"""An `_id` of any BSON type, as the ingestor chose it."""

FileId = Annotated[ObjectId, WithJsonSchema({"bsonType": "objectId"})]
"""The `_id` of a GridFS file."""

Count = Annotated[int, Field(ge=0)]
"""A number of things, exact, at most 2^63 - 1."""

Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")]
"""A UTC calendar day, "YYYY-MM-DD"."""

Month = Annotated[str, Field(pattern=r"^\d{4}-\d{2}$")]
"""A UTC calendar month, "YYYY-MM"."""

Period = Annotated[str, Field(pattern=r"^(\d{4}|all)$")]
"""A calendar year "YYYY" (UTC, half-open), or "all"."""


class Part(BaseModel):
    """A part of a document."""

    model_config = ConfigDict(populate_by_name=True, arbitrary_types_allowed=True, extra="allow")


class StoredDocument(Part):
    """A document of the analytics database."""

    schema_version: int = Field(description="Version of the document's shape.")
