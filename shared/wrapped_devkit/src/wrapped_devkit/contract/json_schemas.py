"""JSON Schema files (draft 2020-12) for code generators, one for each collection.

JSON lacks some types of BSON. The schemas describe what `JSON.stringify` makes of a document: dates as ISO 8601
strings, ObjectIds as 24 hex digits, bytes as base64. The keyword `x-bsonType` names the type behind such a string.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from wrapped_devkit.contract.collections import ANALYTICS, RAW, Models

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"

_COMMENT: Final = (
    "Documents as JSON.stringify writes them: BSON dates as ISO 8601 strings, ObjectIds as 24 hex digits, bytes as "
    'base64. Extended JSON wraps these values: {"$date": ...}, {"$oid": ...}, {"$binary": ...}. Fields may be added.'
)
_BSON: Final[Mapping[str, Mapping[str, str]]] = {
    "date": {"type": "string", "format": "date-time"},
    "objectId": {"type": "string", "pattern": "^[0-9a-f]{24}$"},
    "binData": {"type": "string", "contentEncoding": "base64"},
}
_OURS: Final = ("bsonType", "form", "tolerant")
"""Keywords for our own readers of schemas."""


def schema_files() -> dict[str, str]:
    """Return the text of each schema file by name."""
    return {
        f"{collection}.json": json.dumps(json_schema(collection, models), indent=2, ensure_ascii=False) + "\n"
        for collection, models in {**RAW, **ANALYTICS}.items()
    }


def json_schema(collection: str, models: Models) -> dict[str, Any]:
    """Return the JSON Schema of a collection's documents."""
    if len(models) == 1:
        title, schema = models[0].__name__, models[0].model_json_schema(by_alias=True, mode="serialization")
    else:
        title = collection.title().replace("_", "")
        _, definitions = models_json_schema([(model, "serialization") for model in models], by_alias=True)
        schema = {"anyOf": [{"$ref": f"#/$defs/{model.__name__}"} for model in models], **definitions}
    return {"$schema": DIALECT, "$id": f"{collection}.json", "$comment": _COMMENT, "title": title, **_plain(schema)}


def _plain(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return a schema without our keywords, with JSON types for BSON types and hints for code generators."""
    result: dict[str, Any] = {}
    if "bsonType" in schema:
        result |= {**_BSON[schema["bsonType"]], "x-bsonType": schema["bsonType"]}
    for keyword, value in schema.items():
        if keyword in ("properties", "$defs"):
            named = keyword == "$defs"
            result[keyword] = {name: ({"title": name} if named else {}) | _plain(part) for name, part in value.items()}
        elif keyword == "anyOf":
            result[keyword] = [_plain(part) for part in value]
        elif keyword in ("items", "additionalProperties") and isinstance(value, dict):
            result[keyword] = _plain(value)
        elif keyword == "description":
            result[keyword] = " ".join(value.split())
        elif keyword != "title" and keyword not in _OURS:
            result[keyword] = value
    if result.get("type") == "integer":
        result["format"] = "int64"
    return result
