"""Numbers, days and names as people read them. Pure; the templates do the escaping."""

from datetime import date
from typing import Final

MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_STEPS: Final = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e4, "K"))


def grouped(number: float) -> str:
    """Return a number with thousands separators: "12,345", "16.7"."""
    return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"


def short(number: float) -> str:
    """Return a number with at most three or four digits: "9,842", "12.3 K", "2.99 B"; rounded down, never up."""
    for size, letter in _STEPS:
        if abs(number) >= size:
            scaled = number / (1e3 if letter == "K" else size)
            digits = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0
            kept = int(scaled * 10**digits) / 10**digits
            return f"{kept:.{digits}f} {letter}"
    return grouped(number)


def span(seconds: float) -> str:
    """Return a duration: "1,204 h", "2 h 30 min", "12 min", "45 s"."""
    whole = int(seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours >= 100:
        return f"{hours:,} h"
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{whole} s"


def ticks_span(ticks: int) -> str:
    """Return game ticks of 0.6 seconds as a duration."""
    return span(ticks * 0.6)


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return a number with its noun: "1 kill", "1,204 kills"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def day_text(day: str, *, year: bool = True) -> str:
    """Return a day "YYYY-MM-DD" as "9 August 2024", or without its year."""
    moment = date.fromisoformat(day)
    text = f"{moment.day} {MONTHS[moment.month - 1]}"
    return f"{text} {moment.year}" if year else text


def month_text(month: str) -> str:
    """Return a month "YYYY-MM" as "August 2024"."""
    return f"{MONTHS[int(month[5:7]) - 1]} {month[:4]}"


def period_text(period: str) -> str:
    """Return a period's name: "2024", "All time"."""
    return "All time" if period == "all" else period


def plain(name: str) -> str:
    """Return an enum name as people write it: "HITPOINTS" -> "Hitpoints"."""
    return name.replace("_", " ").capitalize()


_STATS: Final = {
    "play.seconds": "Time played",
    "play.days_played": "Days played",
    "play.longest_streak_days": "Longest streak",
    "movement.tiles": "Distance",
    "loot.kills": "Loot drops",
    "experience.total": "Experience",
    "deaths.count": "Deaths",
    "damage.dealt": "Damage dealt",
    "exchange.earned": "Coins earned",
}


def stat_text(stat: str) -> str:
    """Return a ranked stat in words: "kills:Goblin" -> "Kills of Goblin"."""
    kind, colon, name = stat.partition(":")
    if colon:
        return f"Kills of {name}" if kind == "kills" else f"{plain(name)} experience"
    return _STATS.get(stat, stat)


def stat_value(stat: str, value: float) -> str:
    """Return a stat's value with its unit, short."""
    if stat == "play.seconds":
        return span(value)
    units = {
        "play.days_played": " days",
        "play.longest_streak_days": " days",
        "movement.tiles": " tiles",
        "experience.total": " XP",
    }
    return short(value) + (" XP" if stat.startswith("xp:") else units.get(stat, ""))
