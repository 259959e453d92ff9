"""Days and periods: UTC calendar days as "YYYY-MM-DD", periods as "YYYY" or "all".

Conversions between timestamps (milliseconds since the epoch), days, months and periods live here and nowhere else.
Nothing here reads settings or MongoDB.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

DAY_MS: Final = 86_400_000
ALL_TIME: Final = "all"
_EPOCH: Final = date(1970, 1, 1)


def day_start_ms(day: str) -> int:
    """Return the first millisecond (since the epoch) of a UTC day.

    Raises:
        ValueError: `day` is not "YYYY-MM-DD".
    """
    return (date.fromisoformat(day) - _EPOCH).days * DAY_MS


def day_of_ms(timestamp: int) -> str:
    """Return the UTC day of a timestamp in milliseconds since the epoch."""
    return (_EPOCH + timedelta(days=timestamp // DAY_MS)).isoformat()


def day_of(moment: datetime) -> str:
    """Return the UTC day of a time with a time zone."""
    return moment.astimezone(UTC).date().isoformat()


def is_day(value: object) -> bool:
    """Return whether a value is a calendar day, "YYYY-MM-DD"; values written by others may be anything."""
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def today() -> str:
    """Return the current UTC day."""
    return day_of(datetime.now(UTC))


def next_day(day: str) -> str:
    """Return the day after `day`."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def previous_day(day: str) -> str:
    """Return the day before `day`."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def days_between(first: str, last: str) -> Iterator[str]:
    """Yield every day from `first` to `last`, inclusive; nothing if `last` is before `first`."""
    day, end = date.fromisoformat(first), date.fromisoformat(last)
    while day <= end:
        yield day.isoformat()
        day += timedelta(days=1)


def month_of(day: str) -> str:
    """Return a day's month, "YYYY-MM"."""
    return day[:7]


def days_of_months(months: Iterable[str], last: str) -> list[str]:
    """Return the days of the months "YYYY-MM", up to `last`, oldest first; anything that is not a month is ignored."""
    found: list[str] = []
    for month in sorted({month for month in months if is_day(f"{month}-01")}):
        _, days = monthrange(int(month[:4]), int(month[5:]))
        found += days_between(f"{month}-01", min(f"{month}-{days}", last))
    return found


def periods_of_day(day: str) -> tuple[str, str]:
    """Return the periods a day belongs to: its year and all time."""
    return day[:4], ALL_TIME


def period_bounds(period: str) -> tuple[str, str]:
    """Return a period's half-open range of days [first, end).

    Raises:
        ValueError: `period` is neither a year "YYYY" nor "all".
    """
    if period == ALL_TIME:
        return "0000-00-00", "9999-99-99"
    if not (len(period) == 4 and period.isascii() and period.isdigit()):
        raise ValueError(f"a period must be a year such as 2024, or all, not {period[:20]!r}")
    return f"{period}-01-01", f"{int(period) + 1:04d}-01-01"
