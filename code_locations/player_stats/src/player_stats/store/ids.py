"""The order of `_id`s of any BSON type."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from bson import Binary, Code, Decimal128, ObjectId, Timestamp

_NUMBER: Final = 2
_Rule = tuple[type | tuple[type, ...], int, Callable[[Any], Any]]


def _nan_first(number: float | Decimal) -> float | Decimal:
    not_a_number = number.is_nan() if isinstance(number, Decimal) else number != number
    return float("-inf") if not_a_number else number


# BSON's order of types, for those an `_id` may have, each with the order of its values.
_RULES: Final[tuple[_Rule, ...]] = (
    (ObjectId, 7, lambda value: value.binary),
    (bool, 8, lambda value: value),
    ((int, float), _NUMBER, _nan_first),
    (Decimal128, _NUMBER, lambda value: _nan_first(value.to_decimal())),
    (Code, 13, repr),
    (str, 3, lambda value: value),
    (dict, 4, lambda value: tuple(_field_key(name, found) for name, found in value.items())),
    (list, 5, lambda value: tuple(map(id_key, value))),
    ((bytes, Binary), 6, lambda value: (len(value), bytes(value))),
    (datetime, 9, lambda value: value.timestamp()),
    (Timestamp, 10, lambda value: (value.time, value.inc)),
)


def _field_key(name: str, value: Any) -> tuple[int, str, Any]:
    rank, key = id_key(value)
    return rank, name, key


def id_key(value: Any) -> tuple[int, Any]:
    """Return a key that sorts `_id`s as BSON orders them: by type, then within the type.

    Types that no ingestor uses as an `_id` (such as regular expressions) sort last, by their text.
    """
    for bson_type, rank, key in _RULES:
        if isinstance(value, bson_type):
            return rank, key(value)
    return (1, "") if value is None else (11, repr(value))
