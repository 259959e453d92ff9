"""The words that documents choose from: slides, equipment slots, skills, stats, image kinds and statuses.

Plain `Literal`s, so that any module can type its tables with them and `get_args` lists them in order. What a word means
is said by the field that holds it. The stats have their titles here too (`stat_words` reads them).
"""

from collections.abc import Mapping
from typing import Final, Literal, TypeAlias

SlideStat: TypeAlias = Literal[
    "play_time",
    "best_month",
    "favourite_mob",
    "favourite_place",
    "favourite_gear",
    "favourite_skill",
    "tiles",
    "deaths",
    "loot",
    "best_drop",
    "damage",
    "exchange",
    "hiscores",
    "rank",
    "closing",
]
"""The slides of a report, in the order in which they are shown."""

EquipmentSlot: TypeAlias = Literal[
    "HEAD", "CAPE", "AMULET", "WEAPON", "TORSO", "SHIELD", "ARMS", "LEGS", "HAIR", "HANDS", "BOOTS", "JAW"
]
"""The visible equipment slots, in the order of `equipmentIds`; rings and ammunition cannot be seen there."""

Skill: TypeAlias = Literal[
    "ATTACK",
    "DEFENCE",
    "STRENGTH",
    "HITPOINTS",
    "RANGED",
    "PRAYER",
    "MAGIC",
    "COOKING",
    "WOODCUTTING",
    "FLETCHING",
    "FISHING",
    "FIREMAKING",
    "CRAFTING",
    "SMITHING",
    "MINING",
    "HERBLORE",
    "AGILITY",
    "THIEVING",
    "SLAYER",
    "FARMING",
    "RUNECRAFT",
    "HUNTER",
    "CONSTRUCTION",
    "SAILING",
]
"""The skills as the plugin writes them. For the product's own tables: telemetry may name others."""

PlainStat: TypeAlias = Literal[
    "play.seconds",
    "play.days_played",
    "play.longest_streak_days",
    "movement.tiles",
    "loot.kills",
    "loot.value",
    "experience.total",
    "deaths.count",
    "damage.dealt",
    "exchange.earned",
]
"""The ranked stats that are a field of the report, in order; kills by mob and experience by skill come on top."""

STAT_WORDS: Final[Mapping[PlainStat | Literal["kills:", "xp:"], tuple[str, str]]] = {
    "play.seconds": ("time played", "second"),
    "play.days_played": ("days played", "day"),
    "play.longest_streak_days": ("longest streak", "day"),
    "movement.tiles": ("distance", "tile"),
    "loot.kills": ("loot drops", ""),
    "loot.value": ("loot value", "coin"),
    "kills:": ("{} kills", ""),
    "experience.total": ("XP gained", "XP"),
    "xp:": ("{} XP", "XP"),
    "deaths.count": ("deaths", ""),
    "damage.dealt": ("damage dealt", ""),
    "exchange.earned": ("coins earned before tax", "coin"),
}
"""The title of each stat as in "by time played", and the unit of its values; `{}` is what follows a prefix.

The unit is "" where the title says what is counted.
"""

OfferState: TypeAlias = Literal["EMPTY", "BUYING", "BOUGHT", "CANCELLED_BUY", "SELLING", "SOLD", "CANCELLED_SELL"]
"""The states of a Grand Exchange offer."""

ImageKind: TypeAlias = Literal["npc", "boss", "skill", "item", "place", "stat"]
"""What a picture can be of."""

ImageStatus: TypeAlias = Literal["found", "fallback", "missing"]
"""How a picture was obtained."""

ResolutionStep: TypeAlias = Literal["npc_id", "item_id", "name_level", "name", "alias", "page", "fallback"]
"""The steps by which a picture is looked for, the most trusted first."""

ItemSource: TypeAlias = Literal["wiki", "prices", "static"]
"""Where an item's name comes from."""

CardSize: TypeAlias = Literal["1080x1920", "1200x630"]
"""The sizes of share cards."""

AccountType: TypeAlias = Literal["regular", "ironman", "hardcore_ironman", "ultimate_ironman"]
"""The account types that the hiscores keep tables for."""

ScrapeStatus: TypeAlias = Literal["ok", "not_found", "unranked", "unavailable", "blocked", "name_changed"]
"""The result of the last lookup, for readers."""

ScrapeOutcome: TypeAlias = Literal["ok", "not_found", "unranked", "unavailable", "blocked", "format_changed"]
"""The result of the last lookup, as the site returned it."""

GainFlag: TypeAlias = Literal["gap", "name_changed", "new_metric", "rank_cutoff", "rollback", "straddles"]
"""What to know before trusting a period's gains."""

RosterSource: TypeAlias = Literal["telemetry", "former_name", "groups", "settings"]
"""Where a tracked player's name comes from."""

RowKind: TypeAlias = Literal["skill", "clue", "minigame", "boss", "points"]
"""The kinds of hiscores rows."""
