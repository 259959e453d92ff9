"""Days, months and stats in words, for charts. Pure; the templates do the escaping.

Sentences are the report's own. Numbers and durations are in `wrapped_shared.words`.
"""

from datetime import date
from typing import Final

from wrapped_shared.vocabulary import PlainStat
from wrapped_shared.words import duration, plain, short


def ticks_span(ticks: int) -> str:
    """Return game ticks of 0.6 seconds as a duration."""
    return duration(ticks * 0.6)


def day_text(day: str, *, year: bool = True) -> str:
    """Return a day "YYYY-MM-DD" as "9 August 2024", or without its year."""
    moment = date.fromisoformat(day)
    return f"{moment.day} {moment:{'%B %Y' if year else '%B'}}"


_STATS: Final[dict[PlainStat, tuple[str, str]]] = {
    "play.seconds": ("Time played", ""),
    "play.days_played": ("Days played", " days"),
    "play.longest_streak_days": ("Longest streak", " days"),
    "movement.tiles": ("Distance", " tiles"),
    "loot.kills": ("Loot drops", ""),
    "loot.value": ("Loot value", " coins"),
    "experience.total": ("Experience", " XP"),
    "deaths.count": ("Deaths", ""),
    "damage.dealt": ("Damage dealt", ""),
    "exchange.earned": ("Coins earned", ""),
}
"""The names and units of the stats."""


def stat_text(stat: str) -> str:
    """Return a ranked stat in words: "kills:Goblin" -> "Kills of Goblin"."""
    kind, colon, name = stat.partition(":")
    if colon:
        return f"Kills of {name}" if kind == "kills" else f"{plain(name)} experience"
    return next((text for plain_stat, (text, _) in _STATS.items() if plain_stat == stat), stat)


def stat_value(stat: str, value: float) -> str:
    """Return a stat's value with its unit, short."""
    if stat == "play.seconds":
        return duration(value)
    if stat.startswith("xp:"):
        return f"{short(value)} XP"
    return short(value) + next((unit for plain_stat, (_, unit) in _STATS.items() if plain_stat == stat), "")
