"""One row of JSON text, plain JSON or MongoDB Extended JSON, as a document.

Used for the rows of the plugin's SQLite file and for JSON files alike.
"""

import json
from typing import Any, Final, NoReturn

from bson import json_util
from bson.errors import BSONError

from wrapped_cli.importers.rows import MAX_DEPTH, NOT_AN_OBJECT, NOT_JSON, TOO_DEEP, InvalidRowError

_TYPES: Final = frozenset(
    {"$oid", "$date", "$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$binary", "$uuid"}
    | {"$timestamp", "$undefined", "$minKey", "$maxKey", "$symbol", "$code", "$regularExpression", "$dbPointer"}
)
_OPTIONS: Final = json_util.JSONOptions(tz_aware=True, datetime_representation=json_util.DatetimeRepresentation.ISO8601)


def parse_row(text: object) -> dict[str, Any]:
    """Read one row.

    Integers stay integers of any size; values that BSON cannot hold are rejected later. Values such as
    `{"$numberLong": "5"}` become the value they represent.

    Args:
        text: str or UTF-8 bytes; anything else is not JSON.

    Raises:
        InvalidRowError: it is not JSON, not an object, or nested too deeply.
    """
    if not isinstance(text, str | bytes):
        raise InvalidRowError(NOT_JSON)
    try:
        whole = text if isinstance(text, str) else text.decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidRowError(NOT_JSON) from None
    found, end = _value_at(whole, len(whole) - len(whole.lstrip()))
    if whole[end:].strip():
        raise InvalidRowError(NOT_JSON)
    return _row(found)


def row_at(text: str, at: int) -> tuple[dict[str, Any], int]:
    """Read the row that starts at a position in a text; return it and the position of its end.

    Raises:
        InvalidRowError: there is no JSON, it is not an object, or it is nested too deeply.
    """
    found, end = _value_at(text, at)
    return _row(found), end


def _value_at(text: str, at: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, at)
    except RecursionError:
        raise InvalidRowError(TOO_DEEP) from None
    except (ValueError, TypeError, ArithmeticError, KeyError, BSONError):  # also bad Extended JSON
        raise InvalidRowError(NOT_JSON) from None


def _row(found: Any) -> dict[str, Any]:
    if not isinstance(found, dict):
        raise InvalidRowError(NOT_AN_OBJECT)
    if _deeper_than(found, MAX_DEPTH):
        raise InvalidRowError(TOO_DEEP)
    return found


def _typed(found: dict[str, Any]) -> Any:
    """Turn an Extended JSON wrapper into its value; every other object stays as it is."""
    if 0 < len(found) <= 2 and next(iter(found)) in _TYPES:
        return json_util.object_hook(found, _OPTIONS)
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _deeper_than(value: Any, depth: int) -> bool:
    if not isinstance(value, dict | list):
        return False
    if depth == 0:
        return True
    return any(_deeper_than(inner, depth - 1) for inner in (value.values() if isinstance(value, dict) else value))


_DECODER: Final = json.JSONDecoder(object_hook=_typed, parse_constant=_no_constant)
