"""Indexes and validators of the contract, on a real server."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, get_args

import pytest
from pydantic import BaseModel
from pymongo.errors import WriteError
from wrapped_shared import collections as names
from wrapped_shared import models
from wrapped_shared.indexes import ANALYTICS_INDEXES, RAW_EVENT_INDEXES, ensure_indexes, missing_indexes
from wrapped_shared.models import VALIDATED_MODELS
from wrapped_shared.models.reports import WrappedReport
from wrapped_shared.mongo import MongoResource
from wrapped_shared.schemas import mongo_validator
from wrapped_shared.table_schema import MAY_BE_ABSENT, table_schema
from wrapped_shared.vocabulary import EquipmentSlot


def keys_of(mongo: MongoResource, database: str, collection: str) -> list[list[tuple[str, int]]]:
    base = mongo.raw if database == "raw" else mongo.analytics
    return [list(index["key"].items()) for index in base[collection].list_indexes()]


def test_indexes_are_created_once_and_raw_collections_get_nothing_else(mongo: MongoResource) -> None:
    assert missing_indexes(mongo.raw, mongo.analytics)
    first = ensure_indexes(mongo.raw, mongo.analytics)
    assert first.created
    assert not first.missing
    again = ensure_indexes(mongo.raw, mongo.analytics)
    assert again.created == []
    assert missing_indexes(mongo.raw, mongo.analytics) == []
    for collection in names.RAW_EVENT_COLLECTIONS:
        assert keys_of(mongo, "raw", collection) == [[("_id", 1)], *RAW_EVENT_INDEXES]
    for info in mongo.raw.list_collections():
        assert not info.get("options", {}).get("validator")
    for collection, indexes in ANALYTICS_INDEXES.items():
        for keys in indexes:
            assert keys in keys_of(mongo, "analytics", collection)


def test_validators_reject_documents_that_break_the_contract(mongo: MongoResource) -> None:
    ensure_indexes(mongo.raw, mongo.analytics)
    good = {"_id": "2024-01-01", "reason": "import", "token": 1}
    mongo.analytics[names.DAY_REQUESTS].insert_one(good)
    for bad in ({"_id": "soon", "reason": "x"}, {"_id": "2024-01-02"}, {"_id": "2024-01-03", "reason": 5}):
        with pytest.raises(WriteError):
            mongo.analytics[names.DAY_REQUESTS].insert_one(bad)


def test_an_older_validator_is_replaced(mongo: MongoResource) -> None:
    mongo.analytics.create_collection(names.DAY_REQUESTS, validator={"$jsonSchema": {"required": ["nothing"]}})
    ensure_indexes(mongo.raw, mongo.analytics)
    mongo.analytics[names.DAY_REQUESTS].insert_one({"_id": "2024-01-01", "reason": "import"})


def walk(schema: Any) -> Any:
    if isinstance(schema, dict):
        yield schema
        for value in schema.values():
            yield from walk(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from walk(value)


@pytest.mark.parametrize("collection", sorted(VALIDATED_MODELS))
def test_schemas_use_only_keywords_that_mongodb_supports(collection: str) -> None:
    validator = mongo_validator(VALIDATED_MODELS[collection])
    assert validator["$jsonSchema"]["bsonType"] == "object"
    assert "_id" in validator["$jsonSchema"]["properties"]
    for part in walk(validator):
        assert not {"$ref", "$defs", "default", "format", "const", "title"} & {
            key for key in part if not isinstance(part[key], dict) or (key.startswith("$") and key != "$jsonSchema")
        }


def every_model() -> Iterator[type[BaseModel]]:
    """Every model of the contract and of its parts."""
    for module in iter_modules(models.__path__, f"{models.__name__}."):
        for found in vars(import_module(module.name)).values():
            if isinstance(found, type) and issubclass(found, BaseModel) and found.__module__ == module.name:
                yield found


@pytest.mark.parametrize("model", list(every_model()), ids=lambda model: model.__name__)
def test_every_model_and_every_field_says_what_it_is(model: type[BaseModel]) -> None:
    assert model.__name__.startswith("_") or "__doc__" in vars(model)
    assert [name for name, field in model.model_fields.items() if not field.description] == []


@pytest.mark.parametrize("model", list(every_model()), ids=lambda model: model.__name__)
def test_every_column_in_the_ui_has_a_description(model: type[BaseModel]) -> None:
    columns = table_schema(model).columns
    assert [column.name for column in columns if not column.description] == []


def test_columns_show_what_is_null_absent_or_limited() -> None:
    columns = {column.name: column for column in table_schema(WrappedReport).columns}
    assert next(iter(columns)) == "_id"
    assert columns["play.best_day"].constraints.nullable
    assert not columns["revision"].constraints.nullable
    assert MAY_BE_ABSENT in columns["revision"].constraints.other
    assert "≥ 0" in columns["play.ticks"].constraints.other
    assert f"one of {', '.join(get_args(EquipmentSlot))}" in columns["equipment[].slot"].constraints.other
    assert columns["experience.best_day"].type == "string YYYY-MM-DD"
