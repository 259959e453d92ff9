"""The assets `wiki_rows` (the wiki's tables) and `items` (the item names from them)."""

from datetime import UTC, datetime

import dagster as dg
from wrapped_shared import markdown
from wrapped_shared.asset_keys import ITEMS_KEY, STAT_SUBJECTS_KEY, WIKI_ROWS_KEY
from wrapped_shared.definitions import Materialized
from wrapped_shared.holds import HOLD_MEANING, PRICES, WIKI, hold_check
from wrapped_shared.models.image_map import Item, WikiRows
from wrapped_shared.mongo import MongoResource, clear_errors

from image_map.defs.common import (
    ANSWERS_CHECK,
    HOLD_CHECK,
    POOL,
    TablesConfig,
    answers_check,
    asset,
    may_call,
    open_upstream,
)
from image_map.work.tables import Terms, refresh_tables, update_items


@asset(
    WIKI_ROWS_KEY,
    "The OSRS Wiki's tables of monsters, NPCs and items (Bucket API), cached for a day, and the price "
    "service's item list if the wiki lacks an item that a report names. Upstream failures do not fail the "
    f"step: the last good copy is used, and the check `{ANSWERS_CHECK}` fails. The same goes for a table with "
    "less than 90% of the stored rows (or a first one with fewer than WIKI_LEAST_ROWS): it is rejected until "
    "fetches on three days agree or a run sets `accept_smaller: true`.",
    [STAT_SUBJECTS_KEY],
    WikiRows,
    checks={
        ANSWERS_CHECK: "Passes if every requested table was received completely.",
        HOLD_CHECK: HOLD_MEANING,
    },
    pool=POOL,
)
def wiki_rows(context: dg.AssetExecutionContext, config: TablesConfig, mongo: MongoResource) -> Materialized:
    """Fetch the tables that are older than a day."""
    with clear_errors(mongo), open_upstream(context, mongo) as upstream:
        now = datetime.now(UTC)
        terms = Terms(config.refresh, config.accept_smaller, upstream.least_rows, upstream.why_not)
        tables = refresh_tables(mongo.analytics, upstream.wiki, upstream.prices, now, terms)
        hold = hold_check(mongo.analytics, HOLD_CHECK, WIKI, PRICES)
    problems = [f"{name}: {table.problem}" for name, table in tables.items() if table.problem]
    for problem in () if upstream.why_not else problems:
        context.log.warning(problem)
    rows = [(name, table.rows, table.outcome) for name, table in tables.items()]
    return dg.MaterializeResult(
        metadata={
            "rows": sum(table.rows for table in tables.values()),
            "tables": dg.MetadataValue.md(markdown.table(("table", "rows", "outcome"), rows)),
            "hold": str(hold.description),
        },
        check_results=[answers_check(problems, requested=may_call(upstream.wiki)), hold],
    )


@asset(
    ITEMS_KEY,
    "The name and the base id (un-noted, un-placeholder, un-worn) of every item id known to the wiki or, "
    "failing that, to the price service; of items that reports name and both lack, from the package's own "
    "table, so that reports have names without any request.",
    [STAT_SUBJECTS_KEY, WIKI_ROWS_KEY],
    Item,
)
def items(mongo: MongoResource) -> Materialized:
    """Bring item names up to the cached tables and what reports name."""
    with clear_errors(mongo):
        known, written = update_items(mongo.analytics)
    return dg.MaterializeResult(metadata={"items": known, "documents_written": written})
