"""Indexes and validators of the contract, on a real server."""

from typing import Any

import pytest
from pymongo.errors import WriteError
from wrapped_shared import collections as names
from wrapped_shared.indexes import ANALYTICS_INDEXES, RAW_EVENT_INDEXES, ensure_indexes, missing_indexes
from wrapped_shared.models import VALIDATED_MODELS
from wrapped_shared.mongo import MongoResource
from wrapped_shared.schemas import mongo_validator


def keys_of(mongo: MongoResource, database: str, collection: str) -> list[list[tuple[str, int]]]:
    base = mongo.raw if database == "raw" else mongo.analytics
    return [list(index["key"].items()) for index in base[collection].list_indexes()]


def test_indexes_are_made_once_and_raw_collections_get_nothing_else(mongo: MongoResource) -> None:
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


def test_validators_refuse_what_breaks_the_contract(mongo: MongoResource) -> None:
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
def test_schemas_speak_mongodb_only(collection: str) -> None:
    validator = mongo_validator(VALIDATED_MODELS[collection])
    assert validator["$jsonSchema"]["bsonType"] == "object"
    assert "_id" in validator["$jsonSchema"]["properties"]
    for part in walk(validator):
        assert not {"$ref", "$defs", "default", "format", "const", "title"} & {
            key for key in part if not isinstance(part[key], dict) or (key.startswith("$") and key != "$jsonSchema")
        }


@pytest.mark.parametrize("model", sorted({model.__name__ for model in VALIDATED_MODELS.values()}))
def test_every_model_says_what_it_is(model: str) -> None:
    found = next(one for one in VALIDATED_MODELS.values() if one.__name__ == model)
    assert found.__doc__
