"""`wiki_rows`: upstream tables, cached with their time, completely or not at all.

A table is written as chunks under a fingerprint of its content, then its head is pointed at them, then older chunks are
removed; a reader follows the head. Fetching tables belongs to `work`, accepting them to `domain.trust`.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pymongo.database import Database
from wrapped_shared.bulk import batches
from wrapped_shared.collections import WIKI_ROWS
from wrapped_shared.documents import Document
from wrapped_shared.stored.image_map import WikiRowsFields, WikiTableFields
from wrapped_shared.version import SCHEMA_VERSIONS

from image_map.domain.bucket import WikiRow
from image_map.domain.trust import Refused

ROWS_PER_CHUNK: Final = 1_000
FRESH_FOR: Final = timedelta(days=1)
"""How long a table is not fetched again, whether it was accepted or rejected."""


@dataclass(frozen=True, slots=True)
class CachedTable:
    """A cached table's head."""

    fetched_at: datetime | None
    """None if no table was accepted yet."""
    digest: str
    rows: int
    chunks: int
    refused: Refused | None
    """Fetches rejected since then."""

    def fresh(self, now: datetime) -> bool:
        """Return whether the table need not be fetched yet."""
        requested = self.refused.fetches[-1].at if self.refused is not None else self.fetched_at
        return requested is not None and now - requested < FRESH_FOR


def table_head(analytics: Database[Document], table: str) -> CachedTable | None:
    """Return the head of a cached table, or None if it was never fetched."""
    head = analytics[WIKI_ROWS].find_one({"_id": table})
    if head is None:
        return None
    refused = Refused.read(head.get("refused") or ())
    return CachedTable(head.get("fetched_at"), head["digest"], head["rows"], head["chunks"], refused)


def read_table(analytics: Database[Document], table: str) -> list[WikiRow]:
    """Return a cached table's rows, in the wiki's order; empty if it was never fetched."""
    head = table_head(analytics, table)
    rows: list[WikiRow] = []
    for number in range(head.chunks if head else 0):
        chunk = analytics[WIKI_ROWS].find_one({"_id": _chunk_id(table, head.digest if head else "", number)})
        rows += [WikiRow.read(row) for row in (chunk or {}).get("rows", [])]
    return rows


def write_table(analytics: Database[Document], table: str, rows: Sequence[WikiRow], now: datetime) -> bool:
    """Store a table's rows and the time; returns whether the content changed.

    If it did not, only the head's time is written.
    """
    stored = [row.stored() for row in rows]
    digest = hashlib.sha256(json.dumps(stored, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
    before = table_head(analytics, table)
    ids = [_chunk_id(table, digest, number) for number in range(-(-len(stored) // ROWS_PER_CHUNK))]
    version = SCHEMA_VERSIONS[WIKI_ROWS]
    changed = before is None or before.digest != digest
    if changed:
        for _id, some in zip(ids, batches(stored, ROWS_PER_CHUNK), strict=True):  # one by one: each may be large
            chunk = WikiRowsFields(schema_version=version, table=table, digest=digest, rows=some)
            analytics[WIKI_ROWS].update_one({"_id": _id}, {"$set": chunk}, upsert=True)
    head: WikiTableFields = {
        "schema_version": version,
        "table": table,
        "digest": digest,
        "rows": len(stored),
        "chunks": len(ids),
        "fetched_at": now,
        "refused": [],
    }
    analytics[WIKI_ROWS].update_one({"_id": table}, {"$set": head}, upsert=True)
    if changed:
        analytics[WIKI_ROWS].delete_many({"table": table, "_id": {"$nin": [table, *ids]}})
    return changed


def write_refused(analytics: Database[Document], table: str, refused: Refused) -> None:
    """Record that a fetched table was rejected; the table in use is unchanged."""
    version = SCHEMA_VERSIONS[WIKI_ROWS]
    empty = WikiTableFields(schema_version=version, table=table, digest="", rows=0, chunks=0)
    refusals = WikiTableFields(refused=[{"at": fetch.at, "rows": fetch.rows} for fetch in refused.fetches])
    analytics[WIKI_ROWS].update_one({"_id": table}, {"$set": refusals, "$setOnInsert": empty}, upsert=True)


def _chunk_id(table: str, digest: str, number: int) -> str:
    return f"{table}|{digest[:16]}|{number:04d}"
