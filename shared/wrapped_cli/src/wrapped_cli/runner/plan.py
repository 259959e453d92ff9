"""The materialisations to make, as data: runs of jobs with their partitions, selection and config.

A plan is made from what MongoDB says and what the user requested; the worker carries it out.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from wrapped_shared.asset_keys import (
    DATA_QUALITY_KEY,
    HISCORES,
    HISCORES_GAINS_KEY,
    HISCORES_PLAYERS_KEY,
    IMAGE_MAP,
    NAME_CANDIDATES_KEY,
    PLAYER_DAYS_KEY,
    PLAYER_STATS,
    TRACKED_PLAYERS_KEY,
)
from wrapped_shared.run_config import players_config

_GAP_DAYS: Final = 3
"""Requested days up to this far apart share a range: recomputing the days between them is harmless and saves a run."""


@dataclass(frozen=True)
class PlannedRun:
    """One run of a job."""

    title: str
    """What it does, in words for the user."""
    job: str
    assets: list[str] = field(default_factory=list)
    """The assets to materialise, as "prefix/name"; empty = all assets of the job, with their checks."""
    first_day: str | None = None
    last_day: str | None = None
    """The first and last partition, inclusive; None = the run has none."""
    config: dict[str, Any] = field(default_factory=dict)
    """Run config."""


def day_ranges(days: Sequence[str]) -> list[tuple[str, str]]:
    """Return the first and last day of each range of days that has only small gaps."""
    found: list[tuple[str, str]] = []
    for day in sorted(days):
        if found and date.fromisoformat(day) - date.fromisoformat(found[-1][1]) <= timedelta(days=_GAP_DAYS):
            found[-1] = found[-1][0], day
        else:
            found.append((day, day))
    return found


def main_run(location: str, job: str, players: Sequence[str], *, may_request: bool) -> PlannedRun:
    """Return the run that does a location's work.

    Args:
        location: the location's name.
        job: its main job.
        players: names of the chosen players, if the location can do a subset; empty for all.
        may_request: whether a contact is set, so that the hiscores may be requested; else only stored data is used.
    """
    chosen = players_config(players)
    if location == PLAYER_STATS:
        thorough = {"config": {"thorough": True}}
        return PlannedRun("days and reports", job, config=_ops(plan_news=thorough, rank_and_check=thorough))
    if location == IMAGE_MAP:
        return PlannedRun("pictures and prices", job, config=chosen)
    if location == HISCORES and not may_request:
        assets = [] if players else _names(TRACKED_PLAYERS_KEY, HISCORES_PLAYERS_KEY)
        return PlannedRun(
            "gains from stored snapshots", job, [*assets, *_names(HISCORES_GAINS_KEY, NAME_CANDIDATES_KEY)]
        )
    if location == HISCORES:
        return PlannedRun("hiscores", job, config=chosen)
    return PlannedRun(location, job)


def days_runs(days: Sequence[tuple[str, str]], players: Sequence[str]) -> list[PlannedRun]:
    """Return the runs that compute ranges of days, owed or not, and the reports that depend on them.

    Args:
        days: the first and last day of each range.
        players: names of the chosen players; empty for all.
    """
    runs = [
        PlannedRun(
            title=f"days {first} to {last}" if first != last else f"day {first}",
            job="daily_wrapped",
            assets=_names(PLAYER_DAYS_KEY, DATA_QUALITY_KEY) if players else [],  # made by one step
            first_day=first,
            last_day=last,
            config=players_config(players),
        )
        for first, last in days
    ]
    return [*runs, reports_run(players)] if players else runs


def reports_run(players: Sequence[str], *, from_days: bool = False) -> PlannedRun:
    """Return the run that builds all reports from the stored merges, or from days; chosen players' always from days."""
    config = {"everything": True} if players or from_days else {"refresh": True}
    wanted = {**_ops(wrapped_reports={"config": config}), **players_config(players)}
    return PlannedRun("reports", "make_reports", config=wanted)


def _ops(**config: Any) -> dict[str, Any]:
    return {"ops": config}


def _names(*keys: Any) -> list[str]:
    return ["/".join(key.path) for key in keys]
