"""Requesting that days be recomputed: the queue `day_requests` in the analytics database.

Code that writes telemetry with old `_id`s (importers, generator) makes its requests here. Reading and clearing the
queue belongs to the code that computes days.
"""

from collections.abc import Iterable
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.collection import Collection
from wrapped_shared.stored.player_stats import DayRequestFields


def request_days(requests: Collection[Any], days: Iterable[str], reason: str) -> tuple[ObjectId, set[str]]:
    """Request days; a day that is already requested gets the new reason and token.

    A request is cleared by deleting it by `_id` and the token that was read, so that a request made while the day
    was being computed survives.

    Args:
        requests: the collection `day_requests`.
        days: UTC days, "YYYY-MM-DD".
        reason: why, in words for people.

    Returns:
        The token of these requests, and the days that were not requested before.
    """
    token = ObjectId()
    ordered = sorted(set(days))
    if not ordered:
        return token, set()
    change = {"$set": DayRequestFields(reason=reason, token=token)}
    operations = [UpdateOne({"_id": day}, change, upsert=True) for day in ordered]
    result = requests.bulk_write(operations, ordered=False)
    return token, {str(day) for day in (result.upserted_ids or {}).values()}


def withdraw_days(requests: Collection[Any], days: Iterable[str], token: ObjectId) -> None:
    """Withdraw the requests made with `token`; any that were requested again since then stay."""
    for day in sorted(set(days)):
        requests.delete_one({"_id": day, "token": token})
