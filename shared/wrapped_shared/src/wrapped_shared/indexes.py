"""Indexes and validators of every collection, created by one idempotent `ensure_indexes`.

`wrapped_shared.models` defines the documents. Raw collections get their two indexes and nothing else: they never have a
validator.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from pymongo import IndexModel
from pymongo.database import Database
from pymongo.errors import OperationFailure

from wrapped_shared import collections as names
from wrapped_shared.documents import Document
from wrapped_shared.models import VALIDATED_MODELS
from wrapped_shared.rights import may_build
from wrapped_shared.schemas import mongo_validator

Keys = list[tuple[str, int]]

RAW_EVENT_INDEXES: Final[list[Keys]] = [[("timestamp", 1)], [("username", 1), ("timestamp", 1)]]
"""A time range over all players, and a time range of one form of a name."""

INDEXED_RAW_COLLECTIONS: Final = (*names.RAW_EVENT_COLLECTIONS, names.HISCORES)
"""Only older documents of the last collection have the fields of these indexes."""

ANALYTICS_INDEXES: Final[Mapping[str, list[Keys]]] = {
    names.PLAYER_DAYS: [[("day", 1)], [("player_key", 1), ("day", 1)]],
    names.PLAYER_HOURS: [[("hour", 1)], [("day", 1)], [("player_key", 1), ("day", 1)]],
    names.PLAYER_MONTHS: [[("player_key", 1), ("month", 1)]],
    names.PLAYER_MERGES: [[("player_key", 1)]],
    names.REPORT_REQUESTS: [[("slot", 1)], [("player_key", 1)]],
    names.DAY_LEDGER: [[("owed", 1), ("day", 1)], [("kept_until", 1)]],
    names.WRAPPED_REPORTS: [[("period", 1)], [("player_key", 1), ("period", 1)], [("generated_at", 1)]],
    names.GROUP_REPORTS: [[("period", 1)]],
    names.DATA_QUALITY: [[("collection", 1), ("day", 1)]],
    names.HISCORES_PLAYERS: [[("next_due", 1)], [("status", 1)]],
    names.HISCORES_GAINS: [
        [("player_key", 1), ("period", 1)],
        [("period", 1), ("player_key", 1), ("to", 1), ("schema_version", 1)],
        [("period", 1), ("from", 1), ("player_key", 1)],
        [("tenures.name", 1)],
    ],
    names.NAME_CANDIDATES: [[("overall", -1)]],
    names.SHARE_CARDS: [[("player_key", 1)], [("file_id", 1)]],
    names.STAT_IMAGES: [[("kind", 1)], [("sprite.file_id", 1)], [("pending", 1)]],
}

_NOT_ALLOWED: Final = (13, 8000)  # Unauthorized; the code that hosted services use
_NAMESPACE_EXISTS: Final = 48


@dataclass
class IndexReport:
    """What `ensure_indexes` found and did; every entry has the form "collection: what"."""

    created: list[str] = field(default_factory=list)
    """Indexes and validators that were created now."""
    missing: list[str] = field(default_factory=list)
    """Missing indexes and validators that we are not allowed to create."""


def ensure_indexes(raw: Database[Document], analytics: Database[Document], location: str | None = None) -> IndexReport:
    """Create the contract's missing indexes and validators; safe to call at any time, from any process.

    Without the permission, nothing fails: the report lists what is missing, and reads go unindexed.

    Args:
        raw: the database with the raw telemetry.
        analytics: the database with the computed documents.
        location: only what this location's user may create (`wrapped_shared.rights`); None for everything.

    Raises:
        pymongo.errors.PyMongoError: the server cannot be reached.
    """
    report = IndexReport()

    def ours(collection: str) -> bool:
        return location is None or may_build(location, collection)

    for collection in filter(ours, INDEXED_RAW_COLLECTIONS):
        _ensure_collection_indexes(raw, collection, RAW_EVENT_INDEXES, report)
    _ensure_validators(
        analytics,
        {name: mongo_validator(model) for name, model in VALIDATED_MODELS.items() if ours(name)},
        report,
    )
    for collection in filter(ours, ANALYTICS_INDEXES):
        _ensure_collection_indexes(analytics, collection, ANALYTICS_INDEXES[collection], report)
    return report


def missing_indexes(raw: Database[Document], analytics: Database[Document]) -> list[str]:
    """Return the contract's missing indexes, as "collection: key_1", without creating any."""
    wanted = [(raw, collection, keys) for collection in INDEXED_RAW_COLLECTIONS for keys in RAW_EVENT_INDEXES]
    wanted += [(analytics, collection, keys) for collection, indexes in ANALYTICS_INDEXES.items() for keys in indexes]
    return [
        _label(collection, keys) for base, collection, keys in wanted if keys not in _existing_keys(base, collection)
    ]


def _label(collection: str, keys: Keys) -> str:
    return f"{collection}: " + "_".join(f"{name}_{direction}" for name, direction in keys)


def _existing_keys(base: Database[Document], collection: str) -> list[Keys]:
    return [[(name, int(way)) for name, way in index["key"].items()
             if isinstance(way, int | float)] for index in base[collection].list_indexes()]  # fmt: skip


def _ensure_collection_indexes(
    base: Database[Document], collection: str, indexes: list[Keys], report: IndexReport
) -> None:
    existing: list[Keys] = []  # if we may not know: creating one that exists changes nothing
    with _unless_forbidden([]):
        existing = _existing_keys(base, collection)
    if missing := [keys for keys in indexes if keys not in existing]:
        labels = [_label(collection, keys) for keys in missing]
        with _unless_forbidden(report.missing, *labels):
            base[collection].create_indexes([IndexModel(keys) for keys in missing])
            report.created += labels


def _ensure_validators(base: Database[Document], validators: Mapping[str, dict[str, Any]], report: IndexReport) -> None:
    """Give collections, by name, their validators; one query tells which have them."""
    labels = {collection: f"{collection}: validator" for collection in validators}
    with _unless_forbidden(report.missing, *labels.values()):
        existing = {found["name"]: found.get("options", {}).get("validator") for found in base.list_collections()}
        for collection, validator in validators.items():
            if existing.get(collection) == validator:
                continue
            with _unless_forbidden(report.missing, labels[collection]):
                if collection in existing or not _created(base, collection, validator):
                    base.command("collMod", collection, validator=validator)
                report.created.append(labels[collection])


@contextmanager
def _unless_forbidden(missing: list[str], *labels: str) -> Iterator[None]:
    """Do something; if we lack the permission, note what is missing."""
    try:
        yield
    except OperationFailure as error:
        if error.code not in _NOT_ALLOWED:
            raise
        missing += labels


def _created(base: Database[Document], collection: str, validator: dict[str, Any]) -> bool:
    """Create a collection with its validator, which takes fewer rights than changing it; False if it exists by now."""
    try:
        base.create_collection(collection, validator=validator, check_exists=False)
    except OperationFailure as error:
        if error.code != _NAMESPACE_EXISTS:
            raise
        return False
    return True
