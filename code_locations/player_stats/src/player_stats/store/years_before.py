"""The comparison of reports with those of the year before, and the requests for reports whose comparison changes.

Only years that are over are compared. A report that changes, appears or goes makes that of the following year owed, and
so does the end of a year. Comparing is `domain.year_before`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from pymongo.database import Database
from wrapped_shared import collections as names
from wrapped_shared.bulk import BATCH, batches, find_by_id
from wrapped_shared.documents import Document

from player_stats.domain.report import Report, report_id
from player_stats.domain.summaries import Summary
from player_stats.domain.year_before import COMPARED_FIELDS, compared, is_over, year_after, year_before
from player_stats.store.report_requests import request_reports


def this_year() -> int:
    """Return the current year, UTC."""
    return datetime.now(UTC).year


def add_years_before(
    analytics: Database[Any], reports: Sequence[Report], merged: Mapping[tuple[str, str], Summary | None]
) -> None:
    """Set `before` of some reports.

    Args:
        analytics: the database of reports.
        reports: the reports, about to be written.
        merged: the merge of each (period, player key) that is about to be written or, if None, removed.
    """
    now = this_year()
    earlier = {
        report["_id"]: report_id(year_before(report["period"]), report["player_key"])
        for report in reports
        if is_over(report["period"], now)
    }
    elsewhere = set(earlier.values()) - {report_id(*owner) for owner in merged}
    stored = find_by_id(analytics[names.WRAPPED_REPORTS], elsewhere, COMPARED_FIELDS)
    found: dict[str, Report] = {report["_id"]: report for report in (*stored, *reports)}
    for report in reports:
        before = found.get(earlier.get(report["_id"], ""))
        report["before"] = None if before is None else compared(report, before)


def request_years_after(
    analytics: Database[Document],
    changed: Iterable[tuple[str, str]],
    merged: Mapping[tuple[str, str], Summary | None],
) -> None:
    """Request the reports that are compared with reports about to change; call it before these are written.

    Args:
        analytics: the database of reports.
        changed: (period, player key) of the reports about to be written or removed.
        merged: (period, player key) of all reports that are made now, which are compared already.
    """
    now = this_year()
    after = {
        report_id(*owner): owner
        for owner in ((year_after(period), key) for period, key in changed if is_over(period, now))
        if is_over(owner[0], now) and owner not in merged
    }
    stored = find_by_id(analytics[names.WRAPPED_REPORTS], after, {"_id": 1})
    owners = [after[one["_id"]] for one in stored]
    request_reports(analytics, reported=((key, f"{period}-01") for period, key in owners))


def request_ended_years(analytics: Database[Document], after: int, upto: int) -> None:
    """Request the reports of years that are over: of those after `after`, up to `upto`."""
    for period in (f"{year:04d}" for year in range(after + 1, upto + 1)):
        found = analytics[names.WRAPPED_REPORTS].find({"period": period}, {"player_key": 1}, batch_size=BATCH)
        for reports in batches(found):
            request_reports(analytics, reported=[(report["player_key"], f"{period}-01") for report in reports])
