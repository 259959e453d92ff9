"""MongoDB documents as values: their type, and which of their values are integers.

What belongs here: what domains may use, without the driver. Reading and writing is in `wrapped_shared.bulk`.
"""

from typing import Any, Final, TypeAlias

Document: TypeAlias = dict[str, Any]

INTEGER_LIMIT: Final = 2**53
"""Integers are BSON ints or integral doubles of a magnitude below this; larger doubles are not exact."""
INT64: Final = 2**63
"""The limit of integers from JSON, as MongoDB can store them."""


def whole(value: object, limit: int = INTEGER_LIMIT) -> int | None:
    """Return `value` as an int if it is an integer as the contract defines it, else None.

    Booleans and Decimal128 are not integers, nor is anything of a magnitude of `limit` or more.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value) if -limit < value < limit else None
    if isinstance(value, float) and -limit < value < limit and value.is_integer():
        return int(value)
    return None
