"""What each figure of the deck means, in the words of the contract, and the colour of its slide."""

from typing import Final

HUES: Final = {
    "cover": 75, "play_time": 75, "best_month": 145, "hours": 265, "favourite_mob": 28, "favourite_place": 165,
    "favourite_gear": 245, "favourite_skill": 95, "tiles": 130, "deaths": 320, "loot": 60, "damage": 20,
    "exchange": 85, "hiscores": 220, "rank": 300, "summary": 75,
}  # fmt: skip

MEANINGS: Final = {
    "cover": "A day counts as tracked when at least one sound event of the player was recorded on it. What happened "
    "while the plugin was not running is not in here.",
    "play_time": "Time is counted in game ticks of 0.6 seconds. A session is a run of ticks with pauses of at most "
    "five minutes. In the calendar a darker or brighter day is a longer one; days and hours are UTC.",
    "best_month": "The calendar month (UTC) with the most game ticks; the earlier one where two are equal.",
    "hours": "Game ticks by hour of the day, UTC, over all tracked days.",
    "favourite_mob": "Kills are counted by loot: one for each loot drop, so a kill without a drop of its own is not in "
    "here. Mobs of one name and different combat levels count apart.",
    "favourite_place": "The place is told by the map region of the player's tile in every game tick. Raids, houses "
    "and other instances count as Instance and are never the favourite.",
    "favourite_gear": "For each slot the item that was worn in the most game ticks.",
    "favourite_skill": "Experience is the sum of the rises that were tracked; the first value that was seen is the "
    "start and no gain. The favourite is the skill with the most.",
    "tiles": "Steps between neighbouring game ticks: one tile is a walk, two are a run. Teleports and ladders are no "
    "steps. Energy is the run energy that was used up, in full bars of 100 %.",
    "deaths": "The player's own deaths; the place is told by the map region.",
    "loot": "Loot drops of mobs and what was in them. Quantities are as dropped, whether picked up or not.",
    "damage": "Hitpoints of the player's own hitsplats on others, and of hits on the player. Healing is not counted.",
    "exchange": "Coins of Grand Exchange offers, each counted by its last state in the period.",
    "hiscores": "How far the public hiscores rose above the last that was known before the period, or above its first "
    "snapshot; rows that were not ranked before bring no gain.",
    "rank": "Of all players with a report of this period: the share of those who are at least as good, rounded up.",
    "summary": "All figures come from the same report; each one's own slide says how it is counted.",
}
