"""Asset checks: is the telemetry valid, do reports agree with their days, is anything stale or owed for too long.

The results of each check come from one function, which the check itself yields and `wrapped_news` logs.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import dagster as dg
from wrapped_shared import collections as names
from wrapped_shared.asset_keys import (
    DATA_QUALITY_KEY,
    GROUP_REPORTS_KEY,
    PLAYER_DAYS_KEY,
    PLAYER_STATS,
    UNDATED_KEY,
    WRAPPED_REPORTS_KEY,
)
from wrapped_shared.definitions import check_spec, warning
from wrapped_shared.mongo import MongoResource, clear_errors
from wrapped_shared.owed_days import owed_summary
from wrapped_shared.periods import today
from wrapped_shared.seal import first_open_day
from wrapped_shared.settings import first_day
from wrapped_shared.words import counted

from player_stats.defs.common import RAW_KEYS
from player_stats.store.audit import (
    audit_groups,
    audit_latest_day,
    audit_reports,
    days_too_large,
    left_out_shares,
    pending_reports,
)
from player_stats.store.days import owner_of
from player_stats.work.faults import OWED_FOR

WARN_SHARE: Final = 0.01
ERROR_SHARE: Final = 0.20

Results = Iterator[dg.AssetCheckResult]


def telemetry_results(mongo: MongoResource) -> Results:
    """Check each raw collection's latest day and its undated documents."""
    for collection, key in RAW_KEYS.items():
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


def day_results(mongo: MongoResource) -> Results:
    """Check what is owed, since when and why, and which days were too large to store."""
    owed = owed_summary(mongo.analytics, first_open_day(mongo.analytics, first_day()), today())
    late = owed.since is not None and datetime.now(UTC) - owed.since > OWED_FOR
    since = f", the oldest since {owed.since:%Y-%m-%d %H:%M} UTC" if owed.since else ""
    yield warning(
        asset_key=PLAYER_DAYS_KEY,
        check_name="nothing_owed_for_long",
        passed=not late,
        description=f"{counted(len(owed.days), 'day')} owed{since}" if owed.days else "nothing is owed",
        metadata={"days": len(owed.days), "days_to_come": owed.to_come, "why": dg.MetadataValue.json(owed.whys)},
    )
    count, latest = days_too_large(mongo.analytics)
    yield warning(
        asset_key=PLAYER_DAYS_KEY,
        check_name="every_player_day_is_stored",
        passed=not count,
        description=f"{counted(count, 'day')} with players whose document is too large to store"
        if count
        else "all are stored",
        metadata={"days": count, "latest": dg.MetadataValue.json(sorted({owner_of(one)[1] for one in latest}))},
    )


def agreement_results(mongo: MongoResource) -> Results:
    """Compare the players' days with what was read of the day, and groups with their members."""
    day, read, theirs = audit_latest_day(mongo.analytics)
    # A run that writes the day at this moment may cause it; the next run's result tells.
    yield warning(
        asset_key=PLAYER_DAYS_KEY,
        check_name="days_hold_no_more_than_was_read",
        passed=theirs <= read,
        description=f"{day}: players have {theirs:,} of {read:,} events" if day else "nothing to compare yet",
        metadata={"events_read": read, "events_of_players": theirs},
    )
    compared, differing = audit_groups(mongo.analytics)
    yield dg.AssetCheckResult(
        asset_key=GROUP_REPORTS_KEY,
        check_name="totals_are_their_members_sums",
        passed=not differing,
        description=f"{len(differing)} of {compared} group reports differ" if compared else "nothing to compare yet",
        metadata={"groups_checked": compared, "differing": dg.MetadataValue.json(differing)},
    )


def report_results(mongo: MongoResource) -> Results:
    """Compare reports with the days they were made from."""
    compared, differing = audit_reports(mongo.analytics)
    pending, stale = pending_reports(mongo.analytics)
    yield dg.AssetCheckResult(
        asset_key=WRAPPED_REPORTS_KEY,
        check_name="reports_agree_with_their_days",
        passed=not differing,
        metadata=_compared(compared, differing),
    )
    yield dg.AssetCheckResult(
        asset_key=WRAPPED_REPORTS_KEY,
        check_name="no_report_older_than_its_newest_day",
        passed=not pending and not stale,
        metadata={**_compared(compared, stale), names.REPORT_REQUESTS: pending},
    )


