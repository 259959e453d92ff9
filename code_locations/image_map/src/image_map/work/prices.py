"""Keeps item prices complete: requests the missing days, and computes the months whose days changed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from pymongo.database import Database
from wrapped_shared.documents import Document
from wrapped_shared.http import BreakerOpen, UpstreamError
from wrapped_shared.words import counted

from image_map.domain.prices import (
    MOST_FETCHES,
    Refusal,
    day_prices,
    days_needed,
    days_to_request,
    is_short,
    month_prices,
)
from image_map.store.prices import (
    AcceptedRows,
    accept_day,
    loot_months,
    months_behind,
    prices_of_month,
    refusals,
    refuse_day,
    rows_of_latest,
    stored_days,
    write_month,
)
from image_map.upstream.prices import PriceService

DAYS_A_RUN: Final = 400
"""At one request a second, less than seven minutes."""
MOST_FAILURES: Final = 3
"""A run stops after this many failed days in a row: the service is in trouble, not the day."""

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class PricesReport:
    """The result of requesting the missing days."""

    accepted: int = 0
    refused: list[str] = field(default_factory=list)
    """The days that were too short."""
    dropped: int = 0
    """Rows with an invalid value."""
    left: int = 0
    """Missing days that this run got no response for."""
    problems: list[str] = field(default_factory=list)
    """One line for each day without an accepted response."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How complete the prices are."""

    needed: int
    """Days up to yesterday of the months with loot."""
    missing: list[str]
    """Those without prices, oldest first."""
    given_up: list[str]
    """Those of them that are not requested any more, because they were too short each time."""


def missing_days(analytics: Database[Document], now: datetime) -> list[str]:
    """Return the days to request now, oldest first."""
    return days_to_request(loot_months(analytics), stored_days(analytics), refusals(analytics), now)


def fetch_prices(
    analytics: Database[Document],
    service: PriceService,
    missing: Sequence[str],
    now: datetime,
    least_rows: int,
    *,
    progress: Progress = lambda done, total: None,
) -> PricesReport:
    """Request the missing days, at most `DAYS_A_RUN`; each is stored at once, so a killed run loses one request.

    Args:
        analytics: the analytics database.
        service: the price service.
        missing: the days that `missing_days` returned.
        now: the time of this run.
        least_rows: the minimum number of rows for a first day; 0 or less = any.
        progress: called after each day.
    """
    report, accepted = PricesReport(left=len(missing)), AcceptedRows(analytics)
    chosen, failures = missing[:DAYS_A_RUN], 0
    for number, day in enumerate(chosen, start=1):
        try:
            found = day_prices(service.day(day))
        except BreakerOpen as error:
            report.problems += [] if report.problems else [str(error)]  # else its cause is already reported
            break
        except UpstreamError as error:
            report.problems.append(f"{day}: {error.outcome}: {error}")
            failures += 1
            if failures == MOST_FAILURES:
                break
        else:
            failures = 0
            report.left -= 1
            report.dropped += found.dropped
            rows = len(found.prices)
            if is_short(rows, accepted.before(day), least_rows):
                report.refused.append(day)
                report.problems.append(f"{day}: {_refused(analytics, day, rows, now)}")
            else:
                accept_day(analytics, day, found.prices)
                accepted.add(day, rows)
                report.accepted += 1
        progress(number, len(chosen))
    return report


def update_months(analytics: Database[Document]) -> list[str]:
    """Compute the months that have new days; returns them."""
    behind = months_behind(analytics)
    for month in behind:
        days = prices_of_month(analytics, month)
        write_month(analytics, month, len(days), month_prices(days))
    return behind


def coverage(analytics: Database[Document], now: datetime) -> Coverage:
    """Return how complete the prices are."""
    needed, stored, refused = days_needed(loot_months(analytics), now), stored_days(analytics), refusals(analytics)
    missing = [day for day in needed if day not in stored]
    given_up = [day for day in missing if day in refused and refused[day].given_up]
    return Coverage(len(needed), missing, given_up)


def short_days(analytics: Database[Document], latest: int) -> list[str]:
    """Return those of the latest accepted days with less than half as many prices as most of them."""
    rows = rows_of_latest(analytics, latest)
    return sorted(day for day, count in rows.items() if is_short(count, list(rows.values()), 0))


def days_late(analytics: Database[Document], now: datetime) -> int:
    """Return how many needed days have passed since the newest accepted one."""
    days, stored = days_needed(loot_months(analytics), now), stored_days(analytics)
    return next((late for late, day in enumerate(reversed(days)) if day in stored), len(days))


def _refused(analytics: Database[Document], day: str, rows: int, now: datetime) -> str:
    """Refuse a fetched day; return that it was, in words."""
    before = refusals(analytics).get(day)
    fetches = before.fetches + 1 if before is not None else 1
    refuse_day(analytics, day, Refusal(fetches, now), rows)
    last = "it is not requested again" if fetches == MOST_FETCHES else "it is requested again tomorrow"
    return f"refused: only {counted(rows, 'price')}; {last}"
