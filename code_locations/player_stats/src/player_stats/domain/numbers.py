"""Numbers as people read them, and the units of the report."""


def seconds(ticks: int) -> float:
    """Return game ticks, nominally 0.6 s each, as seconds to one decimal."""
    return round(ticks * 6 / 10, 1)


def percent_energy(hundredths: int) -> float:
    """Return hundredths of a percent of run energy as percent, to two decimals."""
    return round(hundredths / 100, 2)


def duration(total_seconds: float) -> str:
    """Return a duration as words: "3 h 20 min", "12 min", "45 s"."""
    whole = int(total_seconds)
    hours, minutes = whole // 3600, whole % 3600 // 60
    if hours:
        return f"{hours:,} h {minutes} min"
    return f"{minutes} min" if minutes else f"{whole} s"


def counted(number: int, thing: str, things: str | None = None) -> str:
    """Return a number with its noun: "1 kill", "1,204 kills"."""
    return f"{number:,} {thing if number == 1 else things or thing + 's'}"
