"""Translates the contract's pydantic models to MongoDB's `$jsonSchema` dialect.

MongoDB supports `bsonType`, but not `$ref`, `format` or `default`; the translation is here, the models are in
`wrapped_shared.models`.
"""

import functools
from typing import Any, Final

from pydantic import BaseModel

_BSON_TYPES: Final = {
    "string": "string",
    "boolean": "bool",
    "integer": ["int", "long"],
    "number": ["int", "long", "double"],
    "null": "null",
    "object": "object",
    "array": "array",
}
_KEPT: Final = ("required", "enum", "minimum", "maximum", "minItems", "maxItems", "pattern", "minLength")


@functools.cache
def mongo_validator(model: type[BaseModel]) -> dict[str, Any]:
    """Return the validator for a collection whose documents follow `model`.

    Unknown fields are allowed, since fields may be added to documents.
    """
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    return {"$jsonSchema": _translate(schema, schema.get("$defs", {}))}


def _translate(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if schema.get("tolerant"):
        return _types_only(schema)
    if "$ref" in schema:
        return _translate(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if schema.get("bsonType"):  # a model may specify a BSON type that JSON lacks
        return {"bsonType": schema["bsonType"]}
    result: dict[str, Any] = {name: schema[name] for name in _KEPT if name in schema}
    if "const" in schema:
        result["enum"] = [schema["const"]]
    if "type" in schema:
        result["bsonType"] = _BSON_TYPES[schema["type"]]
    if "anyOf" in schema:
        result["anyOf"] = [_translate(option, definitions) for option in schema["anyOf"]]
    if isinstance(schema.get("items"), dict):
        result["items"] = _translate(schema["items"], definitions)
    if "properties" in schema:
        result["properties"] = {name: _translate(value, definitions) for name, value in schema["properties"].items()}
    if isinstance(schema.get("additionalProperties"), dict) and "properties" not in schema:
        result["additionalProperties"] = _translate(schema["additionalProperties"], definitions)
    return result


def _types_only(schema: dict[str, Any]) -> dict[str, Any]:
    """Translate a field of which only the BSON type is checked, such as a word of a list that grows."""
    if "anyOf" in schema:
        options = [_types_only(option) for option in schema["anyOf"]]
        kept = [option for place, option in enumerate(options) if option not in options[:place]]
        return kept[0] if len(kept) == 1 else {"anyOf": kept}
    return {"bsonType": _BSON_TYPES[schema.get("type", "object")]}  # a part is a reference without a type
