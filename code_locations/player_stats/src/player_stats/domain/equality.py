"""Equality of whole documents, regardless of key order and numeric type.

Which events are compared is decided in `player_stats.domain.duplicates`.
"""

from collections.abc import Iterable
from decimal import Decimal
from hashlib import blake2b
from typing import Any


def canonical(value: Any) -> bytes:
    """Return bytes that are equal for equal data.

    As in MongoDB, 1, 1.0 and the decimal 1 are equal, true is not a number, and a missing key differs from null.
    Objects and lists become digests of their parts: comparing costs the same at any depth, and collisions cannot be
    provoked.
    """
    if type(value) is str:
        return b"s" + _utf8(value)
    if isinstance(value, bool):
        return b"true" if value else b"false"
    if isinstance(value, int):
        return b"n%x/1" % value
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dict):
        inner = list(map(canonical, value.values()))  # one stack frame per level, here and below
        return _digest(b"{", sorted(_digest(b":", pair) for pair in zip(map(_utf8, value), inner, strict=True)))
    if isinstance(value, list):
        return _digest(b"[", list(map(canonical, value)))
    if hasattr(value, "to_decimal"):
        return _number(value.to_decimal())
    return _utf8(f"{type(value).__name__} {value!r}")


def _number(value: float | Decimal) -> bytes:
    try:
        return b"n%x/%x" % value.as_integer_ratio()
    except OverflowError:  # infinite
        return b"inf" if value > 0 else b"-inf"
    except ValueError:  # not a number, signalling or not
        return b"nan"


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _digest(opening: bytes, parts: Iterable[bytes]) -> bytes:
    return blake2b(b"".join(b"%d:%s" % (len(part), part) for part in parts), digest_size=16, person=opening).digest()
