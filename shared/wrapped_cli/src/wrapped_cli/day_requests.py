"""Asking for days to be computed anew: the queue `day_requests` of the analytics database.

What writes telemetry with old `_id`s (importers, generator) asks here. Reading and clearing the queue belongs to
those who compute.
"""

from collections.abc import Iterable
from typing import Any

from bson import ObjectId
from pymongo import UpdateOne
from pymongo.collection import Collection


def request_days(requests: Collection[Any], days: Iterable[str], reason: str) -> tuple[ObjectId, set[str]]:
    """Ask for days; a day that is asked for already gets the new reason and token.

    Whoever clears a request deletes it by `_id` and the token that it had read, so that a request made while the
    day was being computed survives.

    Args:
        requests: the collection `day_requests`.
        days: UTC days, "YYYY-MM-DD".
        reason: why, for people.

    Returns:
        The token of these requests, and those days that nobody had asked for before.
    """
    token = ObjectId()
    ordered = sorted(set(days))
    if not ordered:
        return token, set()
    change = {"$set": {"reason": reason, "token": token}}
    operations = [UpdateOne({"_id": day}, change, upsert=True) for day in ordered]
    result = requests.bulk_write(operations, ordered=False)
    return token, {str(day) for day in (result.upserted_ids or {}).values()}


def withdraw_days(requests: Collection[Any], days: Iterable[str], token: ObjectId) -> None:
    """Take back requests made with `token`; those that somebody has made anew since stay."""
    for day in sorted(set(days)):
        requests.delete_one({"_id": day, "token": token})
