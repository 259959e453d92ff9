"""The document of `upstream_holds`, which every location that asks an upstream writes and reads.

What belongs here: what its fields mean. What does not: how long a hold lasts (`wrapped_shared.holds`).
"""

from pydantic import Field

from wrapped_shared.models.base import BsonDate, Count, StoredDocument


class UpstreamHold(StoredDocument):
    """`upstream_holds`: until when an upstream must be left alone; `_id` is the upstream.

    Upstreams are `hiscores`, `hiscores_ranking` (the site's ranking page), `wiki` and `prices`. Whoever wants to ask
    sooner after all deletes the document.
    """

    id: str = Field(alias="_id")
    not_before: BsonDate = Field(description="Nothing is asked before this time; a time in the past holds nothing.")
    reason: str = Field(description="What the upstream answered.")
    breaker_seconds: Count = Field(
        0, description="How long the last hold of an opened breaker was; the next one is twice as long. 0 = none."
    )
    schema_version: int = Field(0, description="Version of the document's shape; a hold made by hand may lack it.")
