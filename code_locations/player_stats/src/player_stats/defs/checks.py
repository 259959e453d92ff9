"""Asset checks: is the telemetry sound, do reports agree with their days, is none stale."""

from collections.abc import Iterator
from typing import Any, Final

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.asset_keys import DATA_QUALITY_KEY, PLAYER_DAYS_KEY, UNDATED_KEY, WRAPPED_REPORTS_KEY
from wrapped_shared.mongo import MongoResource, clear_mongo_errors

from player_stats.defs.common import RAW_KEYS
from player_stats.store.audit import audit_reports, days_too_large, left_out_shares, pending_reports

WARN_SHARE: Final = 0.01
ERROR_SHARE: Final = 0.20


@dg.multi_asset_check(
    name="telemetry_checks",
    specs=[
        dg.AssetCheckSpec(
            "few_documents_left_out",
            asset=key,
            additional_deps=[DATA_QUALITY_KEY, UNDATED_KEY],
            description=f"Warns from {WARN_SHARE:.0%} and fails from {ERROR_SHARE:.0%} of documents left out: of the "
            "collection's latest day, and of all its documents for those without a sound timestamp.",
        )
        for key in RAW_KEYS.values()
    ],
)
def telemetry_checks(mongo: MongoResource) -> Iterator[dg.AssetCheckResult]:
    """Look at each raw collection's latest day and its undated documents."""
    for collection, key in RAW_KEYS.items():
        with clear_mongo_errors(mongo):
            shares = left_out_shares(mongo.analytics, mongo.raw[collection])
        worst = max((share for share, _ in shares.values()), default=0.0)
        yield dg.AssetCheckResult(
            asset_key=key,
            check_name="few_documents_left_out",
            passed=worst < WARN_SHARE,
            severity=dg.AssetCheckSeverity.ERROR if worst >= ERROR_SHARE else dg.AssetCheckSeverity.WARN,
            description="; ".join(f"{day}: {share:.2%} left out" for day, (share, _) in shares.items()) or "no events",
            metadata={day: dg.MetadataValue.json(reasons) for day, (_, reasons) in shares.items()},
        )


@dg.asset_check(
    asset=PLAYER_DAYS_KEY,
    additional_deps=[DATA_QUALITY_KEY],
    description="No player's day is left out for being larger than MongoDB's limit of 16 MiB.",
)
def every_player_day_is_stored(mongo: MongoResource) -> dg.AssetCheckResult:
    """Look for days that `data_quality` says are too large."""
    with clear_mongo_errors(mongo):
        count, latest = days_too_large(mongo.analytics)
    return dg.AssetCheckResult(
        passed=not count,
        severity=dg.AssetCheckSeverity.WARN,
        description=f"{count:,} days with players too large to be stored" if count else "all are stored",
        metadata={"days": count, "latest": dg.MetadataValue.json(latest)},
    )


@dg.multi_asset_check(
    name="report_checks",
    specs=[
        dg.AssetCheckSpec(
            "reports_agree_with_their_days",
            asset=WRAPPED_REPORTS_KEY,
            description="The latest reports say what their stored days say: days tracked, ticks, kills, experience.",
        ),
        dg.AssetCheckSpec(
            "no_report_older_than_its_newest_day",
            asset=WRAPPED_REPORTS_KEY,
            description="Every player's changed days are in his report: nothing waits to be reported.",
        ),
    ],
)
def report_checks(mongo: MongoResource) -> Iterator[dg.AssetCheckResult]:
    """Compare reports with the days they rest on."""
    with clear_mongo_errors(mongo):
        looked_at, differing = audit_reports(mongo.analytics)
        pending, stale = pending_reports(mongo.analytics)
    yield dg.AssetCheckResult(
        asset_key=WRAPPED_REPORTS_KEY,
        check_name="reports_agree_with_their_days",
        passed=not differing,
        metadata=_listed("reports", looked_at, differing),
    )
    yield dg.AssetCheckResult(
        asset_key=WRAPPED_REPORTS_KEY,
        check_name="no_report_older_than_its_newest_day",
        passed=not pending and not stale,
        metadata={**_listed("reports", looked_at, stale), names.REPORT_REQUESTS: pending},
    )


def _listed(what: str, looked_at: int, wrong: list[str]) -> dict[str, Any]:
    return {f"{what}_looked_at": looked_at, "wrong": dg.MetadataValue.json(wrong[:20])}
