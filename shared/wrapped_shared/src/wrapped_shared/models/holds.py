"""The document of `upstream_holds`, which every location that calls an upstream writes and reads.

What belongs here: what its fields mean. What does not: how long a hold lasts (`wrapped_shared.holds`).
"""

from pydantic import Field

from wrapped_shared import collections as names
from wrapped_shared.models.base import BsonDate, Count, StoredDocument, schema_version_of


class UpstreamHold(StoredDocument):
    """`upstream_holds`: until when an upstream must be left alone. To lift a hold early, delete the document."""

    schema_version: int = schema_version_of(names.UPSTREAM_HOLDS, optional=True)
    id: str = Field(
        alias="_id",
        description="The upstream: `hiscores`, `hiscores_ranking` (the site's ranking page), `wiki` or `prices`.",
    )
    not_before: BsonDate = Field(description="No request is sent before this time; a time in the past holds nothing.")
    reason: str = Field(description="What the upstream answered.")
    breaker_seconds: Count = Field(
        0,
        description="How long the last hold of an opened circuit breaker was, in seconds; the next one is twice as "
        "long. 0 = none.",
    )
