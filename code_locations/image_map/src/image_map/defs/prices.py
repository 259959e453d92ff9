"""The assets `item_prices` (each day's prices) and `item_month_prices` (their medians), and the check of their days."""

from datetime import UTC, datetime

import dagster as dg
from wrapped_shared import markdown
from wrapped_shared.asset_keys import ITEM_MONTH_PRICES_KEY, ITEM_PRICES_KEY, PLAYER_DAYS_KEY
from wrapped_shared.definitions import Materialized, warning
from wrapped_shared.holds import HOLD_MEANING, PRICES, hold_check
from wrapped_shared.models.image_map import ItemMonthPrices, ItemPrices
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.words import counted

from image_map.defs.common import (
    ANSWERS_CHECK,
    DAILY,
    HOLD_CHECK,
    POOL,
    Progress,
    answers_check,
    asset,
    asset_check,
    may_call,
    open_upstream,
    wants_contact,
)
from image_map.store.prices import months_behind
from image_map.work.prices import (
    DAYS_A_RUN,
    PricesReport,
    coverage,
    days_late,
    fetch_prices,
    missing_days,
    short_days,
    update_months,
)

SHOWN = 30
LATEST_DAYS = 14
LATE_DAYS = 3


@asset(
    ITEM_PRICES_KEY,
    "The price of every traded item in coins, one document per UTC day, from the price service: for every day "
    f"up to yesterday of the months in `loot_months`, oldest first, at most {DAYS_A_RUN} days a run. An "
    "accepted day is never requested again. A day with less than half the rows of the days before it (or a "
    "first one with fewer than PRICES_LEAST_ROWS) is refused and requested again once a day, three times.",
    [PLAYER_DAYS_KEY],
    ItemPrices,
    freshness=DAILY,
    checks={
        ANSWERS_CHECK: "Passes if every requested day was received and accepted.",
        HOLD_CHECK: HOLD_MEANING,
    },
    pool=POOL,
)
def item_prices(context: dg.AssetExecutionContext, mongo: MongoResource) -> Materialized:
    """Request the missing days."""
    report, requested = PricesReport(), True
    with clear_errors(mongo):
        now = datetime.now(UTC)
        missing = missing_days(mongo.analytics, now)
        if missing:
            with open_upstream(context, mongo) as upstream:
                requested = may_call(upstream.prices)
                if upstream.prices is None:
                    report = PricesReport(left=len(missing), problems=[upstream.why_not])
                else:
                    progress = Progress(context, "days of prices fetched").tell
                    report = fetch_prices(
                        mongo.analytics, upstream.prices, missing, now, upstream.least_prices, progress=progress
                    )
        hold = hold_check(mongo.analytics, HOLD_CHECK, PRICES)
    for problem in report.problems[:SHOWN] if requested else ():
        context.log.warning(problem)
    return dg.MaterializeResult(
        metadata={
            "days_accepted": report.accepted,
            "days_refused": dg.MetadataValue.text(", ".join(report.refused) or "none"),
            "days_left": report.left,
            "invalid_rows_dropped": report.dropped,
            "hold": str(hold.description),
        },
        check_results=[answers_check(report.problems, requested=requested), hold],
    )


@asset(
    ITEM_MONTH_PRICES_KEY,
    "Each item's price in a month, in coins, one document per month: the median of its prices on the month's "
    "days, so that one odd trade does not count. Reports value loot by them. Only months with new days are "
    "computed.",
    [ITEM_PRICES_KEY],
    ItemMonthPrices,
    freshness=DAILY,
)
def item_month_prices(mongo: MongoResource) -> Materialized:
    """Compute the months that have new days."""
    with clear_errors(mongo):
        months = update_months(mongo.analytics)
    return dg.MaterializeResult(
        metadata={
            "months_written": len(months),
            "months": dg.MetadataValue.md(markdown.table(("month",), [(month,) for month in months])),
        }
    )


@asset_check(
    asset=ITEM_PRICES_KEY,
    description=f"Passes if no accepted day among the latest {LATEST_DAYS} has less than half the usual number of "
    "prices, and every month's prices are those of all its days. Fails, because loot is valued by them.",
)
def prices_are_whole(mongo: MongoResource) -> dg.AssetCheckResult:
    """Compare the latest days with each other, and months with their days."""
    with clear_errors(mongo):
        short, behind = short_days(mongo.analytics, LATEST_DAYS), months_behind(mongo.analytics)
    wrong = [f"{day} is short" for day in short] + [f"{month} lacks days" for month in behind]
    return dg.AssetCheckResult(
        passed=not wrong,
        description=", ".join(wrong[:SHOWN]) or "the latest days are alike, and months have all their days",
        metadata={"short_days": len(short), "months_behind": len(behind)},
    )


@asset_check(
    asset=ITEM_PRICES_KEY,
    description=f"Passes if the newest day that is needed and accepted is at most {LATE_DAYS} days older than the "
    "newest that is needed. Only warns: prices of the days before serve meanwhile.",
)
def prices_are_recent(mongo: MongoResource) -> dg.AssetCheckResult:
    """Look at the newest accepted day."""
    with clear_errors(mongo):
        late = days_late(mongo.analytics, datetime.now(UTC))
    return warning(
        passed=late <= LATE_DAYS,
        description=f"no prices for the newest {counted(late, 'day')}" if late else "the newest day has prices",
        metadata={"days_late": late, **wants_contact()},
    )


@asset_check(
    asset=ITEM_PRICES_KEY,
    description="Passes if every day up to yesterday of the months with loot has prices; only warns.",
)
def price_days_complete(mongo: MongoResource) -> dg.AssetCheckResult:
    """Count the days without prices."""
    with clear_errors(mongo):
        found = coverage(mongo.analytics, datetime.now(UTC))
    missing = f", the oldest is {found.missing[0]}" if found.missing else ""
    given_up = f"; refused too often to be requested again: {len(found.given_up)}" if found.given_up else ""
    return warning(
        passed=not found.missing,
        description=f"{len(found.missing)} of {counted(found.needed, 'day')} without prices{missing}{given_up}",
        metadata={
            "needed": found.needed,
            "missing": len(found.missing),
            "given_up": len(found.given_up),
            **wants_contact(),
        },
    )
