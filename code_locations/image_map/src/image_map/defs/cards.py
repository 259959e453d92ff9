"""The asset `share_cards` and its check."""

from datetime import UTC, datetime

import dagster as dg
from wrapped_shared.asset_keys import SHARE_CARDS_KEY, STAT_IMAGES_KEY, WRAPPED_REPORTS_KEY
from wrapped_shared.definitions import Materialized, warning
from wrapped_shared.models.image_map import ShareCard
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.words import counted

from image_map.defs.common import DAILY, DRAWN_KINDS, Progress, asset, asset_check
from image_map.store import cards as store
from image_map.work.cards import update_cards


@asset(
    SHARE_CARDS_KEY,
    "A picture to share of each report, as PNG in two sizes (1080 × 1920 and 1200 × 630): of every report of a "
    "finished year, and of those requested in `card_requests`. A card is drawn again only if something on it "
    "changed; cards of reports that are gone are removed. The PNGs are in the GridFS bucket `share_cards`.",
    [WRAPPED_REPORTS_KEY, STAT_IMAGES_KEY],
    ShareCard,
    kinds=DRAWN_KINDS,
    freshness=DAILY,
)
def share_cards(context: dg.AssetExecutionContext, mongo: MongoResource) -> Materialized:
    """Serve the requests, then look at the reports that changed since the last run."""
    with clear_errors(mongo):
        report = update_cards(mongo.analytics, datetime.now(UTC), Progress(context, "cards drawn").tell)
    if report.unreadable:
        context.log.warning(f"{report.unreadable} reports break the contract and get no card")
    return dg.MaterializeResult(
        metadata={
            "reports_compared": report.reports,
            "cards_drawn": report.drawn,
            "cards_unchanged": report.unchanged,
            "cards_removed": report.removed,
            "files_removed": report.files_removed,
            "requests_served": report.requests,
            "requests_without_report": report.without_report,
            "reports_unreadable": report.unreadable,
        }
    )


@asset_check(
    asset=SHARE_CARDS_KEY,
    description="Passes if every card has its file and its report, and every file its card; only warns.",
)
def cards_complete(mongo: MongoResource) -> dg.AssetCheckResult:
    """Compare cards, files and reports by their ids."""
    with clear_errors(mongo):
        missing = sum(map(len, store.cards_without_file(mongo.analytics)))
        gone = sum(map(len, store.cards_without_report(mongo.analytics)))
        loose = sum(map(len, store.files_without_card(mongo.analytics)))
    return warning(
        passed=not missing and not gone and not loose,
        description=f"{counted(missing, 'card')} without a file, {counted(gone, 'card')} without a report, "
        f"{counted(loose, 'file')} without a card; the next run removes the last two",
        metadata={"without_file": missing, "without_report": gone, "files_without_card": loose},
    )
