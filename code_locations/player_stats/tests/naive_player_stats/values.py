"""Rules for single values: integers, names, days, the order of `_id`s and equality of whole documents.

Rules for events are in `events`, for families in `fields`.
"""

import math
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from bson import Code, Decimal128, ObjectId

DAY_MS = 86_400_000
JOIN_MS = 5 * 60 * 1000
MAX_SUM = 2**63 - 1


def integer(value: Any) -> int | None:
    """A value as an integer, or None.

    Integers are BSON ints and integral doubles with a magnitude below 2^53, not booleans or Decimal128. The limit
    applies to both: a larger int has no equal double, and duplicates are equal regardless of the numeric type.
    """
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, float) and not value.is_integer():  # also NaN and the infinities
        return None
    whole = int(value)
    return whole if -(2**53) < whole < 2**53 else None


def natural(value: Any) -> int | None:
    """A value as an integer of at least 0, or None."""
    whole = integer(value)
    return whole if whole is not None and whole >= 0 else None


def number(value: Any) -> Fraction | None:
    """A value of any BSON numeric type as a finite number, or None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal128):
        decimal = value.to_decimal()
        return Fraction(decimal) if decimal.is_finite() else None
    if isinstance(value, int):
        return Fraction(int(value))
    if isinstance(value, float) and math.isfinite(value):
        return Fraction(value)
    return None


def text(value: Any) -> str | None:
    """A value as a string, or None; JavaScript code is not one, though pymongo makes it a subclass of `str`."""
    return value if isinstance(value, str) and not isinstance(value, Code) else None


def shown_name(value: Any) -> str | None:
    """The name of a mob or an actor without the game's markup, or None if it is not a string."""
    name = text(value)
    if name is None:
        return None
    shown, at = "", 0
    while at < len(name):
        tag = re.match(r"</?(col|img|shad|u|str)(=[^>]*)?>", name[at:])
        if tag:
            at += len(tag[0])
            continue
        for written, meant in (("<br>", " "), ("<lt>", "<"), ("<gt>", ">"), ("\u00a0", " "), (name[at], name[at])):
            if name.startswith(written, at):
                shown, at = shown + meant, at + len(written)
                break
    return shown.strip()


def name_key(name: Any) -> str | None:
    """A name in the form that is compared: lower case, `_`, `-` and U+00A0 as spaces, trimmed; None if empty."""
    if text(name) is None:
        return None
    key = name.lower().replace("_", " ").replace("-", " ").replace("\u00a0", " ").strip()
    return key or None


def day_of(timestamp: int) -> str:
    """The UTC calendar day of milliseconds since the epoch; after the year 9999 just a later text."""
    if timestamp >= 253_402_300_800_000:
        return "9999-12-31~"
    return datetime.fromtimestamp(timestamp // 1000, UTC).strftime("%Y-%m-%d")


def start_of(day: str) -> int:
    """Milliseconds since the epoch at which a UTC day begins."""
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1000


def id_order(identifier: Any) -> tuple[int, Any]:
    """A sort key for `_id`s in BSON's order of types: numbers, texts, the rest, object ids."""
    value = number(identifier)
    if value is not None:
        return (1, value)
    if text(identifier) is not None:
        return (2, identifier.encode())
    if isinstance(identifier, ObjectId):
        return (4, identifier.binary)
    return (3, repr(identifier))


def same(value: Any) -> Any:
    """A hashable form of a value: equal for equal values regardless of key order and numeric type.

    A missing field is not null, a boolean is not a number, and NaN equals NaN.
    """
    if isinstance(value, Mapping):
        return ("object", frozenset((key, same(part)) for key, part in value.items()))
    if isinstance(value, (list, tuple)):
        return ("array", tuple(same(part) for part in value))
    if text(value) is not None:
        return ("text", value)
    exact = number(value)
    if exact is not None:
        return ("number", exact)
    if isinstance(value, float):
        return ("number", str(value))
    if isinstance(value, Decimal128):
        decimal = value.to_decimal()
        return ("number", "nan" if decimal.is_nan() else str(float(decimal)))
    return (type(value).__name__, repr(value))


def total(values: Iterable[int]) -> int:
    """The sum of integers >= 0, at most the greatest signed 64-bit integer."""
    return min(sum(values), MAX_SUM)
