"""Short numbers, days and names for charts. Pure; the templates do the escaping.

Sentences are the report's own. Full numbers, counts and durations are in `wrapped_cli.text`.
"""

from datetime import date
from typing import Final

from wrapped_shared.vocabulary import PlainStat

from wrapped_cli.text import duration, number

_STEPS: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "K"))


def short(value: float) -> str:
    """Return a number with at most three or four digits: "9,842", "12.3 K", "2.99 B"; rounded down, never up."""
    for size, letter in _STEPS:
        if abs(value) >= size:
            scaled = value / (1e3 if letter == "K" else size)
            digits = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0
            kept = int(scaled * 10**digits) / 10**digits
            return f"{kept:.{digits}f} {letter}"
    return number(value)


def ticks_span(ticks: int) -> str:
    """Return game ticks of 0.6 seconds as a duration."""
    return duration(ticks * 0.6)


def day_text(day: str, *, year: bool = True) -> str:
    """Return a day "YYYY-MM-DD" as "9 August 2024", or without its year."""
    moment = date.fromisoformat(day)
    return f"{moment.day} {moment:{'%B %Y' if year else '%B'}}"


def month_text(month: str) -> str:
    """Return a month "YYYY-MM" as "August 2024"."""
    return f"{date.fromisoformat(month + '-01'):%B %Y}"


def period_text(period: str) -> str:
    """Return a period's name: "2024", "All time"."""
    return "All time" if period == "all" else period


def plain(name: str) -> str:
    """Return an enum name as people write it: "HITPOINTS" -> "Hitpoints"."""
    return name.replace("_", " ").capitalize()


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
