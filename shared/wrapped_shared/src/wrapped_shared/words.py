"""Numbers, durations and names as people read them, the same on pages, cards and the terminal. Pure."""

from typing import Final

_STEPS: Final = ((1e12, 1e12, "T"), (1e9, 1e9, "B"), (1e6, 1e6, "M"), (1e4, 1e3, "K"))
"""From which value on a number is divided by what, and the letter for that."""


def short(value: float) -> str:
    """Return a number with at most three or four digits: "9,842", "12.3 K", "2.99 B"; rounded down, never up."""
    for least, size, letter in _STEPS:
        if abs(value) >= least:
            scaled = value / size
            digits = 2 if abs(scaled) < 10 else 1 if abs(scaled) < 100 else 0
            kept = int(scaled * 10**digits) / 10**digits
            return f"{kept:,.{digits}f} {letter}"
    return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")


def counted(count: int, noun: str) -> str:
    """Return a number with its noun, which gets an `s` for any number but one: `1 day`, `1,735 events`."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def duration(seconds: float) -> str:
    """Return seconds as in a report's own texts: "1,203 h 5 min", "2 h", "12 min", "45 s"."""
    hours, minutes = int(seconds) // 3600, int(seconds) % 3600 // 60
    if hours:
        return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"
    return f"{minutes} min" if minutes else f"{int(seconds)} s"


def plain(name: str) -> str:
    """Return an enum name as people write it: "HITPOINTS" -> "Hitpoints"."""
    return name.replace("_", " ").capitalize()


def period_text(period: str) -> str:
    """Return a period's name: "2024", "All time"."""
    return "All time" if period == "all" else period
