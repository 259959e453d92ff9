"""Keeps the wiki's tables up to date, and the item names derived from them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pymongo.database import Database
from wrapped_shared.documents import Document
from wrapped_shared.http import UpstreamError
from wrapped_shared.run_notes import write_note

from image_map.domain.bucket import FIELDS, ITEMS_TABLE, MAPPING, MONSTERS, NPCS, WikiRow
from image_map.domain.items import base_id, item_documents, static_digest
from image_map.domain.resolution import RowIndex
from image_map.domain.trust import judge
from image_map.store.images import NOTE, read_items, write_items
from image_map.store.subjects import read_subjects
from image_map.store.tables import CachedTable, read_table, table_head, write_refused, write_table
from image_map.upstream.prices import PriceService
from image_map.upstream.settings import DEFAULT_LEAST_ROWS, LEAST_ROWS_SETTING
from image_map.upstream.wiki import Wiki


@dataclass(slots=True)
class TableReport:
    """The result for one table."""

    rows: int = 0
    outcome: str = "cached"
    """cached, fetched, refused (too few rows), stale (could not be fetched, an old copy is used), or none."""
    problem: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Terms:
    """When tables are fetched, and which are accepted."""

    refresh: bool = False
    """Fetch regardless of age."""
    accept_smaller: bool = False
    """Accept tables with any number of rows, and fetch rejected ones again."""
    least_rows: int = DEFAULT_LEAST_ROWS
    """The minimum number of rows for a first table; 0 or less = any."""
    why_not: str = ""
    """Why no requests may be sent, for the report."""

    def due(self, head: CachedTable | None, now: datetime) -> bool:
        """Return whether a table should be fetched."""
        again = self.accept_smaller and head is not None and head.refused is not None
        return head is None or self.refresh or again or not head.fresh(now)


def refresh_tables(
    analytics: Database[Document], wiki: Wiki | None, prices: PriceService | None, now: datetime, terms: Terms
) -> dict[str, TableReport]:
    """Fetch the tables that are older than a day; if that fails, the cached ones stay in use.

    A table that lost more than a tenth of its rows is rejected (see `domain.trust`). The price service is called only
    if a report names an item that the wiki's table lacks.

    Args:
        analytics: the analytics database.
        wiki: the wiki, or None if no requests may be sent.
        prices: the price service, or None if no requests may be sent.
        now: the time of this run.
        terms: when tables are fetched, and which are accepted.
    """
    result: dict[str, TableReport] = {}
    for table in FIELDS:
        fetch = (lambda table=table: wiki.rows(table)) if wiki is not None else None
        result[table] = _refreshed(analytics, table, fetch, now, terms)
    if unnamed_items(analytics):
        fetch_mapping = prices.mapping if prices is not None else None
        result[MAPPING] = _refreshed(analytics, MAPPING, fetch_mapping, now, terms)
    return result


def unnamed_items(analytics: Database[Document]) -> set[int]:
    """Return the base ids of items that reports name but the wiki's table lacks."""
    wanted = _named_items(analytics)
    if not wanted:
        return set()
    listed = {item_id for row in read_table(analytics, ITEMS_TABLE) for item_id in row.ids}
    return {base for item_id in wanted if (base := base_id(item_id, listed)) not in listed}


def update_items(analytics: Database[Document]) -> tuple[int, int]:
    """Bring `items` up to the cached tables; returns (items known, documents written).

    Static names are stored only of items that reports name, so that a first run writes as much as it has news. They
    never replace a name from elsewhere: the wiki may have lost a row whose name it had corrected.
    """
    tables = read_table(analytics, ITEMS_TABLE), read_table(analytics, MAPPING)
    before = read_items(analytics)
    documents = {
        item_id: document
        for item_id, document in item_documents(*tables, _named_items(analytics)).items()
        if document["source"] != "static" or before.get(item_id, document)["source"] == "static"
    }
    written = write_items(analytics, documents, before)
    write_note(analytics, NOTE, names=static_digest())
    return len(documents), written


def _named_items(analytics: Database[Document]) -> set[int]:
    """Return the item ids that reports name."""
    return {subject.item_id for subject in read_subjects(analytics).values() if subject.item_id is not None}


def row_index(analytics: Database[Document]) -> RowIndex:
    """Return the cached tables as one index."""
    npcs = read_table(analytics, MONSTERS) + read_table(analytics, NPCS)
    return RowIndex(npcs, read_table(analytics, ITEMS_TABLE))


def _refreshed(
    analytics: Database[Document], table: str, fetch: Callable[[], list[WikiRow]] | None, now: datetime, terms: Terms
) -> TableReport:
    head = table_head(analytics, table)
    rows, refused = (head.rows, head.refused) if head is not None else (0, None)
    problem = refused.problem(rows, terms.least_rows, LEAST_ROWS_SETTING) if refused is not None else ""
    if not terms.due(head, now):
        return TableReport(rows, "refused" if problem else "cached", problem)
    if fetch is None:
        return TableReport(rows, "stale" if rows else "none", terms.why_not or "not requested")
    try:
        fetched = fetch()
    except UpstreamError as error:
        return TableReport(rows, "stale" if rows else "none", f"{error.outcome}: {error}")
    refused = None if terms.accept_smaller else judge(len(fetched), rows, terms.least_rows, now, refused)
    if refused is None:
        return TableReport(len(fetched), "fetched", changed=write_table(analytics, table, fetched, now))
    write_refused(analytics, table, refused)
    return TableReport(rows, "refused", refused.problem(rows, terms.least_rows, LEAST_ROWS_SETTING))
