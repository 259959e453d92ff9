"""Builds raw documents for tests that state only the fields that matter to them.

Documents are valid by default, and any field may be replaced. Random ones are in `telemetry_strategies`.
"""

from datetime import UTC, datetime
from typing import Any

from bson import ObjectId
from wrapped_shared.documents import Document


def ms(text: str) -> int:
    """Milliseconds since the epoch of an ISO time taken as UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


class Telemetry:
    """Collects documents of the six collections; `_id`s grow in the order of the calls."""

    def __init__(self, name: str = "Bob", session: str = "s", at: str = "2024-01-01T00:00:00") -> None:
        self.name, self.session, self.at = name, session, ms(at)
        self.documents: dict[str, list[Document]] = {}
        self._count = 0

    def add(self, collection: str, data: Any, after: int = 0, tick: Any = 0, /, **envelope: Any) -> Document:
        """Add an event `after` milliseconds after the start; `envelope` replaces any of its fields."""
        after, tick = envelope.pop("after", after), envelope.pop("tick", tick)
        self._count += 1
        document = {
            "_id": ObjectId(f"{self._count:024x}"),
            "timestamp": self.at + after,
            "username": self.name,
            "event": collection.replace("_", "-"),
            "tickCount": tick,
            "sessionId": self.session,
            "data": data,
        } | envelope
        self.documents.setdefault(collection, []).append(document)
        return document

    def tick(self, after: int = 0, tick: Any = 0, x: Any = 3200, y: Any = 3200, **more: Any) -> Document:
        """A game tick; `energy`, `prayer`, `equipmentIds` and `location` belong to its data, others to the envelope."""
        data = {"energy": 10_000, "health": 99, "prayer": 99, "location": {"x": x, "y": y, "regionId": 0}}
        data |= {key: more.pop(key) for key in ("energy", "prayer", "equipmentIds", "location") if key in more}
        return self.add("game_ticks", data, after, tick, **more)

    def stat(self, xp: Any, after: int = 0, tick: Any = 0, skill: Any = "ATTACK", **more: Any) -> Document:
        """A stat change."""
        data = {"skill": skill, "xp": xp, "level": 1, "boostedLevel": 1}
        return self.add("stat_changed", data, after, tick, **more)

    def drop(
        self,
        name: Any = "Goblin",
        level: Any = 2,
        npc: Any = 3029,
        items: Any = (),
        after: int = 0,
        **more: Any,
    ) -> Document:
        """A loot drop; `items` are pairs of id and quantity; `kind` is the actor's type."""
        listed = [{"id": id_, "quantity": n} for id_, n in items] if isinstance(items, tuple) else items
        actor = {"name": name, "combatLevel": level, "id": npc, "type": more.pop("kind", 1)}
        return self.add("loot_received", {"actor": actor, "items": listed}, after, **more)

    def death(self, name: Any = "Bob", after: int = 0, tick: Any = 0, **more: Any) -> Document:
        """A death; `type` and `location` belong to its data."""
        data = {"name": name, "combatLevel": 3}
        data |= {key: more.pop(key) for key in ("type", "location") if key in more}
        return self.add("actor_death", data, after, tick, **more)

    def hit(self, amount: Any, name: Any = "Goblin", kind: Any = 1, **more: Any) -> Document:
        """A hitsplat, by default of type 16 and not `mine`; `kind` is the actor's type."""
        splat = {"hitsplatType": more.pop("splat", 16), "amount": amount, "mine": more.pop("mine", False)}
        actor = {"name": name, "combatLevel": 2, "id": 1, "type": kind}
        return self.add("hitsplat_applied", {"actor": actor, "hitsplat": splat}, **more)

    def offer(self, state: Any, sold: Any = 0, spent: Any = 0, after: int = 0, **more: Any) -> Document:
        """A state of an offer, by default for 10 of item 4151 at 100 coins in slot 0."""
        fields = {"itemId": 4151, "price": 100, "totalQuantity": 10}
        offer = {"state": state, "quantitySold": sold, "spent": spent}
        offer |= {key: more.pop(key, value) for key, value in fields.items()}
        data = {"slot": more.pop("slot", 0), "offer": offer}
        return self.add("grand_exchange_offer_changed", data, after, **more)
