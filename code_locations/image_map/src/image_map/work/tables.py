"""Keeping the wiki's tables, and the item names that come out of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pymongo.database import Database
from wrapped_shared.http import PoliteClient, UpstreamError

from image_map.domain.bucket import FIELDS, ITEMS_TABLE, MAPPING, MONSTERS, NPCS, WikiRow
from image_map.domain.items import base_id, item_documents
from image_map.domain.resolution import RowIndex
from image_map.store.images import read_items, write_items
from image_map.store.subjects import read_subjects
from image_map.store.tables import read_table, table_head, write_table
from image_map.upstream.wiki import Wiki, mapping

Analytics = Database[dict[str, Any]]


@dataclass(slots=True)
class TableReport:
    """What became of one table."""

    rows: int = 0
    outcome: str = "cached"
    """cached, fetched, stale (could not be fetched, an old copy serves), or none (no copy either)."""
    problem: str = ""
    changed: bool = False


@dataclass(slots=True)
class TablesReport:
    """What became of all tables."""

    tables: dict[str, TableReport] = field(default_factory=dict)

    @property
    def problems(self) -> list[str]:
        """One line for each table that could not be fetched."""
        return [f"{name}: {report.problem}" for name, report in self.tables.items() if report.problem]


def refresh_tables(
    analytics: Analytics,
    wiki: Wiki | None,
    prices: PoliteClient | None,
    now: datetime,
    *,
    refresh: bool = False,
    why_not: str = "",
) -> TablesReport:
    """Fetch the tables that are older than a day; where that fails, what is cached goes on serving.

    The price service is asked only where a report names an item that the wiki's table lacks.

    Args:
        analytics: the analytics database.
        wiki: the wiki, or None where nothing may be asked.
        prices: a client for the price service, or None where nothing may be asked.
        now: the time of this run.
        refresh: fetch whatever the age.
        why_not: why nothing may be asked, for the report.
    """
    result = TablesReport()
    for table in FIELDS:
        fetch = (lambda table=table: wiki.rows(table)) if wiki is not None else None
        result.tables[table] = _refreshed(analytics, table, fetch, now, refresh, why_not)
    if unnamed_items(analytics):
        fetch_mapping = (lambda: mapping(prices)) if prices is not None else None
        result.tables[MAPPING] = _refreshed(analytics, MAPPING, fetch_mapping, now, refresh, why_not)
    return result


def unnamed_items(analytics: Analytics) -> set[int]:
    """Return the base ids of items that reports name and the wiki's table lacks."""
    subjects = read_subjects(analytics).values()
    wanted = {subject.item_id for subject in subjects if subject.item_id is not None}
    if not wanted:
        return set()
    listed = {item_id for row in read_table(analytics, ITEMS_TABLE) for item_id in row.ids}
    return {base for item_id in wanted if (base := base_id(item_id, listed)) not in listed}


def update_items(analytics: Analytics) -> tuple[int, int]:
    """Bring `items` up to the cached tables; returns (items known, documents written)."""
    documents = item_documents(read_table(analytics, ITEMS_TABLE), read_table(analytics, MAPPING))
    return len(documents), write_items(analytics, documents, read_items(analytics))


def row_index(analytics: Analytics) -> RowIndex:
    """Return the cached tables as one index."""
    npcs = read_table(analytics, MONSTERS) + read_table(analytics, NPCS)
    return RowIndex(npcs, read_table(analytics, ITEMS_TABLE))


def _refreshed(
    analytics: Analytics,
    table: str,
    fetch: Callable[[], list[WikiRow]] | None,
    now: datetime,
    refresh: bool,
    why_not: str,
) -> TableReport:
    head = table_head(analytics, table)
    if head is not None and head.fresh(now) and not refresh:
        return TableReport(head.rows)
    problem = why_not
    if fetch is not None:
        try:
            rows = fetch()
        except UpstreamError as error:
            problem = f"{error.outcome}: {error}"
        else:
            if rows or head is None or head.rows == 0:
                return TableReport(len(rows), "fetched", changed=write_table(analytics, table, rows, now))
            problem = "format_changed: the table came back empty"
    return TableReport(head.rows if head else 0, "stale" if head else "none", problem or "not asked")
