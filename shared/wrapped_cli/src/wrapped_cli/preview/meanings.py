"""Explains the figures of each slide in the words of the contract, and gives the slide its colour.

A slide that is in neither table, because it is newer or needs none of its own, has the default.
"""

from collections.abc import Mapping
from typing import Any, Final, Literal

from wrapped_shared.vocabulary import SlideStat

SlideName = SlideStat | Literal["cover", "summary"]
"""The slides of the report, and the two that the preview adds."""

HUES: Final[Mapping[SlideName, int]] = {
    "cover": 75, "play_time": 75, "best_month": 265, "favourite_mob": 28, "favourite_place": 165,
    "favourite_gear": 245, "favourite_skill": 95, "tiles": 130, "deaths": 320, "loot": 60, "best_drop": 48,
    "damage": 20, "exchange": 85, "hiscores": 220, "rank": 300, "closing": 150, "summary": 75,
}  # fmt: skip

MEANINGS: Final[Mapping[SlideName, str]] = {
    "cover": "A day counts as tracked if at least one valid event of the player was recorded on it. Anything that "
    "happened while the plugin was not running is not included.",
    "play_time": "Time is counted in game ticks of 0.6 seconds. A session is a run of ticks with pauses of at most "
    "five minutes. In the calendar, a stronger colour means more play; days and hours are in UTC.",
    "best_month": "The calendar month (UTC) with the most game ticks; the earlier one in a tie. The ring shows the "
    "hours of the day over all tracked days: counted in UTC, and turned to your time by the offset from UTC that your "
    "time zone has in most of the time played.",
    "favourite_mob": "Kills are counted by loot: one per loot drop, so a kill without a drop of its own is not "
    "included. Mobs of one name are counted together, whatever their combat levels.",
    "favourite_place": "The place is the map region of the player's tile in each game tick. Raids, houses "
    "and other instances count as Instance and are never the favourite.",
    "favourite_gear": "For each slot, the item that was worn for the most game ticks.",
    "favourite_skill": "Experience is the sum of all tracked gains; the first value seen is the starting point, not "
    "a gain. The favourite is the skill with the most.",
    "tiles": "Steps between consecutive game ticks: one tile is walking, two are running. Teleports and ladders are "
    "not steps. Energy is the run energy used; a full bar is 100%. The favourite tile is the one "
    "with most ticks, outside instances.",
    "deaths": "The player's own deaths; the place is the map region.",
    "loot": "Loot drops from mobs and their contents, as dropped, whether picked up or not. An item is worth its "
    "median price in the month of the drop; items without a price add nothing.",
    "best_drop": "The item of a single drop that was worth most at its median price in the month of the drop.",
    "damage": "Hitpoints of the player's own hitsplats on others, and of hitsplats on the player. Healing is not "
    "counted.",
    "exchange": "Coins in Grand Exchange offers, each counted by its last state in the period, before "
    "the Grand Exchange tax.",
    "hiscores": "The increase on the public hiscores since the last snapshot before the period, or else since the "
    "first one in it; rows that were unranked before do not count as gains.",
    "rank": "The player and all who did better, as a share of the players with a report for this period, rounded "
    "up. Equal values share a rank: it is joint.",
    "closing": "Of the longest streak, the mob with most kills, the place with most time, the skill with most "
    "experience and the best drop, the one that makes the greatest share of its whole; shares are rounded down.",
    "summary": "All figures come from the same report; each figure's own slide explains how it is counted.",
}

_HUE: Final = 195
_MEANING: Final = "Counted from the player's tracked events in the period."


def hue_of(stat: str) -> int:
    """Return the colour of a slide, in degrees."""
    hues: Mapping[Any, int] = HUES
    return hues.get(stat, _HUE)


def meaning_of(stat: str) -> str:
    """Return what the figures of a slide mean."""
    meanings: Mapping[Any, str] = MEANINGS
    return meanings.get(stat, _MEANING)
