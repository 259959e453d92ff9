"""The six kinds of raw events: which fields of `data` each family takes, and what makes them unsound.

One module a raw collection. A kind reads columns from sound events, counts what it leaves out under
`<family>.<field>`, and hands frames to the families; the statistics themselves are `player_stats.domain.families`'.
"""

from typing import Final

from wrapped_shared import collections as names

from player_stats.domain.kinds.actor_death import ActorDeath
from player_stats.domain.kinds.base import Kind
from player_stats.domain.kinds.exchange import GrandExchangeOfferChanged
from player_stats.domain.kinds.game_ticks import GameTicks
from player_stats.domain.kinds.hitsplat_applied import HitsplatApplied
from player_stats.domain.kinds.loot_received import LootReceived
from player_stats.domain.kinds.stat_changed import StatChanged

KINDS: Final[dict[str, type[Kind]]] = {
    names.GAME_TICKS: GameTicks,
    names.STAT_CHANGED: StatChanged,
    names.LOOT_RECEIVED: LootReceived,
    names.ACTOR_DEATH: ActorDeath,
    names.HITSPLAT_APPLIED: HitsplatApplied,
    names.GRAND_EXCHANGE_OFFER_CHANGED: GrandExchangeOfferChanged,
}
"""The kind of each raw collection."""
