"""Restoring what `wrapped export` wrote in addition to raw documents: summaries of sealed days, and links of names.

A summary is only restored for a day that is sealed: all others are computed from raw events. Nothing that is there is
replaced.
"""

from typing import Any, Final

from bson import ObjectId
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError
from wrapped_shared import collections as names
from wrapped_shared.seal import sealed_before
from wrapped_shared.stored.player_stats import ReportRequestFields
from wrapped_shared.tenures import Link, LinkError, Tenures

from wrapped_cli.importers.rows import NOT_SEALED, UNUSABLE_LINK, InvalidRowError

RESTORED: Final = (names.PLAYER_DAYS, names.PLAYER_NAMES)
"""The analytics collections of which documents are restored."""


def restore(analytics: Database[Any], collection: str, document: dict[str, Any]) -> bool:
    """Restore a document; return whether it is new.

    Raises:
        InvalidRowError: it is malformed, the day is not sealed, or the link contradicts others.
    """
    try:
        if collection == names.PLAYER_DAYS:
            return _restore_day(analytics, document)
        return _restore_link(analytics, document)
    except (KeyError, TypeError):
        raise InvalidRowError(NOT_SEALED if collection == names.PLAYER_DAYS else UNUSABLE_LINK) from None


def owners_of(collection: str, document: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the (player key, day) that a document is about."""
    if collection == names.PLAYER_DAYS:
        return [(str(document.get("player_key")), str(document.get("day")))]
    return [(str(document.get(end)), str(document.get("from_day"))) for end in ("old", "now")]


def _restore_day(analytics: Database[Any], document: dict[str, Any]) -> bool:
    key, day = document["player_key"], document["day"]
    sealed = sealed_before(analytics) or ""
    if document["_id"] != f"{key}|{day}" or not day < sealed:
        raise InvalidRowError(NOT_SEALED)
    request = ReportRequestFields(player_key=key, month=day[:7], token=ObjectId(), whole=True)
    # Requested before it is written, as all days are, and not older than any turn that removed it. Whoever makes
    # reports gives a request without a slot its slot.
    analytics[names.REPORT_REQUESTS].update_one({"_id": f"{key}|{day[:7]}"}, {"$set": request}, upsert=True)
    turns = analytics[names.TURNS].find_one({"_id": "turns"}) or {"ticket": 0}
    return _added(analytics, names.PLAYER_DAYS, {**document, "revision": int(turns["ticket"])})


def _restore_link(analytics: Database[Any], document: dict[str, Any]) -> bool:
    link = Link.of(document)
    try:
        Tenures([*(Link.of(known) for known in analytics[names.PLAYER_NAMES].find()), link])
    except LinkError:
        raise InvalidRowError(UNUSABLE_LINK) from None
    return _added(analytics, names.PLAYER_NAMES, {**document, "_id": link.id})


def _added(analytics: Database[Any], collection: str, document: dict[str, Any]) -> bool:
    try:
        analytics[collection].insert_one(document)
    except DuplicateKeyError:
        return False
    return True
