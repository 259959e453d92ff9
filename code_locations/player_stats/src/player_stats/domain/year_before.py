"""A year beside the year before: how each plain stat changed. Pure; finding the earlier report is the store's job."""

from typing import Final, get_args

from wrapped_shared.periods import ALL_TIME
from wrapped_shared.stored.reports import Before, Change
from wrapped_shared.vocabulary import PlainStat

from player_stats.domain.ranks import RANKED_FIELDS, shown, stat_values
from player_stats.domain.report import Report

COMPARED_FIELDS: Final = {"period": 1, **RANKED_FIELDS}
"""The projection of the earlier report that `compared` needs."""
_STATS: Final[tuple[PlainStat, ...]] = get_args(PlainStat)


def year_before(period: str) -> str:
    """Return the year before a year."""
    return f"{int(period) - 1:04d}"


def year_after(period: str) -> str:
    """Return the year after a year."""
    return f"{int(period) + 1:04d}"


def is_over(period: str, this_year: int) -> bool:
    """Return whether a period is a year that has ended."""
    return period != ALL_TIME and int(period) < this_year


def compared(report: Report, earlier: Report) -> Before:
    """Compare a report with that of the year before; a stat that either lacks is left out."""
    now, then = stat_values(report), stat_values(earlier)
    changes: list[Change] = [
        {
            "stat": stat,
            "value": shown(stat, now[stat]),
            "before": shown(stat, then[stat]),
            "percent": _percent(now[stat], then[stat]),
        }
        for stat in _STATS
        if stat in now and stat in then and _is_known(report, stat) and _is_known(earlier, stat)
    ]
    return {"period": earlier["period"], "changes": changes}


def _is_known(report: Report, stat: PlainStat) -> bool:
    return stat != "loot.value" or report["loot"].get("value") is not None  # absent from older reports


def _percent(value: int, before: int) -> float | None:
    """Return the change in percent to one decimal, half away from zero; None from 0."""
    if not before:
        return None
    tenths = (2000 * abs(value - before) + before) // (2 * before)
    return (tenths if value >= before else -tenths) / 10
