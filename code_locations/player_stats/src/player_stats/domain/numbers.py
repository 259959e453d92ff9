"""Numbers as people read them, and the units of the report."""

from collections.abc import Collection


def seconds(ticks: int) -> float:
    """Return game ticks, nominally 0.6 s each, as seconds to one decimal."""
    return round(ticks * 6 / 10, 1)


def duration(total_seconds: float) -> str:
    """Return a duration in words: "3 h 20 min", "12 min", "45 s", "less than a second"."""
    whole = int(total_seconds)
    if 0 < total_seconds < 1:
        return "less than a second"
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours:
        return f"{hours:,} h {minutes} min" if minutes else f"{hours:,} h"
    return f"{minutes} min" if minutes else f"{whole} s"


def joint(values: Collection[int], thing: str) -> str:
    """Return what to add to the greatest of some values: ", joint first with 2 other mobs"; "" without a tie."""
    rivals = list(values).count(max(values)) - 1
    return f", joint first with {counted(rivals, f'other {thing}')}" if rivals else ""


def ordinal(number: int) -> str:
    """Return a number as an ordinal: "1st", "2nd", "3rd", "4th", "11th"."""
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number:,}{ending}"


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return a number with its noun: "1 kill", "1,204 kills"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
