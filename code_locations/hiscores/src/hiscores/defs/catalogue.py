"""The asset `activity_catalogue`: which rows the hiscores have, and the kind of each.

What belongs here: combining what the scrape saw with the ranking page. What does not: the scrape, which works without
this: if the page is rejected, the last good catalogue is used.
"""

from datetime import UTC, datetime
from typing import Final

import dagster as dg
from wrapped_shared.asset_keys import ACTIVITY_CATALOGUE_KEY, SNAPSHOTS_KEY
from wrapped_shared.definitions import Materialized, warning
from wrapped_shared.documents import Document
from wrapped_shared.holds import (
    HISCORES,
    HISCORES_RANKING,
    HOLD_MEANING,
    LONGEST_HOLD,
    HoldKeeper,
    hold_check,
    holds_in_force,
)
from wrapped_shared.http import UpstreamError
from wrapped_shared.models.hiscores import CatalogueRow
from wrapped_shared.mongo import MongoResource, clear_errors

from hiscores.defs.common import POOL, asset
from hiscores.domain.catalogue import Drift, catalogue_rows, drifts, unsettled
from hiscores.settings import HiscoresSettings
from hiscores.store.catalogue import (
    load_observed,
    load_rows,
    page_read_at,
    save_page_read,
    save_rows,
)
from hiscores.upstream.client import HiscoresClient

PAGE_LASTS: Final = LONGEST_HOLD
"""Once a day is enough, whether the page was served or rejected."""
PAGE_HOLD_CHECK: Final = "ranking_page_hold"


@asset(
    ACTIVITY_CATALOGUE_KEY,
    "The rows of the hiscores in the site's order, and the kind of each: skill, clue, minigame, boss, "
    "or points of another game mode. Derived from scraped responses and, once a day, the links on the ranking "
    "page.",
    [SNAPSHOTS_KEY],
    CatalogueRow,
    checks={
        "catalogue_drift": "Passes if no hiscores row has appeared, disappeared or moved since the last scrape.",
        PAGE_HOLD_CHECK: HOLD_MEANING,
    },
    pool=POOL,
)
def activity_catalogue(context: dg.AssetExecutionContext, mongo: MongoResource) -> Materialized:
    """Bring the catalogue up to date."""
    with clear_errors(mongo):
        settings = HiscoresSettings.load()
        settings.require_contact()
        before = load_rows(mongo.analytics)
        observed = load_observed(mongo.analytics) or {}
        page, page_outcome = _page(mongo, settings, before, observed)
        lists = observed.get("lists", [])
        rows = catalogue_rows(before, lists[0] if lists else None, page)
        written = save_rows(mongo.analytics, before, rows)
        hold = hold_check(mongo.analytics, PAGE_HOLD_CHECK, HISCORES_RANKING)
    found = drifts(before, lists)
    if found:
        context.log.warning("the rows of the hiscores changed: " + " | ".join(d.describe() for d in found))
    kinds = [row["kind"] for row in rows]
    return dg.MaterializeResult(
        metadata={
            "rows": len(rows),
            "ranking_page": page_outcome,
            "documents_written": written,
            **{f"kind_{kind}": kinds.count(kind) for kind in sorted(set(kinds))},
        },
        check_results=[_check(found), hold],
    )


def _page(
    mongo: MongoResource, settings: HiscoresSettings, before: list[Document], observed: Document
) -> tuple[dict[str, str] | None, str]:
    """Return the slugs on the ranking page, if it is time to read it, and what came of it.

    A rejection is not an error and is remembered for a day.
    """
    now = datetime.now(UTC)
    if holds := holds_in_force(mongo.analytics, HISCORES, HISCORES_RANKING):
        return None, f"not requested: {holds[0]}"
    last = page_read_at(mongo.analytics)
    unknown = unsettled(before, observed.get("lists", []))
    if last is not None and now - last < PAGE_LASTS and not unknown:
        return None, "not requested: read less than a day ago"
    hold = HoldKeeper(mongo.analytics, HISCORES_RANKING)
    with HiscoresClient.from_settings(settings, hold) as client:
        try:
            page = client.ranking_page()
        except UpstreamError as error:
            hold.keep(PAGE_LASTS, f"{error.outcome}: {error}")
            return None, f"{error.outcome}: {error}"
    save_page_read(mongo.analytics, now)
    return page, "ok"


def _check(found: list[Drift]) -> dg.AssetCheckResult:
    return warning(
        check_name="catalogue_drift",
        passed=not found,
        description=" | ".join(drift.describe() for drift in found) or "as before",
        metadata={
            "appeared": dg.MetadataValue.json(sorted({name for d in found for name in d.appeared})),
            "vanished": dg.MetadataValue.json(sorted({name for d in found for name in d.vanished})),
            "moved": dg.MetadataValue.json(sorted({name for d in found for name in d.moved})),
        },
    )
