"""Checks that the documents in MongoDB follow the contract, for the tests of those who write them.

Raw telemetry is left aside: it may be anything, and is judged where it is read.
"""

from collections.abc import Container, Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel, ValidationError
from wrapped_shared import collections as names
from wrapped_shared.models.player_stats import HourCell, PlayerMerge
from wrapped_shared.mongo import MongoResource

from wrapped_devkit.contract.collections import ANALYTICS, RAW

_OPEN_PARTS: Final = (HourCell, PlayerMerge)
"""Parts whose further fields are private to the location that writes them."""


def departures(mongo: MongoResource, *, aside: Container[str] = ()) -> list[str]:
    """Return how the documents of the contract's collections depart from their models, one line each.

    A document departs where its type or range is another, and by a field that no model describes.

    Args:
        mongo: both databases.
        aside: collections to leave aside, such as those a test filled itself.
    """
    databases = ((mongo.analytics, ANALYTICS), (mongo.raw, {names.HISCORES: RAW[names.HISCORES]}))
    return [
        f"{collection} {document['_id']!r}: {problem}"
        for database, models in databases
        for collection, possible in models.items()
        if collection not in aside
        for document in database[collection].find()
        for problem in min((_problems(model, document) for model in possible), key=len)
    ]


def _problems(model: type[BaseModel], document: Mapping[str, Any]) -> list[str]:
    try:
        return list(_undescribed(model.model_validate(document, strict=True), ""))
    except ValidationError as error:
        return [f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}" for problem in error.errors()]


def _undescribed(value: object, path: str) -> Iterator[str]:
    if isinstance(value, BaseModel):
        if not isinstance(value, _OPEN_PARTS):
            yield from (f"{path}{name}: no model describes it" for name in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _undescribed(getattr(value, name), f"{path}{name}.")
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _undescribed(part, path)
