"""When two events are one: equality of whole documents, whatever the order of keys or the numeric type.

Only comparing lives here; which events are compared at all is `player_stats.domain.duplicates`' business.
"""

from collections.abc import Iterable
from decimal import Decimal
from hashlib import blake2b
from typing import Any


def canonical(value: Any) -> bytes:
    """Return bytes that are equal for equal data.

    1, 1.0 and the decimal 1 are equal, as MongoDB has it; true is no number, and a missing key differs from null.
    Objects and lists are digests of their parts: comparing costs the same however deep they nest, and nobody can make
    different ones that collide in a table.
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
        inner = list(map(canonical, value.values()))  # one frame of the interpreter's stack a level, here and below
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


def _digest(kind: bytes, parts: Iterable[bytes]) -> bytes:
    return blake2b(b"".join(b"%d:%s" % (len(part), part) for part in parts), digest_size=16, person=kind).digest()
