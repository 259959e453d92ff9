"""What counts as a sound value: the contract's integers, and columns of them.

A value is judged by its BSON type as pymongo decodes it. What a value means is the families' business.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, TypeGuard

import numpy as np
import numpy.typing as npt

Ints: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

INTEGER_LIMIT: Final = 2**53
"""Integers are BSON ints or integral doubles of a magnitude below this; larger doubles are not exact."""
MAX_SUM: Final = 2**63 - 1
"""Sums are exact up to here and stay here: hostile quantities must not wrap around."""


def whole(value: object) -> int | None:
    """Return `value` as an int if it is a sound integer, else None (booleans and Decimal128 are none)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value) if -INTEGER_LIMIT < value < INTEGER_LIMIT else None
    if isinstance(value, float) and -INTEGER_LIMIT < value < INTEGER_LIMIT and value.is_integer():
        return int(value)
    return None


def whole_column(values: Sequence[Any]) -> tuple[Ints, Mask]:
    """Return a column of sound integers and the mask of where they are sound (0 elsewhere).

    A column of BSON ints only, as nearly all are, costs one vectorised pass.
    """
    kinds = set(map(type, values))
    if all(issubclass(kind, int) and kind is not bool for kind in kinds):
        column = np.array(values, dtype=np.int64)
        sound = (column > -INTEGER_LIMIT) & (column < INTEGER_LIMIT)
        return np.where(sound, column, 0), sound
    checked = [whole(value) for value in values]
    sound = np.array([value is not None for value in checked], dtype=np.bool_)
    return np.array([value or 0 for value in checked], dtype=np.int64), sound


def is_text(value: object) -> TypeGuard[str]:
    """Whether a value is a sound string: pymongo gives JavaScript code as a subclass of `str` that has no hash."""
    return type(value) is str


def texts(values: Sequence[Any]) -> Mask:
    """Return the mask of where a column holds sound strings."""
    return np.array([type(value) is str for value in values], dtype=np.bool_)


def saturated(total: int) -> int:
    """Return a sum of non-negative numbers, kept within 64 bits."""
    return min(total, MAX_SUM)
