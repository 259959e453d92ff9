"""The documents of `alerts` and `upstream_requests`, which every location writes: what its operators look at.

What belongs here: what their fields mean. What does not: what a fault is (`wrapped_shared.alerts`), and how an upstream
is called (`wrapped_shared.http`).
"""

from pydantic import Field

from wrapped_shared import collections as names
from wrapped_shared.models.base import BsonDate, Count, Part, StoredDocument, schema_version_of


class KnownFault(Part):
    """A fault that goes on, or whose message is still to be delivered."""

    fault: str = Field(description="Which, such as `run/<job>/<partition>`.")
    since: BsonDate = Field(description="When it was first seen.")
    delivered_at: BsonDate | None = Field(None, description="When its message was delivered; null = not yet.")
    attempts: Count = Field(0, description="Failed attempts to deliver it.")


class LocationAlerts(StoredDocument):
    """`alerts`: the faults that a location knows; written at every look, so that others see that it looks."""

    schema_version: int = schema_version_of(names.ALERTS)
    id: str = Field(alias="_id", description="The location.")
    looked_at: BsonDate = Field(description="When its faults were last looked for.")
    faults: list[KnownFault] = Field(description="At most 100.")


class UpstreamRequests(StoredDocument):
    """`upstream_requests`: how often an upstream was called, added up over all runs."""

    schema_version: int = schema_version_of(names.UPSTREAM_REQUESTS)
    id: str = Field(alias="_id", description="The upstream, as in `upstream_holds`.")
    requests: Count = Field(description="Requests sent, including retries.")
    refusals: Count = Field(description="Responses that refused us or were unavailable.")
