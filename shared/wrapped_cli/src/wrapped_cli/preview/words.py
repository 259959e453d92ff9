"""Days in words, for charts. Pure; the templates do the escaping.

Sentences are the report's own. Numbers and durations are in `wrapped_shared.words`, stats in `stat_words` beside it.
"""

from datetime import date

from wrapped_shared.words import duration


def ticks_span(ticks: int) -> str:
    """Return game ticks of 0.6 seconds as a duration."""
    return duration(ticks * 0.6)


def day_text(day: str, *, year: bool = True) -> str:
    """Return a day "YYYY-MM-DD" as "9 August 2024", or without its year."""
    moment = date.fromisoformat(day)
    return f"{moment.day} {moment:{'%B %Y' if year else '%B'}}"
