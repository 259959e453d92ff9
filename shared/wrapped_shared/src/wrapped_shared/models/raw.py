"""Raw telemetry as the ingestor stores it. No validator is ever made of this: what comes is judged when it is read."""

from typing import Any

from pydantic import Field

from wrapped_shared.models.base import BsonId, Part


class RawEvent(Part):
    """One event of one kind; each kind has a collection of its own."""

    id: BsonId = Field(alias="_id")
    timestamp: int = Field(description="Milliseconds since the epoch, by the player's clock.")
    username: str = Field(description="The player's name as typed; people are told apart by its normalised form.")
    event: str = Field(description="The kind of event, as the plugin calls it.")
    tickCount: int = Field(description="The client's game tick counter, 0.6 s each; starts anew with the client.")  # noqa: N815
    sessionId: str = Field(description="One login of one client.")  # noqa: N815
    data: dict[str, Any] = Field(description="What the event says; its fields depend on the kind.")
