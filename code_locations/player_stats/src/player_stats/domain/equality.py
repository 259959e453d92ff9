"""When two events are one: equality of whole documents, whatever the order of keys or the numeric type.

Only comparing lives here; which events are compared at all is `player_stats.domain.duplicates`' business.
"""

from collections.abc import Hashable
from typing import Any


def canonical(value: Any) -> Hashable:
    """Return a hashable value that is equal for equal data.

    1, 1.0 and the decimal 1 are equal, as MongoDB has it; true is no number, and a missing key differs from null.
    """
    if isinstance(value, bool):
        return "bool", value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return value if value == value else ("number", "nan")  # only NaN differs from itself
    if type(value) is str:
        return value
    if isinstance(value, dict):
        return "object", frozenset((key, canonical(inner)) for key, inner in value.items())
    if isinstance(value, list):
        return "array", tuple(map(canonical, value))
    if hasattr(value, "to_decimal"):
        decimal = value.to_decimal()
        return ("number", "nan") if decimal.is_nan() else decimal
    return type(value).__name__, repr(value)
