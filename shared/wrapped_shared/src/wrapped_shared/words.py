"""Numbers, durations and names as people read them, the same on pages, cards and the terminal. Pure."""

from datetime import date
from typing import Final

_STEPS: Final = ((1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "K"))
"""From which value on a number is divided by what, and the letter for that."""


def short(value: float) -> str:
    """Return a number with at most three or four digits: "9,842", "12.3K", "2.99B"; rounded down, never up."""
    for least, size, letter in _STEPS:
        if abs(value) >= least:
            scaled = value / size
            digits = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0
            kept = int(scaled * 10**digits) / 10**digits
            return f"{kept:,.{digits}f}{letter}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return a number with its noun: "1 kill", "1,204 kills"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"


def duration(seconds: float) -> str:
    """Return a duration in words: "1,203 h 5 min", "2 h", "12 min", "45 s", "less than a second"."""
    if 0 < seconds < 1:
        return "less than a second"
    hours, minutes = int(seconds) // 3600, int(seconds) % 3600 // 60
    if hours:
        return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"
    return f"{minutes} min" if minutes else f"{int(seconds)} s"


def ordinal(number: int) -> str:
    """Return a number as an ordinal: "1st", "2nd", "3rd", "4th", "11th"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def plain(name: str) -> str:
    """Return an enum name as people write it: "HITPOINTS" -> "Hitpoints"."""
    return name.replace("_", " ").strip().capitalize() or name


def period_text(period: str) -> str:
    """Return a period's name: "2024", "All time"."""
    return "All time" if period == "all" else period


def month_text(month: str) -> str:
    """Return a month "YYYY-MM" as "August 2024"."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"
