"""The setting that is read when definitions load, and the error for any invalid setting.

`WRAPPED_FIRST_DAY` is the only one: the daily partitions depend on it. Every other setting is read in the step that
needs it (`wrapped_shared.environment`).
"""

import os
from datetime import date
from typing import Final

DEFAULT_FIRST_DAY: Final = "2023-01-01"


class SettingsError(Exception):
    """A setting is missing or invalid; the message is one line and says what to set."""


def first_day() -> str:
    """Return the first UTC day that counts, "YYYY-MM-DD", from WRAPPED_FIRST_DAY (default 2023-01-01).

    Raises:
        ValueError: the variable is not a calendar day in 1970 or later; the message says what to set.
    """
    value = os.environ.get("WRAPPED_FIRST_DAY", "").strip() or DEFAULT_FIRST_DAY
    try:
        day = date.fromisoformat(value)
    except ValueError:
        day = None
    if day is None or day.isoformat() != value or day.year < 1970:
        raise ValueError(f"WRAPPED_FIRST_DAY must be a day such as {DEFAULT_FIRST_DAY}, not {value[:40]!r}")
    return value