def _checks(
    name: str, results: Callable[[MongoResource], Results], *specs: dg.AssetCheckSpec, can_subset: bool = False
) -> dg.AssetChecksDefinition:
    """Define checks whose results come from one function."""

    @dg.multi_asset_check(name=name, description=results.__doc__, specs=specs, can_subset=can_subset)
    def evaluate(context: dg.AssetCheckExecutionContext, mongo: MongoResource) -> Results:
        chosen = {key.name for key in context.selected_asset_check_keys}
        with clear_errors(mongo):
            yield from (result for result in results(mongo) if result.check_name in chosen)

    return evaluate


telemetry_checks = _checks(
    "telemetry_checks",
    telemetry_results,
    *(
        check_spec(
            "few_documents_left_out",
            asset=key,
            location=PLAYER_STATS,
            additional_deps=[DATA_QUALITY_KEY, UNDATED_KEY],
            description=f"Warns if {WARN_SHARE:.0%} or more of the documents are left out, and fails from "
            f"{ERROR_SHARE:.0%}: of the collection's latest day and, for those without a valid timestamp, of all its "
            "documents.",
        )
        for key in RAW_KEYS.values()
    ),
)
day_checks = _checks(
    "day_checks",
    day_results,
    check_spec(
        "nothing_owed_for_long",
        asset=PLAYER_DAYS_KEY,
        description=f"Warns if a day has been owed for over {OWED_FOR // timedelta(hours=1)} hours, and says why.",
    ),
    check_spec(
        "every_player_day_is_stored",
        asset=PLAYER_DAYS_KEY,
        additional_deps=[DATA_QUALITY_KEY],
        description="Passes if no player's day is left out for exceeding MongoDB's limit of 16 MiB.",
    ),
)
report_checks = _checks(
    "report_checks",
    report_results,
    check_spec(
        "reports_agree_with_their_days",
        asset=WRAPPED_REPORTS_KEY,
        description="Passes if the latest reports have exactly the figures of their stored days, in every section.",
    ),
    check_spec(
        "no_report_older_than_its_newest_day",
        asset=WRAPPED_REPORTS_KEY,
        description="Passes if no report request is pending: every report includes all changed days.",
    ),
)
agreement_checks = _checks(
    "agreement_checks",
    agreement_results,
    check_spec(
        "days_hold_no_more_than_was_read",
        asset=PLAYER_DAYS_KEY,
        additional_deps=[DATA_QUALITY_KEY],
        description="Passes if the players' documents for the latest day hold no more events than were read for "
        "that day: nothing counts twice, and nothing remains of a day whose telemetry is gone. Only warns, because "
        "a run that is writing the day looks the same.",
    ),
    check_spec(
        "totals_are_their_members_sums",
        asset=GROUP_REPORTS_KEY,
        additional_deps=[WRAPPED_REPORTS_KEY],
        description="Passes if the totals of up to 20 all-time group reports are the sums of their members'. "
        "Fails, because the web app shows wrong figures then; nothing is compared while reports are owed.",
    ),
    can_subset=True,  # days can be computed without groups, and groups without days
)
CHECKS: Final = [telemetry_checks, day_checks, report_checks, agreement_checks]


def evaluations(mongo: MongoResource) -> Iterator[dg.AssetCheckEvaluation]:
    """Yield the evaluations of all checks, for a step that logs them."""
    for results in (telemetry_results, day_results, report_results, agreement_results):
        for result in results(mongo):
            yield dg.AssetCheckEvaluation(**result._asdict())  # an evaluation has all fields of a result


def _compared(compared: int, failing: list[str]) -> dict[str, Any]:
    """Return the figures of a check: how many reports fail by period, never whose they are."""
    periods = Counter(identity.partition("/")[0] for identity in failing)
    return {"reports_checked": compared, "failing": dg.MetadataValue.json(dict(sorted(periods.items())))}
