"""What the Dagster UI shows about an asset's documents: columns, collection, and a link to the contract.

Everything is derived from the pydantic models in `wrapped_shared.models`; nothing is described twice.
"""

import inspect
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import dagster as dg
from dagster import CodeReferencesMetadataValue, LocalFileCodeReference
from pydantic import BaseModel

from wrapped_shared.collections import ANALYTICS_DATABASE

CONTRACT_PAGE: Final = "docs/contract.md"
"""The page in this repository that describes all collections, one section each."""

MAY_BE_ABSENT: Final = "may be absent"
"""The constraint of a column whose field need not be there."""
_BOUNDS: Final = {"minimum": "≥", "exclusiveMinimum": ">", "maximum": "≤"}
_FIRST: Final = ("_id", "player", "player_key", "period", "collection", "day", "month")
_LAST: Final = ("schema_version", "revision")


def table_schema(model: type[BaseModel]) -> dg.TableSchema:
    """Return the columns for documents that follow a model.

    A nested field is named by its path, `play.ticks`; a field of a list's entries `places[].name`; a field of a map's
    values `experience.skills{}.gained`.
    """
    schema = model.model_json_schema(by_alias=True, mode="serialization")
    return dg.TableSchema(columns=list(_columns(schema, schema.get("$defs", {}), "", set())))


def document_metadata(collection: str, model: type[BaseModel], database: str = ANALYTICS_DATABASE) -> dict[str, Any]:
    """Return the metadata for an asset whose documents are in a collection.

    Args:
        collection: the collection's name.
        model: the model its documents follow.
        database: the database it is in.
    """
    with _settled():
        reference = LocalFileCodeReference(
            file_path=inspect.getsourcefile(model) or "",
            line_number=inspect.getsourcelines(model)[1],
            label=f"contract: {model.__name__}",
        )
        references = CodeReferencesMetadataValue(code_references=[reference])
    return {
        "dagster/table_name": f"{database}.{collection}",
        "dagster/column_schema": table_schema(model),
        "dagster/code_references": references,
        "contract": dg.MetadataValue.md(
            f"`{CONTRACT_PAGE}`, section **{collection}**; model `{model.__module__}.{model.__name__}`"
        ),
    }


def with_code_references(assets: Sequence[Any]) -> list[Any]:
    """Return the assets with links to their code, in addition to the link to their documents' model."""
    with _settled():
        return list(dg.with_source_code_references(assets))


@contextmanager
def _settled() -> Iterator[None]:
    """Suppress Dagster's warning on every load that code references are new: the version in use is pinned."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", dg.BetaWarning)
        yield


def _columns(
    schema: dict[str, Any], definitions: dict[str, Any], prefix: str, above: set[str]
) -> Iterator[dg.TableColumn]:
    required = set(schema.get("required", ()))
    for name, described in sorted(schema.get("properties", {}).items(), key=_place):
        plain, nullable = _without_null(described)
        path = f"{prefix}{name}"
        inner, suffix, reference = _inner(plain, definitions)
        absent = [] if name in required else [MAY_BE_ABSENT]
        yield dg.TableColumn(
            name=path,
            type=_type(plain, definitions),
            description=described.get("description") or plain.get("description") or (inner or {}).get("description"),
            constraints=dg.TableColumnConstraints(nullable=nullable, other=[*_limits(plain), *absent]),
        )
        if inner is not None and reference not in above:
            yield from _columns(inner, definitions, f"{path}{suffix}.", above | {reference})


def _place(entry: tuple[str, Any]) -> int:
    """Sort fields: whose document it is first, what is said of the document itself last, the rest as they come."""
    name = entry[0]
    return _FIRST.index(name) if name in _FIRST else len(_FIRST) + (name in _LAST)


def _limits(plain: dict[str, Any]) -> list[str]:
    """Return what the values of a field, or of a list's entries or a map's values, are limited to."""
    options = plain.get("anyOf", [plain])
    words = [word for option in options for word in (*option.get("enum", ()), option.get("const")) if word is not None]
    limits = [f"one of {', '.join(words)}"] if words and options[1:] in ([], [{"type": "string"}]) else []
    limits += [f"{sign} {plain[name]}" for name, sign in _BOUNDS.items() if name in plain]
    if "maxItems" in plain:
        limits.append(f"{'' if plain.get('minItems') == plain['maxItems'] else 'at most '}{plain['maxItems']} entries")
    for part in (plain.get("items"), plain.get("additionalProperties")):
        if isinstance(part, dict):
            limits += _limits(part)
    return limits


def _without_null(described: dict[str, Any]) -> tuple[dict[str, Any], bool]:
    options = described.get("anyOf")
    if not options:
        return described, False
    kept = [option for option in options if option.get("type") != "null"]
    return (kept[0] if len(kept) == 1 else {**described, "anyOf": kept}), len(kept) < len(options)


def _inner(plain: dict[str, Any], definitions: dict[str, Any]) -> tuple[dict[str, Any] | None, str, str]:
    """Return the nested schema of a field, its list's entries or its map's values, and the path suffix for it."""
    if "$ref" in plain:
        reference = plain["$ref"].rsplit("/", 1)[1]
        return definitions[reference], "", reference
    for name, step in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(plain.get(name), dict):
            inner, suffix, reference = _inner(plain[name], definitions)
            return inner, step + suffix, reference
    return None, "", ""


def _type(plain: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "$ref" in plain:
        return "document" if "properties" in definitions[plain["$ref"].rsplit("/", 1)[1]] else "any"
    if "anyOf" in plain:
        return " or ".join(dict.fromkeys(_type(option, definitions) for option in plain["anyOf"]))
    if "bsonType" in plain:
        return str(plain["bsonType"])
    json_type = plain.get("type")
    if json_type == "array":
        return f"list of {_type(plain['items'], definitions)}" if isinstance(plain.get("items"), dict) else "list"
    if json_type == "object":
        values = plain.get("additionalProperties")
        return f"map to {_type(values, definitions)}" if isinstance(values, dict) and values else "document"
    return f"{json_type or 'any'} {plain.get('form', '')}".rstrip()
