"""`wiki_rows`: upstream tables, cached with their time, whole or not at all.

A table is written as chunks under the fingerprint of its content, then its head is pointed at them, then older
chunks go; a reader follows the head. Fetching tables is `work`'s business, believing them `domain.trust`'s.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import UpdateOne
from pymongo.database import Database
from wrapped_shared.collections import WIKI_ROWS
from wrapped_shared.version import SCHEMA_VERSION

from image_map.domain.bucket import WikiRow
from image_map.domain.trust import Refused

ROWS_PER_CHUNK: Final = 1_000
FRESH_FOR: Final = timedelta(days=1)
"""How long the wiki is not asked again, whether its table was taken or refused."""

Analytics = Database[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class CachedTable:
    """A cached table's head."""

    fetched_at: datetime | None
    """None where no table was taken yet."""
    digest: str
    rows: int
    chunks: int
    refused: Refused | None
    """What came since and was not taken."""

    def fresh(self, now: datetime) -> bool:
        """Whether the wiki need not be asked yet."""
        asked = self.refused.fetches[-1].at if self.refused is not None else self.fetched_at
        return asked is not None and now - asked < FRESH_FOR


def table_head(analytics: Analytics, table: str) -> CachedTable | None:
    """Return the head of a cached table, or None where it was never fetched."""
    head = analytics[WIKI_ROWS].find_one({"_id": table})
    if head is None:
        return None
    refused = Refused.read(head.get("refused") or ())
    return CachedTable(head.get("fetched_at"), head["digest"], head["rows"], head["chunks"], refused)


def read_table(analytics: Analytics, table: str) -> list[WikiRow]:
    """Return a cached table's rows, in the wiki's order; empty where it was never fetched."""
    head = table_head(analytics, table)
    rows: list[WikiRow] = []
    for number in range(head.chunks if head else 0):
        chunk = analytics[WIKI_ROWS].find_one({"_id": _chunk_id(table, head.digest if head else "", number)})
        rows += [WikiRow.read(row) for row in (chunk or {}).get("rows", [])]
    return rows


def write_table(analytics: Analytics, table: str, rows: Sequence[WikiRow], now: datetime) -> bool:
    """Keep a table's rows and the time; returns whether the content changed.

    Where it did not, only the head's time is written.
    """
    stored = [row.stored() for row in rows]
    digest = hashlib.sha256(json.dumps(stored, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
    before = table_head(analytics, table)
    chunks = -(-len(stored) // ROWS_PER_CHUNK)
    changed = before is None or before.digest != digest
    if changed:
        writes = [
            UpdateOne(
                {"_id": _chunk_id(table, digest, number)},
                {
                    "$set": {
                        "schema_version": SCHEMA_VERSION,
                        "table": table,
                        "digest": digest,
                        "rows": stored[number * ROWS_PER_CHUNK : (number + 1) * ROWS_PER_CHUNK],
                    }
                },
                upsert=True,
            )
            for number in range(chunks)
        ]
        for write in writes:  # one by one: a chunk may be hundreds of kilobytes
            analytics[WIKI_ROWS].bulk_write([write])
    head = {
        "schema_version": SCHEMA_VERSION,
        "table": table,
        "digest": digest,
        "rows": len(stored),
        "chunks": chunks,
        "fetched_at": now,
        "refused": [],
    }
    analytics[WIKI_ROWS].update_one({"_id": table}, {"$set": head}, upsert=True)
    if changed:
        keep = {table, *(_chunk_id(table, digest, number) for number in range(chunks))}
        old = [doc["_id"] for doc in analytics[WIKI_ROWS].find({"table": table}, {"_id": 1}) if doc["_id"] not in keep]
        for _id in old:
            analytics[WIKI_ROWS].delete_one({"_id": _id})
    return changed


def write_refused(analytics: Analytics, table: str, refused: Refused) -> None:
    """Keep that a fetched table was not taken; what serves is left as it is."""
    empty = {"schema_version": SCHEMA_VERSION, "table": table, "digest": "", "rows": 0, "chunks": 0}
    refusals = {"refused": [fetch.stored() for fetch in refused.fetches]}
    analytics[WIKI_ROWS].update_one({"_id": table}, {"$set": refusals, "$setOnInsert": empty}, upsert=True)


def _chunk_id(table: str, digest: str, number: int) -> str:
    return f"{table}|{digest[:16]}|{number:04d}"
