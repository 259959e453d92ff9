"""Valid values by the contract: integers and texts, and columns of them.

What counts is the BSON type as pymongo decodes it. What a value means is up to the families.
"""

from collections.abc import Sequence
from typing import Any, Final, TypeAlias, TypeGuard

import numpy as np
import numpy.typing as npt
from wrapped_shared.documents import INTEGER_LIMIT, whole

Ints: TypeAlias = npt.NDArray[np.int64]
Mask: TypeAlias = npt.NDArray[np.bool_]

MAX_SUM: Final = 2**63 - 1
"""Sums saturate here: hostile quantities must not wrap around."""


def whole_column(values: Sequence[Any]) -> tuple[Ints, Mask]:
    """Return a column of valid integers and the mask of where they are valid (0 elsewhere).

    A column of BSON ints only, which is the usual case, costs one vectorised pass.
    """
    types = set(map(type, values))
    if all(issubclass(one, int) and one is not bool for one in types):
        column = np.array(values, dtype=np.int64)
        valid = (column > -INTEGER_LIMIT) & (column < INTEGER_LIMIT)
        return np.where(valid, column, 0), valid
    checked = [whole(value) for value in values]
    valid = np.array([value is not None for value in checked], dtype=np.bool_)
    return np.array([value or 0 for value in checked], dtype=np.int64), valid


def is_text(value: object) -> TypeGuard[str]:
    """Return whether a value is a string, and not JavaScript code, which pymongo reads as an unhashable `str`."""
    return type(value) is str


def texts(values: Sequence[Any]) -> Mask:
    """Return the mask of where a column has strings."""
    return np.array([type(value) is str for value in values], dtype=np.bool_)


def saturated(total: int) -> int:
    """Return a sum of non-negative numbers, limited to 64 bits."""
    return min(total, MAX_SUM)
