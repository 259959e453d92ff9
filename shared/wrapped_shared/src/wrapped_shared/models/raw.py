"""Raw telemetry as the ingestor stores it, a model for each collection.

These are never used as validators: events are checked when they are read, and unknown fields are ignored.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from pydantic import Field, WithJsonSchema

from wrapped_shared import collections as names
from wrapped_shared.models.base import BsonId, Count, Part
from wrapped_shared.vocabulary import OfferState


class RawEvent(Part):
    """One event. The collection says what it is about."""

    id: BsonId = Field(
        alias="_id", description="The ingestor's id of the event, of any BSON type; of duplicates the smallest counts."
    )
    timestamp: int = Field(description="Milliseconds since the epoch, by the player's clock; it decides the UTC day.")
    username: str = Field(description="The player's name as typed; its normalised form identifies the player.")
    event: str = Field(description="The plugin's name of the event; not checked.")
    tickCount: Count = Field(  # noqa: N815
        description="The client's game tick counter, one per 0.6 s; it starts again with the client."
    )
    sessionId: str = Field(description="One login of one client; may be empty.")  # noqa: N815
    data: Annotated[Any, WithJsonSchema({"type": "object"})] = Field(
        description="What the event says; its fields depend on the collection."
    )


class Location(Part):
    """A tile in the game's world coordinates; from x = 6400 on it is in an instance."""

    x: int = Field(ge=0, le=16_383, description="Tiles east.")
    y: int = Field(ge=0, le=16_383, description="Tiles north.")
    regionId: int = Field(description="The region according to the client; not used, it is computed from x and y.")  # noqa: N815


class NamedActor(Part):
    """A player or an NPC."""

    name: str = Field(description="The actor's name, with the game's markup; for an NPC not empty.")
    combatLevel: int = Field(description="The actor's combat level.")  # noqa: N815
    id: int | None = Field(None, description="The NPC id, of NPCs only.")
    type: int | None = Field(None, description="0 = unknown, 1 = NPC, 2 = player.")
    location: Location | None = Field(None, description="Where it stood.")


class TickData(Part):
    """The player's state at a game tick."""

    energy: int = Field(ge=0, le=10_000, description="Run energy in hundredths of a percent.")
    health: int = Field(description="Hitpoints left; not used.")
    prayer: int = Field(ge=0, le=255, description="Prayer points left.")
    sessionTickCount: int = Field(description="Ticks since the login; not used.")  # noqa: N815
    location: Location = Field(description="Where the player stood.")
    equipmentIds: list[int] | None = Field(  # noqa: N815
        None,
        description="The visible slots HEAD CAPE AMULET WEAPON TORSO SHIELD ARMS LEGS HAIR HANDS BOOTS JAW: an item id "
        "+ 2048 (+ 512 before 2024-08-14T11:00:00Z); smaller values are not items.",
    )


class GameTick(RawEvent):
    """`game_ticks`: one game tick of 0.6 s. Counts once per player, time, session and tick count."""

    data: TickData = Field(description="The player's state.")


class StatData(Part):
    """A skill's new values."""

    skill: str = Field(pattern="^[A-Z_]{1,24}$", description="The skill, such as `ATTACK`.")
    xp: int = Field(ge=0, le=200_000_000, description="Total experience points; 0 = not loaded yet, skipped.")
    level: int = Field(description="The level; not used.")
    boostedLevel: int = Field(description="The boosted level; not used.")  # noqa: N815


class StatChanged(RawEvent):
    """`stat_changed`: a skill changed."""

    data: StatData = Field(description="The skill's new values.")


class LootStack(Part):
    """One stack of a drop."""

    id: Count = Field(description="The item id.")
    quantity: Count = Field(description="How many.")


class LootData(Part):
    """What fell, and from whom."""

    actor: NamedActor = Field(description="Who dropped it.")
    items: list[LootStack] = Field(description="The stacks; empty drops count as kills too.")


class LootReceived(RawEvent):
    """`loot_received`: a drop of a mob or a player."""

    data: LootData = Field(description="The drop.")


class DeathData(NamedActor):
    """Who died; `id` and `type` are in later data only."""


class ActorDeath(RawEvent):
    """`actor_death`: an actor in view died. Only the player's own deaths count."""

    data: DeathData = Field(description="Who died.")


class Hitsplat(Part):
    """A hitsplat."""

    hitsplatType: int = Field(  # noqa: N815
        description="The game's type: 6 = heal, 60 = prayer drain, 4 = disease; others are damage."
    )
    amount: Count = Field(description="Hitpoints.")
    mine: bool = Field(description="Whether it is the player's own hit.")
    others: bool = Field(description="Whether it is another player's hit; not used.")
    disappearsOnGameCycle: int = Field(description="When the client stops showing it; not used.")  # noqa: N815


class HitsplatData(Part):
    """Who was hit, and how hard."""

    actor: NamedActor = Field(description="Who was hit.")
    hitsplat: Hitsplat = Field(description="The hit.")


class HitsplatApplied(RawEvent):
    """`hitsplat_applied`: a hitsplat on an actor in view."""

    data: HitsplatData = Field(description="The hit.")


class Offer(Part):
    """An offer's state. Quantity and coins are cumulative."""

    state: OfferState = Field(description="The offer's state; `EMPTY` is ignored.")
    itemId: Count = Field(description="The item id.")  # noqa: N815
    price: Count = Field(description="Price of each, in coins.")
    totalQuantity: Count = Field(description="How many the offer is for.")  # noqa: N815
    quantitySold: Count = Field(description="How many were traded so far, on either side.")  # noqa: N815
    spent: Count = Field(description="Coins paid or received so far.")


class OfferData(Part):
    """A slot's offer."""

    slot: Count = Field(description="The slot, from 0.")
    offer: Offer = Field(description="The offer in the slot.")


class GrandExchangeOfferChanged(RawEvent):
    """`grand_exchange_offer_changed`: the state of a Grand Exchange slot."""

    data: OfferData = Field(description="The slot's offer.")


RAW_EVENT_MODELS: Final[Mapping[str, type[RawEvent]]] = {
    names.GAME_TICKS: GameTick,
    names.STAT_CHANGED: StatChanged,
    names.LOOT_RECEIVED: LootReceived,
    names.ACTOR_DEATH: ActorDeath,
    names.HITSPLAT_APPLIED: HitsplatApplied,
    names.GRAND_EXCHANGE_OFFER_CHANGED: GrandExchangeOfferChanged,
}
"""The model of each raw collection of events."""
